import type { Deletion } from "../api/types";
import { useWords } from "../i18n/I18n";
import behind from "../journey/Behind.module.css";
import { StepMark } from "../journey/RunSteps";
import classes from "./Home.module.css";

/** DeletionSteps is each part of a deletion, with the proof once it is gone. */
export function DeletionSteps({ deletion }: { deletion: Deletion }) {
  const { t, saying } = useWords();
  return (
    <ol className={behind.steps}>
      {deletion.steps.map((step) => (
        <li key={step.name}>
          <StepMark status={step.status} label={t(`phaseStatus.${step.status}`)} />
          <span>
            {t(`deleteStep.${step.name}`)}
            {step.reason && <span className={classes.sub}> {saying(step.reason)}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
