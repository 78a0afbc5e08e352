import { LineCounter, parseDocument } from "yaml";
import type { TemplateForm } from "../api/types";
import { isNode } from "../form/extract";
import type { Key, Values } from "../i18n/translate";
import { lineOf, type Path } from "./place";

/** Fault is what keeps a text from being a template, at its line where that is known. */
export type Fault = { line?: number; message: string } | { line?: number; key: Key; values?: Values };

/** Parsed is a template's text as it was understood. */
export type Parsed = { faults: readonly Fault[]; lineOf: LineOf; template?: Record<string, unknown>; form?: TemplateForm };

type LineOf = (path: Path) => { line?: number };

/** parseTemplate reads a template's YAML, and says at which line it is not one. */
export function parseTemplate(text: string): Parsed {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const at: LineOf = (path) => lineOf(document, counter, path);
  if (document.errors.length > 0) {
    return { lineOf: at, faults: document.errors.map(({ pos, message }) => ({ line: counter.linePos(pos[0]).line, message: message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? message })) };
  }
  const template: unknown = document.toJS();
  if (!isNode(template)) return { lineOf: at, faults: [{ line: 1, key: "author.fault.object" }] };
  const faults = faultsOf(template, at);
  const form = formFrom(template);
  return { lineOf: at, faults, template, ...(form ? { form } : {}) };
}

function faultsOf(template: Record<string, unknown>, lineOf: LineOf): Fault[] {
  const { kind, metadata, spec } = template;
  const faults: Fault[] = [];
  if (kind !== "Template") faults.push({ ...lineOf(["kind"]), key: "author.fault.kind" });
  if (!isNode(metadata) || typeof metadata.name !== "string" || metadata.name === "") faults.push({ ...lineOf(["metadata"]), key: "author.fault.name" });
  const steps = isNode(spec) ? spec.steps : undefined;
  if (!Array.isArray(steps)) faults.push({ ...lineOf(["spec"]), key: "author.fault.steps" });
  else {
    steps.forEach((step: unknown, index) => {
      if (!isNode(step) || typeof step.action !== "string") faults.push({ ...lineOf(["spec", "steps", index]), key: "author.fault.action", values: { index } });
    });
  }
  const parameters = isNode(spec) ? spec.parameters : undefined;
  if (parameters !== undefined && !isNode(parameters) && !(Array.isArray(parameters) && parameters.every(isNode))) faults.push({ ...lineOf(["spec", "parameters"]), key: "author.fault.parameters" });
  return faults;
}

/** formFrom is the form as the server would tell of it. */
function formFrom({ metadata, spec }: Record<string, unknown>): TemplateForm | undefined {
  if (!isNode(spec)) return undefined;
  const parameters: unknown[] = Array.isArray(spec.parameters) ? spec.parameters : spec.parameters === undefined ? [] : [spec.parameters];
  if (!parameters.every(isNode)) return undefined;
  const meta = isNode(metadata) ? metadata : {};
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const description = text(meta.description);
  return {
    title: text(meta.title) ?? text(meta.name) ?? "",
    ...(description === undefined ? {} : { description }),
    ...(isNode(spec.presentation) ? { presentation: spec.presentation } : {}),
    steps: parameters.map((page) => {
      const about = text(page.description);
      return { title: text(page.title) ?? "Please enter the following information", ...(about === undefined ? {} : { description: about }), schema: page };
    }),
  };
}
