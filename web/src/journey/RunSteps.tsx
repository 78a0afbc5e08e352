import type { PhaseStatus, Run } from "../api/types";
import { OutLink } from "../components/OutLink";
import { useWords } from "../i18n/I18n";
import classes from "./Behind.module.css";
import { Station } from "./Station";
import { stateOf } from "./stateOf";

/** RunSteps is a workflow run's jobs with their steps. */
export function RunSteps({ run }: { run: Run }) {
  const { t, seconds } = useWords();
  return (
    <div>
      <p className={classes.note}>
        {t("station.run")}: <OutLink href={run.url}>{`${run.name} #${run.id}`}</OutLink>
      </p>
      {run.jobs.map((job) => (
        <div key={job.id}>
          <h3 className={classes.job}>{job.name}</h3>
          <ol className={classes.steps}>
            {job.steps.map((step) => {
              const status = stateOf(step.status, step.conclusion);
              return (
                <li key={step.number}>
                  <StepMark status={status} label={t(`phaseStatus.${status}`)} />
                  <span>{step.name}</span>
                  <span className={classes.took}>{took(step.startedAt, step.finishedAt, seconds)}</span>
                </li>
              );
            })}
          </ol>
        </div>
      ))}
    </div>
  );
}

/** StepMark is a state's shape; without a label it stands beside the word for it. */
export function StepMark({ status, label = "" }: { status: PhaseStatus; label?: string }) {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" {...(label === "" ? { "aria-hidden": true } : { role: "img", "aria-label": label })} style={{ "--line-ground": "var(--panel)" }}>
      <Station x={10} y={10} r={6} status={status} />
    </svg>
  );
}

function took(from: string | undefined, to: string | undefined, seconds: (value: number) => string): string {
  return from && to ? seconds((Date.parse(to) - Date.parse(from)) / 1000) : "";
}
