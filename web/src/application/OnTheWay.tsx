import { Link } from "react-router";
import type { Delivery } from "../api/types";
import { useTicking } from "../components/clock";
import { useWords } from "../i18n/I18n";
import { JourneyLine } from "../journey/JourneyLine";
import classes from "./OnTheWay.module.css";

/** OnTheWay says on every other section that a delivery runs, and leads to it. */
export function OnTheWay({ name, delivery, at }: { name: string; delivery: Delivery; at: number }) {
  const { t, seconds } = useWords();
  const ran = useTicking(at, true);
  return (
    <Link to={`/apps/${name}`} className={classes.strip}>
      <span className={classes.words}>{t("app.onTheWay")}</span>
      <JourneyLine phases={delivery.phases} width={124} />
      <span className={classes.time}>{seconds(delivery.seconds + ran)}</span>
      <span className={classes.follow}>{t("app.follow")}</span>
    </Link>
  );
}
