import { phaseNames, type Delivery, type PhaseName, type PhaseStatus } from "../api/types";
import { lengthOf, spanOf, type Span, type Step } from "./timeline";

/** Bar is a piece of the time axis, as shares of its width from 0 to 1. */
export type Bar = { from: number; to: number };

export type StepRow = Bar & { name: string; status: PhaseStatus; seconds: number };

export type Row = {
  name: PhaseName;
  status: PhaseStatus;
  /** Absent when the phase has not begun. */
  bar?: Bar;
  seconds: number;
  /** Where it would have ended in its usual time. */
  usual?: number;
  steps: StepRow[];
};

export type Geometry = { rows: Row[]; ticks: { at: number; seconds: number }[] };

/**
 * geometry lays a delivery's phases and their steps on one axis of time. ran is
 * what has passed since the delivery was told of (0 when it is over).
 */
export function geometry(delivery: Delivery, steps: readonly Step[], ran = 0): Geometry {
  const length = Math.max(lengthOf(delivery) + ran, 0.1);
  const usuals = delivery.phases.map((phase) => (spanOf(delivery, phase)?.start ?? 0) + (phase.status === "running" ? (phase.usualSeconds ?? 0) : 0));
  const whole = Math.max(length, ...usuals);
  const share = (seconds: number) => Math.min(1, Math.max(0, seconds / whole));
  const rows = phaseNames.flatMap((name): Row[] => {
    const phase = delivery.phases.find((each) => each.name === name);
    if (!phase) return [];
    const span = spanOf(delivery, phase);
    const seconds = phase.seconds + (phase.status === "running" ? ran : 0);
    if (!span) return [{ name, status: phase.status, seconds, steps: [] }];
    const end = span.end ?? span.start + seconds;
    const usual = phase.usualSeconds === undefined ? undefined : span.start + phase.usualSeconds;
    return [
      {
        name,
        status: phase.status,
        seconds,
        bar: { from: share(span.start), to: share(end) },
        ...(usual !== undefined && usual <= whole ? { usual: share(usual) } : {}),
        steps: steps.filter((step) => step.phase === name && step.start < end).map((step) => stepRow(step, { start: span.start, end }, share)),
      },
    ];
  });
  return { rows, ticks: ticksOf(whole).map((seconds) => ({ at: share(seconds), seconds })) };
}

/** A step keeps inside its phase: their clocks are not to the same fraction of a second. */
function stepRow(step: Step, phase: { start: number; end: number }, share: (seconds: number) => number): StepRow {
  const within = (seconds: number) => Math.min(phase.end, Math.max(phase.start, seconds));
  const span: Required<Span> = { start: within(step.start), end: within(step.end ?? phase.end) };
  return { name: step.name, status: step.status, seconds: (step.end ?? phase.end) - step.start, from: share(span.start), to: share(span.end) };
}

const nice = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** ticksOf is where the axis is marked: three to six round numbers of seconds, without 0. */
export function ticksOf(length: number): number[] {
  const step = nice.find((each) => length / each <= 6) ?? Math.ceil(length / 6);
  const count = Math.floor(length / step + 1e-9);
  return Array.from({ length: count }, (_, i) => Number(((i + 1) * step).toFixed(1)));
}
