import { describe, expect, it } from "vitest";
import { decoded, encoded } from "./base64";
import { example } from "./example";
import { parseTemplate } from "./parse";
import { placedIn } from "./place";

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
    expect(faults).toEqual([{ line: 1, key: "author.fault.kind" }, { line: 2, key: "author.fault.name" }, { line: 6, key: "author.fault.action", values: { index: 0 } }]);
  });
  it("may be no mapping at all", () => expect(parseTemplate("just words").faults).toHaveLength(1));
  it("of the example is fine", () => expect(parseTemplate(example.text).faults).toEqual([]));
});

describe("what a dry run has against a template", () => {
  const { lineOf } = parseTemplate(example.text);
  const lineFor = (text: string) => {
    const placed = placedIn(text);
    return placed && { line: example.text.split("\n")[(lineOf(placed.path).line ?? 0) - 1]?.trim(), message: placed.message };
  };
  it.each([
    ["spec.steps[1]: Template action with ID 'no:such' is not registered", "- id: tell", "Template action with ID 'no:such' is not registered"],
    ["spec.steps[0]: input: too long", "input:", "too long"],
    ["spec.steps[0]: if: too long", "- id: fetch", "too long"],
    ["template: spec.steps[1].action: is missing", "action: debug:log", "is missing"],
    ["template: spec.type: is missing", "type: service", "is missing"],
    ["spec.output: too long", "output:", "too long"],
    ["template: metadata.annotations: x", "metadata:", "x"],
  ])("stands at its line: %s", (text, line, message) => expect(lineFor(text)).toEqual({ line, message }));
  it("stands nowhere when it names no place", () => expect(placedIn("The dry run took longer than 1m0s")).toBeUndefined());
});

describe("base64", () => {
  it("keeps text of any language", () => expect(decoded(encoded("olá, mundo ✓"))).toBe("olá, mundo ✓"));
  it("tells what is no text", () => expect(decoded("AAD/")).toBeUndefined());
});
