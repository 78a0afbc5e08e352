import { useWords } from "../i18n/I18n";
import { LogView } from "./LogView";
import { usePodLogs } from "./usePodLogs";
import classes from "./LogView.module.css";

/** PodLogs follows what the application's pods write. */
export function PodLogs({ app }: { app: string }) {
  const { t } = useWords();
  const { lines, broken } = usePodLogs(app);
  return (
    <>
      {broken && <p className={classes.none}>{t("log.reconnecting")}</p>}
      <LogView lines={lines} name={app} following stamped />
    </>
  );
}
