import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useEntry } from "../application/useEntry";
import { useWords } from "../i18n/I18n";
import { LogView } from "./LogView";
import classes from "./LogView.module.css";
import { usePodLogs } from "./usePodLogs";

/** PodLogs follows what the application's pods write, all of them or one. */
export default function PodLogs() {
  const { t } = useWords();
  const { app } = useEntry();
  const [pod, setPod] = useState("");
  const { lines, pods, broken } = usePodLogs(app.name, pod);
  const choice = [{ value: "", label: t("logs.allPods") }, ...pods.map((name) => ({ value: name, label: name }))];
  return (
    <>
      {pods.length > 1 && <NativeSelect className={classes.pods ?? ""} size="sm" label={t("logs.pod")} data={choice} value={pod} onChange={(event) => setPod(event.currentTarget.value)} />}
      <p role="status" className={classes.broken}>
        {broken && t("log.reconnecting")}
      </p>
      <LogView lines={lines} name={app.name} following stamped tall />
    </>
  );
}
