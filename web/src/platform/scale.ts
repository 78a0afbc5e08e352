import type { Capacity, Figures } from "../api/types";

export type Amount = Capacity["nodes"][number]["cpu"];

/** Room says in a word how much is left. */
export type Room = "free" | "tight" | "full";

/** roomOf is what an amount leaves. */
export function roomOf({ allocatable, requested }: Amount): Room {
  const share = shareOf({ allocatable, requested });
  if (share >= 0.95) return "full";
  return share >= 0.75 ? "tight" : "free";
}

/** shareOf is what is taken, from 0 to 1. */
export function shareOf({ allocatable, requested }: Amount): number {
  return allocatable <= 0 ? 1 : Math.min(1, Math.max(0, requested / allocatable));
}

/** Bar is one day of the chart, its parts from 0 to 1. */
export type Bar = { date: string; live: number; failed: number; liveShare: number; failedShare: number };

/** barsOf scales the days by the one with the most. */
export function barsOf(days: Figures["days"]): { bars: Bar[]; most: number } {
  const most = Math.max(0, ...days.map(({ live, failed }) => live + failed));
  const share = (count: number) => (most === 0 ? 0 : count / most);
  return { most, bars: days.map(({ date, live, failed }) => ({ date, live, failed, liveShare: share(live), failedShare: share(failed) })) };
}
