import type { PhaseStatus, Task, TaskEvent } from "../api/types";

export type TaskStep = { id: string; name: string; status: PhaseStatus };

/** merge adds an event; the stream may tell of one again. */
export function merge(events: readonly TaskEvent[], event: TaskEvent): readonly TaskEvent[] {
  return events.some(({ id }) => id === event.id) ? events : [...events, event].sort((a, b) => a.id - b.id);
}

const words: Record<string, PhaseStatus> = { processing: "running", completed: "done", failed: "failed", cancelled: "failed", skipped: "skipped" };

/** stepsOf is the task's steps as the events tell of them. */
export function stepsOf(task: Task | undefined, events: readonly TaskEvent[]): TaskStep[] {
  const steps = new Map<string, TaskStep>(named(task?.spec.steps).map((step) => [step.id, step]));
  for (const { body } of events) {
    if (body.stepId === undefined) continue;
    const step = steps.get(body.stepId) ?? { id: body.stepId, name: body.stepId, status: "waiting" };
    steps.set(body.stepId, { ...step, status: words[body.status ?? ""] ?? step.status });
  }
  return [...steps.values()];
}

function named(steps: unknown): TaskStep[] {
  if (!Array.isArray(steps)) return [];
  return steps.map((step: { id?: string; name?: string; action?: string }, i) => {
    const id = step.id ?? `step-${i + 1}`;
    return { id, name: step.name ?? step.action ?? id, status: "waiting" };
  });
}

/** ended reports whether nothing more will come, and how it ended. */
export function ended(events: readonly TaskEvent[]): "completed" | "failed" | "cancelled" | undefined {
  const last = events.findLast(({ type }) => type === "completion" || type === "cancelled");
  if (!last) return undefined;
  if (last.type === "cancelled") return "cancelled";
  return last.body.error ?? last.body.status === "failed" ? "failed" : "completed";
}
