import { CloseButton } from "@mantine/core";
import type { App, Delivery, PhaseName } from "../api/types";
import { useWords } from "../i18n/I18n";
import { TaskLog } from "../logs/TaskLog";
import classes from "./Behind.module.css";
import { BehindBuild } from "./BehindBuild";
import { EvidenceList } from "./EvidenceList";

type Props = { app: App; delivery: Delivery; at: number; phase: PhaseName; onClose: () => void };

/** Behind is what stands behind a station. */
export function Behind({ app, delivery, at, phase: name, onClose }: Props) {
  const { t, saying } = useWords();
  const phase = delivery.phases.find((p) => p.name === name);
  if (!phase) {
    return null;
  }
  const told = phase.status === "failed" || phase.status === "running"; // the sentence under the line says it
  const empty = Object.keys(phase.evidence).length === 0 && name !== "build" && name !== "create";
  return (
    <section id="behind" className={classes.behind} aria-label={t("station.behind", { phase: t(`phase.${name}`) })}>
      <header className={classes.head}>
        <h2>{t("station.behind", { phase: t(`phase.${name}`) })}</h2>
        <CloseButton aria-label={t("station.close")} onClick={onClose} />
      </header>
      {phase.reason && !told && <p className={classes.reason}>{saying(phase.reason)}</p>}
      <EvidenceList phase={phase} />
      {name === "create" && (delivery.taskId ? <TaskLog key={delivery.taskId} id={delivery.taskId} /> : <p className={classes.note}>{t("station.pushed")}</p>)}
      {name === "build" && <BehindBuild app={app.name} delivery={delivery} phase={phase} at={at} />}
      {empty && !phase.reason && <p className={classes.note}>{t("station.nothing")}</p>}
    </section>
  );
}
