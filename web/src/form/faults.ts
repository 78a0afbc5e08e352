import { Validator, type OutputUnit } from "@cfworker/json-schema";
import type { Fault } from "./messages";

/** These only say that something within them does not fit. */
const wrappers = new Set(["properties", "items", "prefixItems", "allOf", "anyOf", "oneOf", "if", "then", "else", "$ref", "dependencies", "dependentSchemas", "additionalProperties", "patternProperties"]);

/** What one property asks of another. */
const lacking = /does not have "(.+?)"/;

type Node = Record<string, unknown>;

/**
 * faultsOf checks a value against a schema, without making code at run time
 * (the page's policy does not allow that).
 */
export function faultsOf(schema: object, value: unknown): Fault[] {
  const result = new Validator(schema, "7", false).validate(value);
  if (result.valid) return [];
  const telling = result.errors.filter(({ keyword, error }) => !wrappers.has(keyword) || lacking.test(error));
  return (telling.length > 0 ? telling : result.errors.slice(-1)).map((unit) => faultOf(schema, value, unit));
}

function faultOf(schema: object, value: unknown, unit: OutputUnit): Fault {
  const path = segments(unit.instanceLocation);
  const rule = at(schema, segments(unit.keywordLocation));
  const parent = at(schema, segments(unit.keywordLocation).slice(0, -1)) as Node | undefined;
  const missing = unit.keyword === "required" ? /property "(.+?)"/.exec(unit.error)?.[1] : lacking.exec(unit.error)?.[1];
  const hint = parent?.["x-hint"];
  return {
    path: missing === undefined ? path : [...path, missing],
    keyword: missing === undefined ? unit.keyword : "required",
    rule,
    value: at(value, path),
    message: unit.error,
    ...(typeof hint === "string" ? { hint } : {}),
  };
}

function segments(pointer: string): string[] {
  return pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~"));
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (typeof node === "object" && node !== null ? (node as Node)[key] : undefined), value);
}
