import { toErrorSchema } from "@rjsf/utils";
import { describe, expect, it } from "vitest";
import { faultShown, toldIn } from "./shown";

const none = { tried: false, touched: new Set<string>(), told: new Map<string, string>() };
const show = (shown: object) => faultShown({ shown: { ...none, ...shown } }, "root_name", ["Fill this in."]);

describe("a field's fault", () => {
  it("waits until one was there", () => expect(show({})).toBeUndefined());
  it("is shown once the field was left", () => expect(show({ touched: new Set(["root_name"]) })).toBe("Fill this in."));
  it("is not shown because another was left", () => expect(show({ touched: new Set(["root_owner"]) })).toBeUndefined());
  it("is shown once one wanted to go on", () => expect(show({ tried: true })).toBe("Fill this in."));
  it("is shown at once when somebody else told of it", () => expect(show({ told: new Map([["root_name", "It is taken."]]) })).toBe("It is taken."));
});

it("what was told stands at its field, however deep", () => {
  const errors = toErrorSchema([
    { property: ".name", message: "It is taken.", stack: "" },
    { property: ".hosts.0.port", message: "At most 65535.", stack: "" },
  ]);
  expect([...toldIn(errors)]).toEqual([
    ["root_name", "It is taken."],
    ["root_hosts_0_port", "At most 65535."],
  ]);
});
