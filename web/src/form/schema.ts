import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import type { TemplateForm } from "../api/types";
import { Extraction, isNode, type Shown, type Surroundings } from "./extract";

type Node = Record<string, unknown>;

export type Values = Record<string, unknown>;

export type Section = { title: string; description?: string; properties: readonly string[] };

/** Page is one step of a form: its schema, how to draw it, and where its sections are. */
export type Page = { title: string; schema: RJSFSchema; uiSchema: UiSchema; sections: readonly Section[] };

/** Form is a template's form: its pages, and what is secret in it. */
export type Form = { pages: readonly Page[]; secrets: ReadonlySet<string>; fields: ReadonlyMap<string, Shown> };

const fits = 8; // fields that stand well on one page
const mergeable = new Set(["title", "description", "type", "required", "properties", "allOf", "dependencies", "definitions", "ui:order"]);

/** formOf draws a template's pages; short and plain ones become sections of one page. */
export function formOf(template: TemplateForm, around: Surroundings): Form {
  const extraction = new Extraction(around);
  const seen = template.steps.filter(({ schema }) => extraction.flagged(schema));
  const pages = seen.map(({ title, description, schema }) => pageOf(title, description, schema, extraction));
  const { secrets, fields } = extraction.found;
  return { pages: onOne(seen.map(({ schema }) => schema)) ? [merged(pages)] : pages, secrets, fields };
}

function pageOf(title: string, description: string | undefined, node: Node, extraction: Extraction): Page {
  const ui: Node = {};
  const { title: itsTitle, description: itsText, ...rest } = node;
  const schema = extraction.schema({ type: "object", ...rest }, ui) as RJSFSchema;
  schema.properties = inOrder(schema.properties ?? {}, (ui["ui:order"] as string[] | undefined) ?? []) as RJSFSchema["properties"] & object;
  const section: Section = { title, properties: Object.keys(schema.properties), ...(description === undefined ? {} : { description }) };
  return { title, schema, uiSchema: { ...ui, "ui:submitButtonOptions": { norender: true } }, sections: [section] };
}

/** Whether pages may stand on one: few fields, none twice, nothing that speaks of a page as a whole. */
function onOne(pages: readonly Node[]): boolean {
  const names = pages.flatMap(({ properties }) => (isNode(properties) ? Object.keys(properties) : []));
  return names.length <= fits && new Set(names).size === names.length && pages.every((page) => Object.keys(page).every((key) => mergeable.has(key)));
}

function merged(pages: readonly Page[]): Page {
  const schema: Node = { type: "object", properties: {}, required: [] };
  const ui: Node = {};
  for (const { schema: one, uiSchema } of pages) {
    Object.assign(schema.properties as Node, one.properties);
    (schema.required as string[]).push(...(one.required ?? []));
    for (const key of ["dependencies", "definitions"] as const) {
      if (one[key]) schema[key] = { ...(schema[key] as Node | undefined), ...(one[key] as Node) };
    }
    if (one.allOf) schema.allOf = [...((schema.allOf as unknown[] | undefined) ?? []), ...one.allOf];
    const { "ui:order": order, ...hints } = uiSchema;
    Object.assign(ui, hints);
  }
  return { title: pages[0]?.title ?? "", schema, uiSchema: ui, sections: pages.flatMap(({ sections }) => sections) };
}

/** inOrder puts the properties that order names first; JSON objects keep none of their own. */
function inOrder(properties: Node, order: readonly string[]): Node {
  const rest = order.includes("*") ? order.indexOf("*") : order.length;
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : rest);
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => rank(a) - rank(b)));
}

/** pageWith is the number of the page that asks for a property, also where it comes by a condition. */
export function pageWith(form: Form, property: string): number {
  const at = form.pages.findIndex(({ schema }) => names(schema).has(property));
  return Math.max(0, at);
}

function names(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) value.forEach((each) => names(each, found));
  if (isNode(value)) {
    for (const [key, part] of Object.entries(value)) {
      if (key === "properties" && isNode(part)) Object.keys(part).forEach((name) => found.add(name));
      else names(part, found);
    }
  }
  return found;
}
