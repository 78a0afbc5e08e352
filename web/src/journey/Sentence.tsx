import type { ReactNode } from "react";
import type { App, Delivery } from "../api/types";
import { useTicking } from "../components/clock";
import { Coded } from "../components/Coded";
import { CopyText } from "../components/CopyText";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { Begun } from "./Begun";
import { decidingPhase } from "./cause";
import classes from "./DeliveryView.module.css";

type Props = { app: App; delivery: Delivery; at: number | undefined; earlier: boolean; children?: ReactNode };

/** Sentence says in one line how a delivery stands and why, and in another what to do. */
export function Sentence({ app, delivery, at, earlier, children }: Props) {
  const { t, saying, seconds } = useWords();
  const running = delivery.status === "in_progress";
  const spent = delivery.seconds + useTicking(at, running);
  const phase = decidingPhase(delivery);
  const cause = phase?.cause;
  const reason = cause?.sentence ?? phase?.reason ?? delivery.reason;
  const old = delivery.status === "failed" && !earlier && app.url && app.liveRevision && app.liveRevision !== delivery.revision;
  const head = running && !phase ? t("app.summary.starting") : t(`app.summary.${delivery.status}`, { phase: phase ? t(`phase.${phase.name}`) : "" });
  return (
    <div className={classes.sentence}>
      {/* A replay is watched, not announced. */}
      <p {...(at === undefined ? {} : { role: "status" })}>
        <strong>{head}</strong> {reason && <Coded text={saying(reason)} />} {old && t("app.stillLive", { revision: shortSHA(app.liveRevision ?? "") })}
      </p>
      {cause && (
        <p className={classes.todo}>
          <strong>{t("problem.todo")}:</strong> <Coded text={saying(cause.remedy)} />
        </p>
      )}
      <p className={classes.meta}>
        {delivery.revision && <CopyText text={delivery.revision} shown={shortSHA(delivery.revision)} what={t("app.revision")} />}
        <Begun delivery={delivery} />
        <span className={classes.message} title={delivery.message}>
          {delivery.message}
        </span>
        {delivery.author && <span>{delivery.author}</span>}
        <span className={classes.total}>{running ? t("app.totalSoFar", { time: seconds(spent) }) : seconds(delivery.seconds)}</span>
        {children}
      </p>
    </div>
  );
}
