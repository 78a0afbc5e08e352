import { phaseNames, type Phase, type PhaseStatus } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./JourneyLine.module.css";
import { Station } from "./Station";

type Props = { phases?: readonly Phase[]; width?: number };

const radius = 6;
const height = 22;

/** JourneyLine is the journey as a row of a list shows it. Without phases it is the empty line. */
export function JourneyLine({ phases, width = 148 }: Props) {
  const { t } = useWords();
  const statusOf = (i: number): PhaseStatus => phases?.[i]?.status ?? "waiting";
  const x = (i: number) => radius + 2 + (i * (width - 2 * radius - 4)) / 4;
  const label = phases?.map((p) => `${t(`phase.${p.name}`)}: ${t(`phaseStatus.${p.status}`)}`).join(", ");
  return (
    <svg
      className={classes.line}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      {phaseNames.slice(1).map((name, i) => (
        <path
          key={name}
          className={classes.segment}
          data-travelled={travelled(statusOf(i), statusOf(i + 1))}
          d={`M${x(i)} ${height / 2}H${x(i + 1)}`}
        />
      ))}
      {phaseNames.map((name, i) => (
        <Station key={name} x={x(i)} y={height / 2} r={radius} status={statusOf(i)} />
      ))}
    </svg>
  );
}

/** A segment is travelled when the station before it is behind and the next has begun. */
export function travelled(from: PhaseStatus, to: PhaseStatus): boolean {
  return (from === "done" || from === "skipped") && to !== "waiting";
}
