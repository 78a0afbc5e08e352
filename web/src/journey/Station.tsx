import type { PhaseStatus } from "../api/types";
import classes from "./Station.module.css";

type Props = { x: number; y: number; r: number; status: PhaseStatus };

/**
 * Station is one stop of the line. Its shape tells its state, its colour only
 * says it again: empty waits, half runs, filled is done, a cross-bar failed,
 * a dash was skipped.
 */
export function Station({ x, y, r, status }: Props) {
  const stroke = Math.max(1.5, r / 3.2);
  switch (status) {
    case "waiting":
      return <circle className={classes.waiting} cx={x} cy={y} r={r - stroke / 2} strokeWidth={stroke} />;
    case "running":
      return (
        <g className={classes.running}>
          <circle className={classes.ring} cx={x} cy={y} r={r - stroke / 2} strokeWidth={stroke} />
          <path className={classes.half} d={`M${x} ${y - r + stroke / 2}A${r - stroke / 2} ${r - stroke / 2} 0 0 0 ${x} ${y + r - stroke / 2}Z`} />
        </g>
      );
    case "done":
      return <circle className={classes.done} cx={x} cy={y} r={r} />;
    case "failed":
      return (
        <g className={classes.failed} strokeWidth={stroke}>
          <circle cx={x} cy={y} r={r - stroke / 2} />
          <path d={`M${x} ${y - r * 1.5}V${y + r * 1.5}`} strokeWidth={stroke * 1.4} />
        </g>
      );
    case "skipped":
      return (
        <g className={classes.skipped}>
          <rect className={classes.gap} x={x - r * 1.25} y={y - r} width={r * 2.5} height={r * 2} />
          <path d={`M${x - r * 0.7} ${y}H${x + r * 0.7}`} strokeWidth={stroke * 1.3} />
        </g>
      );
  }
}
