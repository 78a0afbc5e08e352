import type { Figures } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./Platform.module.css";
import { barsOf } from "./scale";

const height = 120;
const width = 480;

/** DaysChart is each day's deliveries; what failed is hatched, so that it reads without colour. */
export function DaysChart({ days }: { days: Figures["days"] }) {
  const { t } = useWords();
  const { bars, most } = barsOf(days);
  const step = width / Math.max(1, bars.length);
  const sum = (key: "live" | "failed") => days.reduce((total, day) => total + day[key], 0);
  return (
    <figure className={classes.chart}>
      <figcaption>{t("chart.days")}</figcaption>
      <svg viewBox={`0 0 ${width} ${height + 2}`} role="img" aria-label={t("chart.daysText", { live: sum("live"), failed: sum("failed"), days: days.length, most })} preserveAspectRatio="none">
        <defs>
          <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" className={classes.hatchGround} />
            <rect width="2.5" height="5" className={classes.hatch} />
          </pattern>
        </defs>
        <path d={`M0 ${height + 1}H${width}`} className={classes.axis} />
        {bars.map(({ date, live, failed, liveShare, failedShare }, i) => (
          <g key={date}>
            <title>{`${date}: ${live} ${t("chart.live")}, ${failed} ${t("chart.failed")}`}</title>
            <rect x={i * step} y={0} width={step} height={height} fill="transparent" />
            <rect className={classes.live} x={i * step + step * 0.15} width={step * 0.7} y={height - liveShare * height} height={liveShare * height} />
            <rect fill="url(#hatch)" x={i * step + step * 0.15} width={step * 0.7} y={height - (liveShare + failedShare) * height} height={failedShare * height} />
          </g>
        ))}
      </svg>
      <p className={classes.legend}>
        <span>{days[0]?.date}</span>
        <span>
          <svg width="12" height="12" aria-hidden="true" focusable="false">
            <rect className={classes.live} width="12" height="12" rx="2" />
          </svg>{" "}
          {t("chart.live")}
        </span>
        <span>
          <svg width="12" height="12" aria-hidden="true" focusable="false">
            <rect fill="url(#hatch)" width="12" height="12" rx="2" />
          </svg>{" "}
          {t("chart.failed")}
        </span>
        <span>{days.at(-1)?.date}</span>
      </p>
    </figure>
  );
}
