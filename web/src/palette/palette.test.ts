import { describe, expect, it } from "vitest";
import { meantBy, type Press } from "./keys";
import { ranked, remembered, score, type Item } from "./match";

const item = (id: string, title: string, group: Item["group"] = "apps", more: Partial<Item> = {}): Item => ({ id, title, group, ...more });
const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ctrl: false, meta: false, alt: false, typing: false, at: 1000, ...more });

describe("what answers to what is typed", () => {
  it.each([
    ["hello", "hello", 4],
    ["hello", "he", 3],
    ["shop-api", "api", 2],
    ["shop-api", "hop", 1],
    ["shop-api", "shpi", 0],
    ["Início", "inicio", 4],
    ["hello", "xyz", undefined],
  ])("%s to %s: %s", (title, typed, points) => expect(score(item("a", title), typed)).toBe(points));
  it("is also what stands beside the title", () => expect(score(item("a", "hello", "apps", { detail: "group developers" }), "hello devel")).toBe(3));
});

describe("the list", () => {
  const items = [item("1", "alpha"), item("2", "beta"), item("3", "Alps", "pages"), item("4", "gamma", "catalog")];
  it("begins with what was used last", () => expect(ranked(items, "", ["2", "gone"]).map(({ id, group }) => [id, group])).toEqual([["2", "recent"], ["1", "apps"], ["3", "pages"]]));
  it("has the best group first", () => expect(ranked(items, "alps", []).map(({ id }) => id)).toEqual(["3"]));
  it("prefers what was used of equals", () => expect(ranked([item("1", "web-a"), item("2", "web-b")], "web", ["2"]).map(({ id }) => id)).toEqual(["2", "1"]));
  it("remembers each once, the last first", () => expect(remembered(["a", "b"], "b")).toEqual(["b", "a"]));
});

describe("a key", () => {
  it("opens the palette", () => {
    expect(meantBy(press("k", { ctrl: true, typing: true }), undefined)).toEqual({ kind: "palette" });
    expect(meantBy(press("/"), undefined)).toEqual({ kind: "palette" });
    expect(meantBy(press("/", { typing: true }), undefined)).toBeUndefined();
  });
  it("goes somewhere after g, for a moment", () => {
    expect(meantBy(press("g"), undefined)).toEqual({ kind: "wait" });
    expect(meantBy(press("h", { at: 1500 }), 1000)).toEqual({ kind: "go", to: "/" });
    expect(meantBy(press("h", { at: 9000 }), 1000)).toBeUndefined();
    expect(meantBy(press("h", { at: 1500, typing: true }), 1000)).toBeUndefined();
    expect(meantBy(press("h", { at: 1500, ctrl: true }), 1000)).toBeUndefined();
  });
  it("shows the list of keys", () => expect(meantBy(press("?"), undefined)).toEqual({ kind: "help" }));
});
