import { useEffect, useState, useSyncExternalStore } from "react";

/** One clock for all relative times: it ticks each 10 s, and only while one is shown. */
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = new Date();
    listeners.forEach((each) => each());
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useMinutes(): Date {
  const [first] = useState(() => new Date());
  const shared = useSyncExternalStore(subscribe, () => now);
  return shared > first ? shared : first;
}

/**
 * useTicking gives the seconds since a moment of the page's clock (ms), ten
 * times a second while it runs; without a moment nothing passes.
 */
export function useTicking(since: number | undefined, running: boolean): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    if (!running || since === undefined) return;
    const tick = () => setElapsed(Math.max(0, (performance.now() - since) / 1000));
    tick();
    const interval = setInterval(tick, 100);
    return () => clearInterval(interval);
  }, [since, running]);
  return running && since !== undefined ? elapsed : 0;
}
