import type { Key } from "../i18n/translate";

/** places are where the keys lead: g, then the letter. */
export const places: readonly { key: string; to: string; words: Key }[] = [
  { key: "h", to: "/", words: "nav.home" },
  { key: "c", to: "/create", words: "nav.create" },
  { key: "k", to: "/catalog", words: "nav.catalog" },
  { key: "t", to: "/tasks", words: "nav.tasks" },
  { key: "m", to: "/templates", words: "nav.templates" },
  { key: "p", to: "/platform", words: "nav.platform" },
  { key: "a", to: "/account", words: "nav.account" },
  { key: "d", to: "/help/api", words: "nav.api" },
];

export type Press = { key: string; ctrl: boolean; meta: boolean; alt: boolean; typing: boolean; at: number };

/** Meant is what a key press asks for. */
export type Meant = { kind: "palette" | "help" } | { kind: "go"; to: string } | { kind: "wait" } | undefined;

const patience = 1_200; // ms between g and the letter

/** meantBy reads a key press, given when g was pressed last; nothing but Ctrl-K is meant while one types. */
export function meantBy(press: Press, gAt: number | undefined): Meant {
  const letter = press.key.toLowerCase();
  if ((press.ctrl || press.meta) && !press.alt && letter === "k") return { kind: "palette" };
  if (press.typing || press.ctrl || press.meta || press.alt) return undefined;
  if (press.key === "/") return { kind: "palette" };
  if (press.key === "?") return { kind: "help" };
  if (gAt !== undefined && press.at - gAt <= patience) {
    const place = places.find(({ key }) => key === letter);
    if (place) return { kind: "go", to: place.to };
  }
  return letter === "g" ? { kind: "wait" } : undefined;
}

/** isTyping tells whether keys belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role='combobox'], [role='textbox'], [role='slider'], [contenteditable='true']") !== null;
}
