import type { Delivery, Phase, PhaseName, PhaseStatus, Run, Task } from "../api/types";

/** Span is a time of a delivery, in seconds from its beginning; without an end it still runs. */
export type Span = { start: number; end?: number };

/** Step is a part of a phase: a step of its workflow run or of its task. */
export type Step = Span & { phase: PhaseName; name: string; status: PhaseStatus };

/** offset is how many seconds after the delivery's beginning a moment was. */
export function offset(delivery: Delivery, moment: string): number {
  return Math.max(0, (Date.parse(moment) - Date.parse(delivery.startedAt)) / 1000);
}

/** spanOf is when a phase ran; undefined for one that never began. */
export function spanOf(delivery: Delivery, phase: Phase): Span | undefined {
  if (phase.status === "waiting" || phase.status === "skipped" || !phase.startedAt) {
    return undefined;
  }
  const start = offset(delivery, phase.startedAt);
  return phase.status === "running" ? { start } : { start, end: start + phase.seconds };
}

/** lengthOf is how many seconds a delivery has taken, as told. */
export function lengthOf(delivery: Delivery): number {
  const ends = delivery.phases.map((phase) => (spanOf(delivery, phase)?.start ?? 0) + phase.seconds);
  return Math.max(delivery.seconds, ...ends);
}

/** replayable reports whether a delivery is over and its times are known. */
export function replayable(delivery: Delivery): boolean {
  return delivery.status !== "in_progress" && delivery.phases.some((phase) => spanOf(delivery, phase) !== undefined);
}

/** frameAt is how a finished delivery stood so many seconds after its beginning. */
export function frameAt(delivery: Delivery, at: number, steps: readonly Step[] = []): Delivery {
  if (at >= lengthOf(delivery)) {
    return delivery;
  }
  const phases = delivery.phases.map((phase) => phaseAt(delivery, phase, at, steps));
  const { finishedAt, reason, ...rest } = delivery;
  return { ...rest, status: "in_progress", seconds: at, phases };
}

function phaseAt(delivery: Delivery, phase: Phase, at: number, steps: readonly Step[]): Phase {
  const span = spanOf(delivery, phase);
  if (phase.status === "skipped" || (span?.end !== undefined && at >= span.end)) {
    return phase;
  }
  const { reason, cause, finishedAt, ...rest } = phase;
  if (!span || at < span.start) {
    return { ...rest, status: "waiting", seconds: 0, evidence: {} };
  }
  const now = steps.findLast((step) => step.phase === phase.name && step.start <= at && (step.end === undefined || at < step.end));
  return { ...rest, status: "running", seconds: at - span.start, evidence: {}, ...(now ? { reason: `runs ${now.name}` } : {}) };
}

const same = 0.005; // s; closer moments are one

/** momentsOf is when something changed in a finished delivery, from its beginning to its end. */
export function momentsOf(delivery: Delivery, steps: readonly Step[] = []): number[] {
  const spans: (Span | undefined)[] = [...delivery.phases.map((phase) => spanOf(delivery, phase)), ...steps];
  const length = lengthOf(delivery);
  const all = [0, ...spans.flatMap((span) => (span ? [span.start, span.end ?? length] : []))];
  const inside = all.filter((moment) => moment < length - same).sort((a, b) => a - b);
  return [...inside.filter((moment, i) => i === 0 || moment - (inside[i - 1] ?? 0) > same), length];
}

/** stepsOfRun is a run's steps on the delivery's time. */
export function stepsOfRun(delivery: Delivery, run: Run, stateOf: (status: string, conclusion?: string) => PhaseStatus): Step[] {
  const steps = run.jobs.flatMap((job) => job.steps);
  return steps.flatMap((step) => one(delivery, "build", step.name, stateOf(step.status, step.conclusion), step.startedAt, step.finishedAt));
}

const taskStates: Record<string, PhaseStatus> = { processing: "running", completed: "done", failed: "failed", cancelled: "failed", skipped: "skipped" };

/** stepsOfTask is a task's steps on the delivery's time. */
export function stepsOfTask(delivery: Delivery, task: Task): Step[] {
  return (task.state?.steps ?? []).flatMap((step) => one(delivery, "create", step.name, taskStates[step.status] ?? "waiting", step.startedAt, step.finishedAt));
}

function one(delivery: Delivery, phase: PhaseName, name: string, status: PhaseStatus, from: string | undefined, to: string | undefined): Step[] {
  if (!from || status === "waiting" || status === "skipped") return [];
  const start = offset(delivery, from);
  return [{ phase, name, status, start, ...(to ? { end: Math.max(start, offset(delivery, to)) } : {}) }];
}
