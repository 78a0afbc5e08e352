import type { PhaseStatus } from "../api/types";

/** stateOf puts a workflow's words for a state into those of a station. */
export function stateOf(status: string, conclusion?: string): PhaseStatus {
  if (status === "in_progress" || status === "running") return "running";
  if (status !== "completed") return "waiting";
  if (conclusion === "success" || conclusion === "neutral") return "done";
  return conclusion === "skipped" ? "skipped" : "failed";
}
