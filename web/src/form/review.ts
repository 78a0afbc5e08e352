import { isNode } from "./extract";
import type { Form, Values } from "./schema";

/** Row is one line of the review: a label and the value, which may be masked. */
export type Row = { key: string; label: string; value: unknown; mask?: string };

const dots = "••••••";

/** rowsOf lists what was filled in, in the form's order; secrets are never in it. */
export function rowsOf(form: Form, values: Values): Row[] {
  const order = [...form.fields.keys()];
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return walk(form, values, [], []).sort((a, b) => rank(a.key) - rank(b.key));
}

function walk(form: Form, node: Values, path: readonly string[], titles: readonly string[]): Row[] {
  return Object.entries(node).flatMap(([name, value]): Row[] => {
    const key = [...path, name].join(".");
    const field = form.fields.get(key);
    if (field?.hidden || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return [];
    const labels = [...titles, field?.title ?? name];
    const masked = form.secrets.has(key) ? dots : field?.mask;
    if (masked === undefined && isNode(value)) return walk(form, value, [...path, name], labels);
    return [{ key, label: labels.join(" › "), value: masked === undefined ? value : undefined, ...(masked === undefined ? {} : { mask: masked }) }];
  });
}
