import { describe, expect, it } from "vitest";
import { canonicalRef, isMine, maintains } from "./access";
import type { Me } from "./types";

const me = (role: Me["role"], owns: string[] = []): Me => ({ ref: "user:default/ana", name: "Ana", email: "a@b", groups: [], role, permissions: [], owns });

describe("whose an application is", () => {
  it.each([
    ["developers", "group:default/developers"],
    ["group:developers", "group:default/developers"],
    ["Group:default/Developers", "group:default/developers"],
    ["user:default/ana", "user:default/ana"],
  ])("reads %s as %s", (ref, whole) => expect(canonicalRef(ref)).toBe(whole));
  it("is the owner's group's and its creator's", () => {
    expect(isMine({ owner: "developers" }, me("viewer", ["group:default/developers"]))).toBe(true);
    expect(isMine({ owner: "shop", createdBy: "user:default/ana" }, me("viewer"))).toBe(true);
    expect(isMine({ owner: "shop" }, me("admin"))).toBe(false);
  });
  it("may be changed by administrators, owners, and the developer who created it", () => {
    expect(maintains({}, me("admin"))).toBe(true);
    expect(maintains({ owner: "shop" }, me("viewer", ["group:default/shop"]))).toBe(true);
    expect(maintains({ createdBy: "user:default/ana" }, me("developer"))).toBe(true);
    expect(maintains({ createdBy: "user:default/ana" }, me("viewer"))).toBe(false);
    expect(maintains({ owner: "shop" }, me("developer"))).toBe(false);
  });
});
