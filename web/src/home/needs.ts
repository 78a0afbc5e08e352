import { isMine } from "../api/access";
import type { App, Leftover, Me, PhaseName } from "../api/types";
import { reasonOf } from "../journey/cause";

/** Need is something that only its people can settle, with one thing to do. */
export type Need =
  | { kind: "failed"; key: string; app: App; phase: PhaseName | undefined; reason: string | undefined; since: string }
  | { kind: "leftover"; key: string; task: Leftover; what: string; since: string };

/** needsOf is what waits for the caller, the newest first: their failed deliveries, and what their tasks left behind. */
export function needsOf(apps: readonly App[], leftovers: readonly Leftover[], me: Me): Need[] {
  const failed = apps.filter((app) => isMine(app, me) && app.status === "failed").map(failedNeed);
  const left = leftovers.filter(({ createdBy }) => createdBy === me.ref).flatMap(leftNeed);
  return [...failed, ...left].sort((a, b) => b.since.localeCompare(a.since));
}

function failedNeed(app: App): Need {
  const phase = app.delivery?.phases.find(({ status }) => status === "failed");
  return { kind: "failed", key: `app ${app.name}`, app, phase: phase?.name, reason: reasonOf(phase) ?? app.reason ?? app.delivery?.reason, since: app.delivery?.finishedAt ?? app.delivery?.startedAt ?? app.createdAt };
}

function leftNeed(task: Leftover): Need[] {
  const what = task.made.filter(({ gone }) => !gone).map(({ name }) => name);
  return what.length === 0 ? [] : [{ kind: "leftover", key: `task ${task.id}`, task, what: what.join(", "), since: task.createdAt }];
}
