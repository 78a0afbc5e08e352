import { useWords } from "../i18n/I18n";
import classes from "./Metrics.module.css";
import { chartOf } from "./series";

type Props = {
  pod: string;
  what: string;
  times: readonly number[];
  values: readonly number[];
  request: number | undefined;
  limit: number | undefined;
  said: (value: number) => string;
};

const size = { width: 240, height: 56 };
const narrow = 60_000; // ms that the chart is wide at first
const wide = 5 * 60_000; // and at most

/** Gauge is one figure now, against what is reserved and allowed, with its last minutes as a line. */
export function Gauge({ pod, what, times, values, request, limit, said }: Props) {
  const { t, seconds } = useWords();
  const now = values.at(-1) ?? 0;
  const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const span = Math.min(wide, Math.max(narrow, lasted));
  const chart = chartOf(times, values, { request, limit }, span, size);
  const near = limit !== undefined && limit > 0 && now > limit * 0.85;
  return (
    <div className={classes.gauge} data-near={near}>
      <p className={classes.figure}>
        <span>{what}</span> <strong>{said(now)}</strong>
      </p>
      <svg viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" role="img" aria-label={t("metrics.chart", { what, pod, now: said(now), top: said(chart.top), span: seconds(Math.min(span, lasted) / 1000) })}>
        <path className={classes.area} d={chart.area} />
        {chart.request !== undefined && <path className={classes.request} d={`M0 ${chart.request}H${size.width}`} />}
        {chart.limit !== undefined && <path className={classes.limit} d={`M0 ${chart.limit}H${size.width}`} />}
        <path className={classes.line} d={chart.line} />
      </svg>
      <p className={classes.marks}>
        {request !== undefined && request > 0 && <span className={classes.requestKey}>{t("metrics.request", { amount: said(request) })}</span>}
        <span className={classes.limitKey}>{limit !== undefined && limit > 0 ? t("metrics.limit", { amount: said(limit) }) : t("metrics.noLimit")}</span>
        {near && <strong>{t("metrics.near")}</strong>}
      </p>
    </div>
  );
}
