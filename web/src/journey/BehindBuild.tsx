import { useMemo } from "react";
import { api } from "../api/client";
import { asProblem, unwrap } from "../api/problem";
import type { Delivery, Phase } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { LogView } from "../logs/LogView";
import { parseLog } from "../logs/parse";
import classes from "./Behind.module.css";
import { RunSteps } from "./RunSteps";

type Props = { app: string; delivery: Delivery; phase: Phase; at: number };

/** BehindBuild is the workflow run: jobs, steps and the log, read again at each event. */
export function BehindBuild({ app, delivery, phase, at }: Props) {
  const { t } = useWords();
  const id = delivery.runId;
  const version = phase.status === "running" ? at : phase.status;
  const run = useFetched(async () => {
    if (id === undefined) return undefined;
    return unwrap(api.GET("/api/pronto/v1/apps/{name}/runs/{id}", { params: { path: { name: app, id } } }));
  }, [app, id, version]);
  const log = useFetched(async () => {
    if (id === undefined) return "";
    return unwrap(api.GET("/api/pronto/v1/apps/{name}/runs/{id}/log", { params: { path: { name: app, id } }, parseAs: "text" }));
  }, [app, id, version]);
  const lines = useMemo(() => parseLog(log.data ?? ""), [log.data]);
  if (id === undefined) {
    return phase.status === "skipped" ? null : <p className={classes.note}>{t("station.runWaiting")}</p>;
  }
  return (
    <>
      {run.data ? <RunSteps run={run.data} /> : run.problem ? <Failure problem={asProblem(run.problem)} again={run.again} /> : <RowsSkeleton rows={3} />}
      {log.data !== undefined ? (
        <LogView lines={lines} name={`${app}-run-${id}`} failed={phase.status === "failed"} following={phase.status === "running"} />
      ) : (
        log.problem && <Failure problem={log.problem} again={log.again} />
      )}
    </>
  );
}
