import { remembered } from "./match";

const key = "pronto.recent";

/** readRecent is what was used in the palette, the last first. */
export function readRecent(): string[] {
  const text = localStorage.getItem(key) ?? "";
  return text === "" ? [] : text.split("\n");
}

/** keepRecent notes that something was used. */
export function keepRecent(id: string): void {
  localStorage.setItem(key, remembered(readRecent(), id).join("\n"));
}
