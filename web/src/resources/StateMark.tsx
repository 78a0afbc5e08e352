import { useWords } from "../i18n/I18n";
import { StepMark } from "../journey/RunSteps";
import classes from "./Resources.module.css";
import { shapeOf, wordOf } from "./states";

/** StateMark is a sync status or a health as a shape and a word. */
export function StateMark({ state }: { state: string }) {
  const { t } = useWords();
  const word = wordOf(state);
  const shape = shapeOf(state);
  return (
    <span className={classes.state} data-shape={shape}>
      <StepMark status={shape} /> {word ? t(word) : state}
    </span>
  );
}
