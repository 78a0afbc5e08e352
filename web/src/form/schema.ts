import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import type { TemplateForm } from "../api/types";

type Node = Record<string, unknown>;

export type Section = { title: string; properties: readonly string[] };

/** Form is a template's form on one page: one schema, how to draw it, and where its sections are. */
export type Form = { schema: RJSFSchema; uiSchema: UiSchema; sections: readonly Section[]; secrets: ReadonlySet<string> };

/** The fields of Backstage that are drawn as widgets here. */
const pickers: Record<string, string> = {
  OwnerPicker: "EntityPicker",
  EntityPicker: "EntityPicker",
  OwnedEntityPicker: "EntityPicker",
  Secret: "SecretWidget",
};

/** formOf merges the template's steps into one form; architectures are those of the cluster. */
export function formOf(template: TemplateForm, architectures: readonly string[]): Form {
  const merged: Node = { type: "object", properties: {}, required: [], allOf: [] };
  const sections: Section[] = [];
  for (const { title, schema } of template.steps) {
    const { properties: unordered = {}, required = [], allOf = [], dependencies, "ui:order": order, ...rest } = schema as {
      properties?: Node; required?: string[]; allOf?: unknown[]; dependencies?: Node; "ui:order"?: string[];
    };
    const properties = inOrder(unordered, order ?? []);
    Object.assign(merged.properties as Node, properties);
    (merged.required as string[]).push(...required);
    (merged.allOf as unknown[]).push(...allOf);
    if (dependencies) merged.dependencies = { ...(merged.dependencies as Node | undefined), ...dependencies };
    if ("definitions" in rest) merged.definitions = { ...(merged.definitions as Node | undefined), ...(rest.definitions as Node) };
    sections.push({ title, properties: Object.keys(properties) });
  }
  if ((merged.allOf as unknown[]).length === 0) delete merged.allOf;
  const secrets = new Set<string>();
  const { schema, ui } = split(merged, architectures, "", secrets);
  return { schema, uiSchema: { ...ui, "ui:submitButtonOptions": { norender: true } }, sections, secrets };
}

/** inOrder puts the properties that order names first; JSON objects keep none of their own. */
function inOrder(properties: Node, order: readonly string[]): Node {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => rank(a) - rank(b)));
}

/** split parts a schema in Backstage's style from the ui:* hints within it. */
function split(node: Node, architectures: readonly string[], name: string, secrets: Set<string>): { schema: Node; ui: Node } {
  const schema: Node = {};
  const ui: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "ui:field") Object.assign(ui, widgetOf(value, name, secrets));
    else if (key.startsWith("ui:")) ui[key] = value;
    else if (key === "properties") {
      schema.properties = Object.fromEntries(
        Object.entries(value as Record<string, Node>).map(([property, child]) => {
          const parts = split(child, architectures, property, secrets);
          ui[property] = parts.ui;
          return [property, parts.schema];
        }),
      );
    } else if (!key.startsWith("backstage:")) schema[key] = value;
  }
  const options = ui["ui:options"] as { pronto?: string } | undefined;
  if (options?.pronto === "architectures" && !schema.enum && architectures.length > 0) {
    schema.enum = [...architectures];
    schema.default ??= architectures[0];
  }
  // The checker hands this to the words that say the fix.
  if (typeof ui["ui:help"] === "string") schema["x-hint"] = ui["ui:help"];
  return { schema, ui };
}

function widgetOf(field: unknown, name: string, secrets: Set<string>): Node {
  if (field === "Secret") secrets.add(name);
  const widget = typeof field === "string" ? pickers[field] : undefined;
  return widget ? { "ui:widget": widget } : {};
}
