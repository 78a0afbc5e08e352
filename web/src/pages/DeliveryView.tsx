import { Button } from "@mantine/core";
import { useState } from "react";
import type { App, Delivery, Phase, PhaseName } from "../api/types";
import { useTicking } from "../components/clock";
import { CopyText } from "../components/CopyText";
import page from "../components/Page.module.css";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { Behind } from "../journey/Behind";
import { Journey } from "../journey/Journey";
import classes from "./Application.module.css";

type Props = { app: App; delivery: Delivery; at: number; earlier: boolean; onLatest: () => void };

/** DeliveryView is one delivery's journey: the line, one sentence, and what is behind a station. */
export function DeliveryView({ app, delivery, at, earlier, onLatest }: Props) {
  const { t } = useWords();
  const failed = delivery.phases.find(({ status }) => status === "failed");
  const [chosen, setChosen] = useState<PhaseName | "none">();
  const open = chosen === "none" ? undefined : (chosen ?? failed?.name);
  return (
    <section className={page.section} aria-label={t("app.journey")}>
      {earlier && (
        <p className={classes.earlier}>
          {t("app.earlier")}{" "}
          <Button variant="default" size="compact-sm" onClick={onLatest}>
            {t("app.latest")}
          </Button>
        </p>
      )}
      <div className={classes.line}>
        <Journey delivery={delivery} at={at} open={open} onOpen={(name) => setChosen(name === open ? "none" : name)} />
        <Sentence app={app} delivery={delivery} at={at} earlier={earlier} />
      </div>
      {open && <Behind app={app} delivery={delivery} at={at} phase={open} onClose={() => setChosen("none")} />}
    </section>
  );
}

type SentenceProps = { app: App; delivery: Delivery; at: number; earlier: boolean };

/** Sentence says in one line how it stands and why. */
function Sentence({ app, delivery, at, earlier }: SentenceProps) {
  const { t, saying, seconds } = useWords();
  const running = delivery.status === "in_progress";
  const spent = delivery.seconds + useTicking(at, running);
  const phase = deciding(delivery);
  const reason = phase?.reason ?? delivery.reason;
  const old = delivery.status === "failed" && !earlier && app.url && app.liveRevision && app.liveRevision !== delivery.revision;
  const head = phase && !running && delivery.status !== "failed" ? t(`app.summary.${delivery.status}`) : phase ? t(`app.summary.${delivery.status}`, { phase: t(`phase.${phase.name}`) }) : running ? t("app.summary.starting") : t(`app.summary.${delivery.status}`, { phase: "" });
  return (
    <div className={classes.sentence}>
      <p role="status">
        <strong>{head}</strong> {reason && saying(reason)} {old && t("app.stillLive", { revision: shortSHA(app.liveRevision ?? "") })}
      </p>
      <p className={classes.meta}>
        {delivery.revision && <CopyText text={delivery.revision} shown={shortSHA(delivery.revision)} what={t("app.revision")} />}
        <span className={classes.message} title={delivery.message}>
          {delivery.message}
        </span>
        <span>{running ? t("app.totalSoFar", { time: seconds(spent) }) : seconds(delivery.seconds)}</span>
      </p>
    </div>
  );
}

/** deciding is the phase that says where the delivery stands. */
function deciding(delivery: Delivery): Phase | undefined {
  const of = (status: Phase["status"]) => delivery.phases.find((phase) => phase.status === status);
  if (delivery.status === "live" || delivery.status === "superseded") return undefined;
  return of("failed") ?? of("running") ?? of("waiting");
}
