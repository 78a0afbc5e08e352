import { bytes, cores } from "../format/amount";
import { useWords } from "../i18n/I18n";
import { StepMark } from "../journey/RunSteps";
import { Gauge } from "./Gauge";
import classes from "./Metrics.module.css";
import type { Series } from "./series";

/** PodCard is one pod: whether it is ready, how often it was restarted, and what it uses. */
export function PodCard({ series: { pod, times, cpu, memory } }: { series: Series }) {
  const { t, lang } = useWords();
  const ready = t(pod.ready ? "metrics.ready" : "metrics.notReady");
  return (
    <li className={classes.pod}>
      <header className={classes.head}>
        <h3 title={pod.name}>{pod.name}</h3>
        <span className={classes.state} data-ready={pod.ready}>
          <StepMark status={pod.ready ? "done" : "running"} /> {ready}
        </span>
        <span className={classes.restarts} data-some={pod.restarts > 0}>
          {t("metrics.restarts", { count: pod.restarts })}
        </span>
      </header>
      <div className={classes.gauges}>
        <Gauge pod={pod.name} what={t("metrics.cpu")} times={times} values={cpu} request={pod.cpuRequest} limit={pod.cpuLimit} said={(value) => cores(value, lang)} />
        <Gauge pod={pod.name} what={t("metrics.memory")} times={times} values={memory} request={pod.memoryRequest} limit={pod.memoryLimit} said={(value) => bytes(value, lang)} />
      </div>
    </li>
  );
}
