import type { Figures, Percentiles } from "../api/types";
import { duration, number, percent } from "../format/figures";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import classes from "./Platform.module.css";

type Figure = { title: Key; text: Key; value: string; below: string };

/** Dora is the four key figures, each with what it means. */
export function Dora({ figures }: { figures: Figures }) {
  const { t, lang } = useWords();
  const time = (of: Percentiles | undefined): Pick<Figure, "value" | "below"> =>
    of && of.count > 0 ? { value: duration(of.median, lang), below: t("dora.p95", { time: duration(of.p95, lang) }) } : { value: "–", below: t("platform.none") };
  // Less than one a day is told by the whole time: "0 per day" would say nothing.
  const frequency = ({ perDay, deployments, days }: Figures) =>
    perDay >= 1 ? t("dora.perDay", { count: number(perDay, lang) }) : t("dora.inDays", { count: deployments, days: days.length });
  const rate = figures.changeFailureRate;
  const all: Figure[] = [
    { title: "dora.frequency", text: "dora.frequencyText", value: frequency(figures), below: t("dora.total", { count: figures.deployments }) },
    { title: "dora.leadTime", text: "dora.leadTimeText", ...time(figures.leadTime) },
    { title: "dora.failureRate", text: "dora.failureRateText", value: rate === undefined ? "–" : percent(rate, lang), below: t("dora.failures", { count: figures.failures ?? 0 }) },
    { title: "dora.restore", text: "dora.restoreText", ...time(figures.timeToRestore) },
  ];
  return (
    <dl className={classes.figures}>
      {all.map(({ title, text, value, below }) => (
        <div key={title}>
          <dt>{t(title)}</dt>
          <dd className={classes.value}>{value}</dd>
          <dd className={classes.below}>{below}</dd>
          <dd className={classes.meaning}>{t(text)}</dd>
        </div>
      ))}
    </dl>
  );
}
