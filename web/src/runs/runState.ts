import type { PhaseStatus, RunSummary } from "../api/types";
import type { Key } from "../i18n/translate";
import { stateOf } from "../journey/stateOf";

/** RunState is how a run stands: its shape, and the word for it. */
export type RunState = { shape: PhaseStatus; word: Key; over: boolean };

/** runState reads a run's status and conclusion as the forge says them. */
export function runState({ status, conclusion }: Pick<RunSummary, "status" | "conclusion">): RunState {
  const shape = stateOf(status, conclusion);
  if (shape === "running") return { shape, word: "runs.running", over: false };
  if (shape === "waiting") return { shape, word: "runs.queued", over: false };
  if (shape === "done") return { shape, word: "runs.success", over: true };
  if (shape === "skipped") return { shape, word: "runs.skipped", over: true };
  return { shape, word: conclusion === "cancelled" ? "runs.cancelled" : "runs.failure", over: true };
}

/** tookOf is how many seconds a run took, once it is over. */
export function tookOf({ startedAt, finishedAt }: { startedAt?: string | undefined; finishedAt?: string | undefined }): number | undefined {
  return startedAt && finishedAt ? Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000) : undefined;
}
