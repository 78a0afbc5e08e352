import type { Key, Values } from "../i18n/translate";

/** Fault is one rule of the schema that a value breaks. */
export type Fault = { path: readonly string[]; keyword: string; rule: unknown; value: unknown; message: string; hint?: string };

/** faultText says the fix for a fault, as a key of the dictionary and what to fill in. */
export function faultText({ keyword, rule, value, message, hint }: Fault): readonly [Key, Values] {
  const limit = typeof rule === "number" ? rule : "";
  const length = typeof value === "string" ? Array.from(value).length : 0;
  switch (keyword) {
    case "required":
      return ["error.required", {}];
    case "pattern":
      return hint ? ["error.pattern", { value: String(value), hint }] : ["error.patternBare", { value: String(value), pattern: String(rule) }];
    case "maxLength":
    case "minLength":
      return length === 0 ? ["error.required", {}] : [`error.${keyword}`, { length, limit }];
    case "maximum":
    case "minimum":
      return [`error.${keyword}`, { limit }];
    case "enum":
      return ["error.enum", { values: Array.isArray(rule) ? rule.join(", ") : "" }];
    case "minItems":
    case "maxItems":
      return [`error.${keyword}`, { limit }];
    case "uniqueItems":
      return ["error.uniqueItems", {}];
    case "format":
      return ["error.format", { format: typeof rule === "string" ? rule : "" }];
    case "type":
      return rule === "integer" ? ["error.integer", {}] : rule === "number" ? ["error.number", {}] : ["error.type", { type: String(rule) }];
    default:
      return ["error.other", { message }];
  }
}
