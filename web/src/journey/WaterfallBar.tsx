import type { PhaseStatus } from "../api/types";
import { useWords } from "../i18n/I18n";
import type { Bar } from "./waterfall";
import classes from "./Waterfall.module.css";

type Props = { bar: Bar | undefined; status: PhaseStatus; usual?: number | undefined; thin?: boolean };

/** WaterfallBar is when something ran; the thin mark is where it usually ends. */
export function WaterfallBar({ bar, status, usual, thin = false }: Props) {
  const { t } = useWords();
  return (
    <span className={classes.track} aria-hidden="true" data-thin={thin}>
      {bar && <span className={classes.bar} data-status={status} style={{ left: `${bar.from * 100}%`, width: `${(bar.to - bar.from) * 100}%` }} />}
      {usual !== undefined && <span className={classes.usual} style={{ left: `${usual * 100}%` }} title={t("journey.usualMark")} />}
    </span>
  );
}
