import { describe, expect, it } from "vitest";
import { dropDraft, keepDraft, readDraft } from "./draft";
import { filtersFor, filtersOf, refOf, typedRef } from "./entityRefs";
import { formatRepoUrl, parseRepoUrl } from "./repoUrl";

describe("a catalogFilter", () => {
  it.each([
    [{ kind: "Group" }, ["kind=Group"]],
    [{ kind: ["Group", "User"], "spec.type": "team" }, ["kind=Group,kind=User,spec.type=team"]],
    [[{ kind: "Group" }, { kind: "User", "metadata.annotations.x": { exists: true } }], ["kind=Group", "kind=User,metadata.annotations.x"]],
    [undefined, []],
  ])("%j is %j", (filter, expected) => expect(filtersOf(filter)).toEqual(expected));
  it("of an owner is groups and users, when the template says nothing", () => expect(filtersFor("OwnerPicker", {})).toEqual(["kind=Group,kind=User"]));
});

describe("a reference", () => {
  it("is small and whole", () => expect(refOf({ kind: "Component", metadata: { name: "Shop" } })).toBe("component:default/shop"));
  it.each([
    ["platform", "Group", "group:default/platform"],
    ["other/platform", "Group", "group:other/platform"],
    ["user:x/y", "Group", "user:x/y"],
    ["what ever", "Group", "what ever"],
    ["platform", undefined, "platform"],
  ])("%s typed with kind %s is %s", (text, kind, ref) => expect(typedRef(text, kind)).toBe(ref));
});

describe("where a repository will be", () => {
  it("has the host first, without a scheme", () => expect(formatRepoUrl({ host: "github.com", owner: "my-org", repo: "my-repo" })).toBe("github.com?owner=my-org&repo=my-repo"));
  it("is nothing while it is empty", () => expect(formatRepoUrl({ host: "github.com", owner: "", repo: "" })).toBeUndefined());
  it("is read back", () => expect(parseRepoUrl("github.com?owner=a%2Fb&repo=r")).toEqual({ host: "github.com", owner: "a/b", repo: "r" }));
  it("may be anything", () => expect(parseRepoUrl(7)).toEqual({ host: "", owner: "", repo: "" }));
});

describe("a draft", () => {
  const storage = (): Storage => {
    const kept = new Map<string, string>();
    return { length: 0, clear: () => kept.clear(), key: () => null, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) };
  };
  it("is kept without secrets", () => {
    const kept = storage();
    keepDraft("t", { values: { name: "a", token: "s3cret" }, page: 1 }, new Set(["token"]), kept);
    expect(readDraft("t", kept)).toEqual({ values: { name: "a" }, page: 1 });
    dropDraft("t", kept);
    expect(readDraft("t", kept)).toEqual({ values: {}, page: 0 });
  });
  it("that is broken is none", () => {
    const kept = storage();
    kept.setItem("pronto.draft.t", "{");
    expect(readDraft("t", kept)).toEqual({ values: {}, page: 0 });
  });
});
