import { useWords } from "../i18n/I18n";
import { late } from "./late";
import classes from "./UsualBar.module.css";

type Props = { spent: number; usual: number };

const width = 72;

/** UsualBar is the time spent against the usual time, which is the thin mark. */
export function UsualBar({ spent, usual }: Props) {
  const { t, seconds } = useWords();
  const isLate = late(spent, usual);
  const full = Math.max(spent, usual, 0.1) * 1.15;
  const words = t(isLate ? "station.late" : "station.usual", { time: seconds(usual) });
  return (
    <span className={classes.usual} data-late={isLate} title={words}>
      <svg width={width} height="8" viewBox={`0 0 ${width} 8`} aria-hidden="true" focusable="false">
        <rect className={classes.track} y="3" width={width} height="2" rx="1" />
        <rect className={classes.spent} y="3" width={(spent / full) * width} height="2" rx="1" />
        <rect className={classes.mark} x={(usual / full) * width - 0.75} width="1.5" height="8" />
      </svg>
      <span className={isLate ? classes.said : "visually-hidden"}>{words}</span>
    </span>
  );
}
