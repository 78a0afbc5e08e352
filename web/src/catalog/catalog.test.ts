import { describe, expect, it } from "vitest";
import { filterOf, paramsOf, queryOf } from "./query";
import { placed, relatedTo } from "./relations";

const none = { text: "", kind: "", type: "", owner: "", tag: "", page: 1 };

describe("a query of the catalog", () => {
  it("stands in the address, and is read back", () => {
    const query = { ...none, text: "a b", kind: "api", page: 3 };
    expect(paramsOf(query).toString()).toBe("q=a+b&kind=api&page=3");
    expect(queryOf(paramsOf(query))).toEqual(query);
  });
  it("of nothing is nothing", () => {
    expect(paramsOf(none).toString()).toBe("");
    expect(queryOf(new URLSearchParams("page=-2"))).toEqual(none);
    expect(filterOf(none)).toEqual([]);
  });
  it("is one filter whose terms all hold", () => {
    const query = { ...none, kind: "component", owner: "group:default/a", tag: "go" };
    expect(filterOf(query)).toEqual(["kind=component,relations.ownedBy=group:default/a,metadata.tags=go"]);
    expect(filterOf(query, "kind")).toEqual(["relations.ownedBy=group:default/a,metadata.tags=go"]);
  });
});

describe("relations", () => {
  const entity = { apiVersion: "v", kind: "Component", metadata: { name: "a" }, relations: [{ type: "hasFriend", targetRef: "user:default/z" }, { type: "dependsOn", targetRef: "resource:default/b" }, { type: "ownedBy", targetRef: "group:default/g" }, { type: "dependsOn", targetRef: "resource:default/a" }] };
  it("are gathered by type, the known ones first", () => {
    expect(relatedTo(entity).map(({ type, known, refs }) => [type, known, refs.length])).toEqual([["ownedBy", "ownedBy", 1], ["dependsOn", "dependsOn", 2], ["hasFriend", undefined, 1]]);
  });
  it("are drawn on both sides, no more than fit", () => {
    const { nodes, left, right } = placed(relatedTo(entity), 2);
    expect([left, right]).toEqual([1, 2]);
    expect(nodes.map(({ side, row }) => `${side}${row}`)).toEqual(["left0", "right0", "right1"]);
  });
});
