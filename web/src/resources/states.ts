import type { PhaseStatus } from "../api/types";
import { en, type Key } from "../i18n/en";

const shapes: Record<string, PhaseStatus> = {
  Synced: "done", Healthy: "done", Progressing: "running", OutOfSync: "running", Degraded: "failed", Missing: "failed", Suspended: "skipped", Unknown: "waiting",
};

/** shapeOf is the shape of a sync status or a health. */
export const shapeOf = (state: string): PhaseStatus => shapes[state] ?? "waiting";

/** wordOf is the key of a state's word; a state without one is said as it came. */
export function wordOf(state: string): Key | undefined {
  const key = `resources.state.${state}`;
  return key in en ? (key as Key) : undefined;
}
