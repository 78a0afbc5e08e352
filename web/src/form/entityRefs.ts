import { isNode } from "./extract";

type Match = string | readonly string[] | { exists?: boolean };

/** filtersOf puts a catalogFilter of a template into the catalog's own grammar: comma is AND, a list is OR. */
export function filtersOf(catalogFilter: unknown): string[] {
  const sets = Array.isArray(catalogFilter) ? catalogFilter : [catalogFilter];
  return sets
    .filter(isNode)
    .map((set) => Object.entries(set).flatMap(([key, match]) => terms(key, match as Match)).join(","))
    .filter((filter) => filter !== "");
}

function terms(key: string, match: Match): string[] {
  if (typeof match === "string") return [`${key}=${match}`];
  if (Array.isArray(match)) return match.map((each: string) => `${key}=${each}`);
  return [key];
}

/** filtersFor are the filters of a picker, with what each of them offers when the template says nothing. */
export function filtersFor(picker: string, options: Record<string, unknown>): string[] {
  if (options.catalogFilter !== undefined) return filtersOf(options.catalogFilter);
  const allowed = picker === "OwnerPicker" ? (options.allowedKinds ?? ["Group", "User"]) : options.allowedKinds;
  if (Array.isArray(allowed)) return filtersOf({ kind: allowed as string[] });
  return picker === "MyGroupsPicker" ? ["kind=Group"] : [];
}

/** refOf is an entity's reference. */
export function refOf({ kind, metadata }: { kind: string; metadata: { name: string; namespace?: string } }): string {
  return `${kind}:${metadata.namespace ?? "default"}/${metadata.name}`.toLowerCase();
}

/** typedRef completes what was typed to a reference, or leaves it as it is. */
export function typedRef(text: string, kind: string | undefined, namespace = "default"): string {
  const parts = /^(?:([\w.-]+):)?(?:([\w.-]+)\/)?([\w.-]+)$/.exec(text.trim());
  const wanted = parts?.[1] ?? kind;
  if (!parts || wanted === undefined) return text.trim();
  return `${wanted.toLowerCase()}:${(parts[2] ?? namespace).toLowerCase()}/${(parts[3] ?? "").toLowerCase()}`;
}
