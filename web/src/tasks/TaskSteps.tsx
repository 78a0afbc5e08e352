import { useState } from "react";
import { useTicking } from "../components/clock";
import { useWords } from "../i18n/I18n";
import behind from "../journey/Behind.module.css";
import { StepMark } from "../journey/RunSteps";
import type { TimedStep } from "./steps";

/** TaskSteps is a task's steps with their states and seconds. */
export function TaskSteps({ steps }: { steps: readonly TimedStep[] }) {
  const { t } = useWords();
  return (
    <ol className={behind.steps} aria-label={t("task.steps")}>
      {steps.map((step) => (
        <Step key={`${step.id}-${step.startedAt ?? ""}`} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: TimedStep }) {
  const { t, said, seconds } = useWords();
  const running = step.status === "running";
  const [since] = useState(() => performance.now() - (step.startedAt ? Math.max(0, Date.now() - Date.parse(step.startedAt)) : 0));
  const ticking = useTicking(since, running);
  const took = step.startedAt && step.finishedAt ? (Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000 : undefined;
  return (
    <li>
      <StepMark status={step.status} label={t(`phaseStatus.${step.status}`)} />
      <span>{said(step.name)}</span>
      <span className={behind.took}>{running ? seconds(ticking) : took === undefined ? "" : seconds(took)}</span>
    </li>
  );
}
