import { Link } from "react-router";
import { useTicking } from "../components/clock";
import { Coded } from "../components/Coded";
import { useWords } from "../i18n/I18n";
import { decidingPhase, reasonOf } from "../journey/cause";
import { JourneyLine } from "../journey/JourneyLine";
import { lateNow } from "../journey/late";
import type { Entry } from "../live/reducer";
import classes from "../pages/Home.module.css";

/** UnderWay is one application on its way, with what it waits for. */
export function UnderWay({ entry: { app, at } }: { entry: Entry }) {
  const { t, saying, seconds } = useWords();
  const delivery = app.delivery;
  const ticking = useTicking(at, delivery?.status === "in_progress");
  const now = delivery && decidingPhase(delivery);
  const overdue = lateNow(now, ticking) && now?.usualSeconds !== undefined ? t("station.late", { time: seconds(now.usualSeconds) }) : "";
  const reason = reasonOf(now) ?? app.reason;
  return (
    <Link to={`/apps/${app.name}`} className={classes.moving}>
      <span className={classes.movingName} title={app.name}>
        {app.name}
      </span>
      <JourneyLine phases={delivery?.phases ?? []} width={240} />
      <span className={classes.movingReason}>{app.status === "deleting" ? t("status.deleting") : reason ? <Coded text={saying(reason)} /> : ""} {overdue && <strong className={classes.late}>{overdue}</strong>}</span>
      {delivery?.status === "in_progress" && <span className={classes.movingTime}>{seconds(delivery.seconds + ticking)}</span>}
    </Link>
  );
}
