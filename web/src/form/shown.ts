import { ERRORS_KEY, type ErrorSchema } from "@rjsf/utils";

/**
 * Shown is which faults a page of a form shows: those of the fields that were
 * filled in and left, of all fields once one wanted to go on, and whatever
 * somebody else has against the values. Nobody is blamed for what they have
 * not come to yet.
 */
export type Shown = { tried: boolean; touched: ReadonlySet<string>; told: ReadonlyMap<string, string> };

/** Context is what a page tells its fields; a form that tells nothing shows all. */
type Context = { shown?: Shown } | undefined;

/** faultShown is a field's fault, if it is to be shown. */
export function faultShown(context: unknown, id: string, faults: readonly string[] | undefined): string | undefined {
  const shown = (context as Context)?.shown;
  return !shown || shown.tried || shown.touched.has(id) ? faults?.[0] : shown.told.get(id);
}

/** toldIn is the first error of each field, by the id that rjsf gives it. */
export function toldIn(errors: ErrorSchema, id = "root"): Map<string, string> {
  const own = errors[ERRORS_KEY]?.[0];
  const inner = Object.entries(errors).flatMap(([name, within]) => (name === ERRORS_KEY ? [] : [...toldIn(within as ErrorSchema, `${id}_${name}`)]));
  return new Map([...(own === undefined ? [] : [[id, own] as const]), ...inner]);
}
