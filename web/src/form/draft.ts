import { isNode } from "./extract";
import { parted } from "./secrets";
import type { Values } from "./schema";

/** Draft is how far somebody came with a form. */
export type Draft = { values: Values; page: number };

const prefix = "pronto.draft.";

/** readDraft gives what was kept of a form in this tab. */
export function readDraft(template: string, storage: Storage = sessionStorage): Draft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(prefix + template) ?? "null");
    if (isNode(kept) && isNode(kept.values) && typeof kept.page === "number") return { values: kept.values, page: kept.page };
  } catch {
    storage.removeItem(prefix + template);
  }
  return { values: {}, page: 0 };
}

/** keepDraft keeps everything but the secrets. */
export function keepDraft(template: string, { values, page }: Draft, secrets: ReadonlySet<string>, storage: Storage = sessionStorage): void {
  storage.setItem(prefix + template, JSON.stringify({ values: parted(values, secrets).values, page }));
}

/** dropDraft forgets a form that was sent or given up. */
export function dropDraft(template: string, storage: Storage = sessionStorage): void {
  storage.removeItem(prefix + template);
}
