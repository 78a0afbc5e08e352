import { phaseNames, type Figures } from "../api/types";
import { duration } from "../format/figures";
import { useWords } from "../i18n/I18n";
import classes from "./Platform.module.css";

/** PhasesChart is how long each station takes: the median as a bar, the 95th percentile as a thin line. */
export function PhasesChart({ phases }: { phases: Figures["phases"] }) {
  const { t, lang } = useWords();
  const longest = Math.max(0.001, ...Object.values(phases).map(({ p95 }) => p95));
  return (
    <figure className={classes.chart}>
      <figcaption>{t("chart.phases")}</figcaption>
      <dl className={classes.phases}>
        {phaseNames.map((name) => {
          const of = phases[name];
          return (
            <div key={name}>
              <dt>{t(`phase.${name}`)}</dt>
              <dd>
                {of && of.count > 0 ? (
                  <>
                    <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                      <path d={`M0 6H${(of.p95 / longest) * 100}`} className={classes.axis} />
                      <rect className={classes.live} x="0" y="2" width={(of.median / longest) * 100} height="8" />
                    </svg>
                    <span>
                      {t("chart.median", { time: duration(of.median, lang) })} · {t("dora.p95", { time: duration(of.p95, lang) })}
                    </span>
                  </>
                ) : (
                  <span>–</span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      <p className={classes.legend}>{t("chart.phasesText")}</p>
    </figure>
  );
}
