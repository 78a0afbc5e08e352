import { useMemo } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Delivery } from "../api/types";
import { useFetched } from "../api/useFetched";
import { stateOf } from "./stateOf";
import { stepsOfRun, stepsOfTask, type Step } from "./timeline";

/**
 * useSteps reads what happened inside a delivery's phases: the steps of its
 * task and of its run, again at each word of a phase that runs. What cannot be
 * read is left out; the station itself tells why when it is opened.
 */
export function useSteps(delivery: Delivery, at: number): readonly Step[] {
  const { app, runId, taskId } = delivery;
  const version = (name: "create" | "build") => {
    const status = delivery.phases.find((phase) => phase.name === name)?.status;
    return status === "running" ? at : status;
  };
  const run = useFetched(async () => (runId === undefined ? undefined : unwrap(api.GET("/api/pronto/v1/apps/{name}/runs/{id}", { params: { path: { name: app, id: runId } } }))), [app, runId, version("build")]);
  const task = useFetched(async () => (taskId === undefined ? undefined : unwrap(api.GET("/api/scaffolder/v2/tasks/{id}", { params: { path: { id: taskId } } }))), [taskId, version("create")]);
  return useMemo(
    () => [...(task.data ? stepsOfTask(delivery, task.data) : []), ...(run.data ? stepsOfRun(delivery, run.data, stateOf) : [])],
    [delivery, task.data, run.data],
  );
}
