import type { Phase, PhaseName } from "../api/types";
import { useTicking } from "../components/clock";
import { useWords } from "../i18n/I18n";
import classes from "./Journey.module.css";
import { Station } from "./Station";
import { UsualBar } from "./UsualBar";

type Props = {
  phase: Phase;
  /** When (ms, the page's clock) it was told of; undefined holds it still. */
  at: number | undefined;
  ahead: "travelled" | "waiting" | "none";
  open: boolean;
  onOpen: (phase: PhaseName) => void;
};

/** Stop is a station of the journey with its name and its seconds. */
export function Stop({ phase, at, ahead, open, onOpen }: Props) {
  const { t, seconds } = useWords();
  const running = phase.status === "running";
  const spent = phase.seconds + useTicking(at, running);
  const begun = phase.status === "running" || phase.status === "done" || phase.status === "failed";
  const status = t(`phaseStatus.${phase.status}`);
  const name = t(`phase.${phase.name}`);
  return (
    <li className={classes.stop} data-ahead={ahead} data-status={phase.status} data-phase={phase.name}>
      <button type="button" className={classes.button} aria-expanded={open} aria-controls="behind" onClick={() => onOpen(phase.name)}>
        <svg className={classes.mark} width="44" height="44" viewBox="0 0 44 44" aria-hidden="true" focusable="false">
          <Station x={22} y={22} r={phase.name === "live" ? 14 : 11} status={phase.status} />
        </svg>
        <span className={classes.words}>
          <span className={classes.name}>{name}</span>
          {phase.status !== "skipped" && <span className="visually-hidden">, {status}, </span>}
          <span className={classes.time}>{begun ? seconds(spent) : phase.status === "skipped" ? status : "–"}</span>
          {begun && phase.usualSeconds !== undefined && (
            <span className={classes.extra}>
              <UsualBar spent={spent} usual={phase.usualSeconds} />
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
