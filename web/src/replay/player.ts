export const speeds = [1, 4, 16] as const;
export type Speed = (typeof speeds)[number];

/** advance is where a replay stands after some seconds of the reader's. */
export function advance(position: number, elapsed: number, speed: Speed, length: number): number {
  return Math.min(length, position + elapsed * speed);
}

const same = 0.01; // s; closer moments are one

/** following is the next moment after a position, or the last. */
export function following(moments: readonly number[], position: number): number {
  return moments.find((moment) => moment > position + same) ?? moments.at(-1) ?? 0;
}

/** preceding is the last moment before a position, or the first. */
export function preceding(moments: readonly number[], position: number): number {
  return moments.findLast((moment) => moment < position - same) ?? 0;
}

/** fitting is the speed at which a replay takes about ten seconds at most. */
export function fitting(length: number): Speed {
  return speeds.find((speed) => length / speed <= 10) ?? 16;
}
