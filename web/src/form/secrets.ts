import { isNode } from "./extract";
import type { Values } from "./schema";

/** parted separates what is secret, by the names of its fields, from the other values. */
export function parted(values: Values, paths: ReadonlySet<string>): { values: Values; secrets: Record<string, string> } {
  const secrets: Record<string, string> = {};
  const walk = (node: Values, path: readonly string[]): Values =>
    Object.fromEntries(
      Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
        const here = [...path, key];
        if (paths.has(here.join("."))) {
          if (typeof value === "string" && value !== "") secrets[key] = value;
          return [];
        }
        return [[key, isNode(value) ? walk(value, here) : value]];
      }),
    );
  return { values: walk(values, []), secrets };
}
