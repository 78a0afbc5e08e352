import { useSyncExternalStore } from "react";

const key = "pronto.stars";
const listeners = new Set<() => void>();
let kept = read();

function read(): readonly string[] {
  const text = localStorage.getItem(key) ?? "";
  return text === "" ? [] : text.split("\n");
}

/** toggled is the list with a reference put in or taken out. */
export function toggled(list: readonly string[], ref: string): readonly string[] {
  return list.includes(ref) ? list.filter((each) => each !== ref) : [...list, ref];
}

function toggle(ref: string): void {
  kept = toggled(kept, ref);
  localStorage.setItem(key, kept.join("\n"));
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** useStars is what somebody starred in this browser. */
export function useStars(): { stars: readonly string[]; toggle: (ref: string) => void } {
  return { stars: useSyncExternalStore(subscribe, () => kept), toggle };
}
