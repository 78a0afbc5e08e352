import type { RunSummary } from "../api/types";
import { useWords } from "../i18n/I18n";
import { StepMark } from "../journey/RunSteps";
import classes from "./Runs.module.css";
import { runState } from "./runState";

/** RunMark is how a run stands, as a shape and a word. */
export function RunMark({ run }: { run: Pick<RunSummary, "status" | "conclusion"> }) {
  const { t } = useWords();
  const { shape, word } = runState(run);
  return (
    <span className={classes.mark} data-shape={shape}>
      <StepMark status={shape} />
      <span>{t(word)}</span>
    </span>
  );
}
