import type { Entity } from "../api/types";

/** Wanted is what somebody looks for among the templates. */
export type Wanted = { text: string; type: string | null; tags: readonly string[] };

/** typeOf is a template's spec.type. */
export function typeOf({ spec }: Entity): string {
  return typeof spec?.type === "string" ? spec.type : "";
}

/** ownerOf is an entity's owner, empty when none is named. */
export function ownerOf({ spec }: Entity): string {
  return typeof spec?.owner === "string" ? spec.owner : "";
}

/** matching keeps the templates that have every word, the type and all the tags. */
export function matching(templates: readonly Entity[], { text, type, tags }: Wanted): Entity[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return templates.filter((template) => {
    const { name, title = "", description = "", tags: own = [] } = template.metadata;
    const whole = [name, title, description, ...own, typeOf(template), ownerOf(template)].join(" ").toLowerCase();
    return words.every((word) => whole.includes(word)) && (type === null || typeOf(template) === type) && tags.every((tag) => own.includes(tag));
  });
}

/** distinct is every value once, in order. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== "").sort();
}
