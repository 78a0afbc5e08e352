import type { Phase } from "../api/types";

/** late reports whether a phase has taken clearly longer than usual. */
export function late(spent: number, usual: number | undefined): boolean {
  return usual !== undefined && spent > usual * 1.5 && spent > usual + 1;
}

/** lateNow reports it of a phase that runs, some seconds after it was told of. */
export function lateNow(phase: Phase | undefined, ran: number): boolean {
  return phase?.status === "running" && late(phase.seconds + ran, phase.usualSeconds);
}
