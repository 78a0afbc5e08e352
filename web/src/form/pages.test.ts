import { describe, expect, it } from "vitest";
import { faultsOf } from "./faults";
import { labelsOf } from "./labels";
import { publishes } from "./publishes";
import { rowsOf } from "./review";
import { formOf, pageWith } from "./schema";
import { parted } from "./secrets";

const around = { architectures: [], flags: new Set<string>() };

const rich = {
  title: "Rich",
  steps: [
    {
      title: "First",
      schema: {
        required: ["kind", "beta"],
        properties: {
          kind: { type: "string", enum: ["web", "job"], enumNames: ["Web", "Job"], "ui:widget": "radio" },
          beta: { type: "string", "backstage:featureFlag": "beta" },
        },
        dependencies: { kind: { oneOf: [{ properties: { kind: { enum: ["web"] }, port: { type: "integer", title: "Port", "ui:widget": "updown" } }, required: ["port"] }, { properties: { kind: { enum: ["job"] } } }] } },
      },
    },
    { title: "Hidden", schema: { "backstage:featureFlag": "beta", properties: { extra: { type: "string" } } } },
    {
      title: "Second",
      schema: {
        properties: {
          token: { type: "string", title: "Token", "ui:field": "Secret" },
          pin: { type: "string", "ui:backstage": { review: { mask: "<hidden>" } } },
          internal: { type: "string", "ui:backstage": { review: { show: false } } },
          owner: { type: "string", "ui:field": "OwnerPicker", "ui:options": { catalogFilter: { kind: ["Group"] } } },
          odd: { type: "object", "ui:field": "Odd" },
          nested: { type: "object", title: "Nested", properties: { key: { type: "string", title: "Key", "ui:field": "Secret" }, size: { type: "string", title: "Size" } } },
        },
        if: { properties: { owner: { const: "group:default/a" } }, required: ["owner"] },
        then: { properties: { reason: { type: "string", "ui:widget": "textarea" } }, required: ["reason"] },
      },
    },
  ],
};

describe("a form of several pages", () => {
  const form = formOf(rich, around);
  it("keeps its pages, but not one whose flag is off", () => expect(form.pages.map(({ title }) => title)).toEqual(["First", "Second"]));
  it("leaves out a field whose flag is off, also from what is required", () => {
    expect(form.pages[0]?.schema.required).toEqual(["kind"]);
    expect(formOf(rich, { ...around, flags: new Set(["beta"]) }).pages.map(({ title }) => title)).toEqual(["First", "Hidden", "Second"]);
  });
  it("finds hints within conditions", () => {
    expect(form.pages[0]?.uiSchema).toMatchObject({ kind: { "ui:widget": "radio", "ui:enumNames": ["Web", "Job"] }, port: { "ui:widget": "updown" } });
    expect(form.pages[1]?.uiSchema).toMatchObject({ reason: { "ui:widget": "textarea" }, owner: { "ui:widget": "EntityPicker", "ui:picker": "OwnerPicker" }, odd: { "ui:field": "UnknownField", "ui:picker": "Odd" } });
  });
  it("finds the page of a field that comes by a condition", () => {
    expect(pageWith(form, "port")).toBe(0);
    expect(pageWith(form, "reason")).toBe(1);
    expect(pageWith(form, "nowhere")).toBe(0);
  });
  it("checks what a condition asks for", () => {
    expect(faultsOf(form.pages[1]?.schema ?? {}, { owner: "group:default/a" }).map(({ path }) => path.join("."))).toEqual(["reason"]);
    expect(faultsOf(form.pages[1]?.schema ?? {}, {})).toEqual([]);
  });
  it("says what one field asks of another", () => {
    const faults = faultsOf({ type: "object", dependencies: { a: ["b"] } }, { a: 1 });
    expect(faults.map(({ path, keyword }) => [path.join("."), keyword])).toEqual([["b", "required"]]);
  });

  it("parts secrets from values, wherever they stand", () => {
    const { values, secrets } = parted({ token: "t0p", nested: { key: "k3y", size: "l" }, owner: "x" }, form.secrets);
    expect(values).toEqual({ nested: { size: "l" }, owner: "x" });
    expect(secrets).toEqual({ token: "t0p", key: "k3y" });
  });

  it("is reviewed without secrets and with what the template hides", () => {
    const rows = rowsOf(form, { token: "t0p", pin: "1234", internal: "x", nested: { key: "k3y", size: "l" }, kind: "web" });
    expect(JSON.stringify(rows)).not.toMatch(/t0p|1234|k3y|internal/);
    expect(rows.map(({ key, label, mask }) => [key, label, mask])).toEqual([
      ["kind", "kind", undefined],
      ["token", "Token", "••••••"],
      ["pin", "pin", "<hidden>"],
      ["nested.key", "Nested › Key", "••••••"],
      ["nested.size", "Nested › Size", undefined],
    ]);
  });
});

describe("a template", () => {
  const usual = { back: "b", review: "r", create: "c" };
  it("may word the buttons itself", () => {
    expect(labelsOf({ buttonLabels: { createButtonText: "Go", backButtonText: "" } }, usual)).toEqual({ ...usual, create: "Go" });
    expect(labelsOf(undefined, usual)).toEqual(usual);
  });
  it("makes an application when it publishes, or when nobody knows", () => {
    const entity = (steps: unknown) => ({ apiVersion: "v", kind: "Template", metadata: { name: "x" }, spec: { steps } });
    expect(publishes(entity([{ action: "publish:github" }]))).toBe(true);
    expect(publishes(entity([{ action: "debug:log" }]))).toBe(false);
    expect(publishes(undefined)).toBe(true);
  });
});
