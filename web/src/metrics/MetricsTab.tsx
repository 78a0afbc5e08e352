import { useEntry } from "../application/useEntry";
import { Skeleton } from "@mantine/core";
import { Empty } from "../components/Empty";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import classes from "./Metrics.module.css";
import { PodCard } from "./PodCard";
import { seriesOf } from "./series";
import { useMetrics } from "./useMetrics";

/** MetricsTab is what each pod uses, as it is measured. */
export default function MetricsTab() {
  const { t } = useWords();
  const { app } = useEntry();
  const { samples, broken } = useMetrics(app.name);
  const series = seriesOf(samples);
  return (
    <section className={page.section} aria-labelledby="metrics">
      <h2 id="metrics">{t("metrics.lead")}</h2>
      <p role="status" className={classes.broken}>
        {broken && t("metrics.broken")}
      </p>
      {samples.length === 0 ? (
        <div className={classes.pods} aria-busy={!broken}>
          {[1, 2].map((card) => (
            <Skeleton key={card} height={196} radius={12} />
          ))}
        </div>
      ) : series.length === 0 ? (
        <Empty title={t("metrics.empty")} text={t("metrics.emptyText")} />
      ) : (
        <ul className={classes.pods}>
          {series.map((each) => (
            <PodCard key={each.pod.name} series={each} />
          ))}
        </ul>
      )}
    </section>
  );
}
