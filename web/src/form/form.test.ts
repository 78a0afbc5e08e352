import { describe, expect, it } from "vitest";
import { faultsOf } from "./faults";
import { faultText } from "./messages";
import { formOf } from "./schema";

const template = {
  title: "Node.js service",
  steps: [
    { title: "One", schema: { required: ["name"], "ui:order": ["name", "owner", "*"], properties: { owner: { type: "string", "ui:field": "OwnerPicker" }, name: { type: "string", pattern: "^[a-z]+$", maxLength: 5, "ui:help": "small letters", "ui:autofocus": true } } } },
    { title: "Two", schema: { properties: { architecture: { type: "string", "ui:options": { pronto: "architectures" } }, replicas: { type: "integer", minimum: 1, maximum: 10, default: 2 }, key: { type: "string", "ui:field": "Secret" } } } },
  ],
};

describe("a template's form", () => {
  const form = formOf(template, { architectures: ["arm64", "amd64"], flags: new Set() });
  const page = form.pages[0];
  it("stands on one page, in the template's sections", () => {
    expect(form.pages).toHaveLength(1);
    expect(page?.sections).toEqual([
      { title: "One", properties: ["name", "owner"] },
      { title: "Two", properties: ["architecture", "replicas", "key"] },
    ]);
    expect(page?.schema.required).toEqual(["name"]);
  });
  it("parts the hints from the schema", () => {
    expect(JSON.stringify(page?.schema)).not.toContain("ui:");
    expect(page?.uiSchema).toMatchObject({ name: { "ui:help": "small letters", "ui:autofocus": true }, owner: { "ui:widget": "EntityPicker" } });
  });
  it("offers the cluster's architectures", () => expect(page?.schema.properties?.architecture).toMatchObject({ enum: ["arm64", "amd64"], default: "arm64" }));
  it("knows its secrets", () => expect([...form.secrets]).toEqual(["key"]));
});

describe("a fault says the fix", () => {
  const schema = formOf(template, { architectures: ["amd64"], flags: new Set() }).pages[0]?.schema ?? {};
  it.each([
    [{}, "name", "error.required"],
    [{ name: "A" }, "name", "error.pattern"],
    [{ name: "abcdefg" }, "name", "error.maxLength"],
    [{ name: "a", replicas: 0 }, "replicas", "error.minimum"],
    [{ name: "a", replicas: 1000 }, "replicas", "error.maximum"],
    [{ name: "a", replicas: "two" }, "replicas", "error.integer"],
    [{ name: "a", architecture: "riscv" }, "architecture", "error.enum"],
  ])("%j: %s gets %s", (values, field, key) => {
    const faults = faultsOf(schema, values);
    expect(faults.map(({ path }) => path.join("."))).toEqual([field]);
    expect(faults.map((fault) => faultText(fault)[0])).toEqual([key]);
  });
  it("finds none in good values", () => expect(faultsOf(schema, { name: "a", replicas: 2 })).toEqual([]));
});
