import { describe, expect, it } from "vitest";
import { decoded, encoded } from "./base64";
import { example } from "./example";
import { parseTemplate } from "./parse";

describe("a template's text", () => {
  it("is a template with its form", () => {
    const { faults, form } = parseTemplate("kind: Template\nmetadata:\n  name: a\n  title: A\nspec:\n  parameters:\n    title: One\n    properties: {name: {type: string}}\n  steps:\n    - action: debug:log\n");
    expect(faults).toEqual([]);
    expect(form).toMatchObject({ title: "A", steps: [{ title: "One" }] });
  });
  it("that is no YAML says at which line", () => {
    const { faults, template } = parseTemplate("kind: Template\nmetadata: [\n  a");
    expect(template).toBeUndefined();
    expect(faults[0]?.line).toBeGreaterThan(1);
  });
  it("says what is missing, and where", () => {
    const { faults } = parseTemplate("kind: Component\nmetadata:\n  title: x\nspec:\n  steps:\n    - id: a\n");
    expect(faults).toEqual([{ line: 1, key: "author.fault.kind" }, { line: 3, key: "author.fault.name" }, { line: 6, key: "author.fault.action", values: { index: 0 } }]);
  });
  it("may be no mapping at all", () => expect(parseTemplate("just words").faults).toHaveLength(1));
  it("of the example is fine", () => expect(parseTemplate(example.text).faults).toEqual([]));
});

describe("base64", () => {
  it("keeps text of any language", () => expect(decoded(encoded("olá, mundo ✓"))).toBe("olá, mundo ✓"));
  it("tells what is no text", () => expect(decoded("AAD/")).toBeUndefined());
});
