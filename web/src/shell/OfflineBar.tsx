import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import classes from "./Shell.module.css";

/** OfflineBar says that what is shown is from before. */
export function OfflineBar() {
  const { t } = useWords();
  const { connection } = useLive();
  return (
    <div role="status">{connection === "lost" && <div className={classes.offline}>{t("offline.text")}</div>}</div>
  );
}
