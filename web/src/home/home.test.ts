import { describe, expect, it } from "vitest";
import type { App, Delivery, Leftover, Me } from "../api/types";
import { chosen } from "./choose";
import { needsOf } from "./needs";

const me: Me = { ref: "user:default/ana", name: "Ana", email: "a@b", groups: [], role: "developer", permissions: [], owns: ["user:default/ana", "group:default/shop"] };
const delivery: Delivery = { id: "d", app: "a", status: "failed", startedAt: "2026-01-02T00:00:00Z", seconds: 1, phases: [{ name: "build", status: "failed", seconds: 1, reason: "the tests failed", evidence: {} }] };
const app = (name: string, more: Partial<App> = {}): App => ({
  name, status: "live", host: `${name}.x`, public: true, repository: "https://git/x", repositoryName: `apps/${name}`, namespace: name, createdAt: "2026-01-01T00:00:00Z", owner: "group:default/shop", ...more,
});
const left = (id: string, more: Partial<Leftover> = {}): Leftover => ({ id, templateRef: "template:default/x", status: "failed", createdAt: "2026-01-03T00:00:00Z", createdBy: me.ref, made: [{ kind: "repository", name: "apps/x", gone: false }], ...more });

describe("what needs somebody", () => {
  it("is their failed applications and what their tasks left, the newest first", () => {
    const apps = [app("a", { status: "failed", delivery }), app("fine"), app("foreign", { status: "failed", owner: "group:default/other" })];
    const needs = needsOf(apps, [left("1"), left("2", { createdBy: "user:default/bob" }), left("3", { made: [{ kind: "repository", name: "apps/y", gone: true }] })], me);
    expect(needs.map(({ key }) => key)).toEqual(["task 1", "app a"]);
    expect(needs[1]).toMatchObject({ phase: "build", reason: "the tests failed" });
  });
  it("may be nothing", () => expect(needsOf([app("a")], [], me)).toEqual([]));
});

describe("the applications one looks for", () => {
  const entries = [app("web"), app("api", { status: "failed" }), app("other", { owner: "group:default/other" })].map((each) => ({ app: each, at: 0 }));
  const names = (scope: "mine" | "all", status: App["status"] | "", query: string) => chosen(entries, me, { scope, status, query }).map((entry) => entry.app.name);
  it("are one's own or all, by name", () => {
    expect(names("mine", "", "")).toEqual(["api", "web"]);
    expect(names("all", "", "")).toEqual(["api", "other", "web"]);
  });
  it("are those of a status, or with a word", () => {
    expect(names("all", "failed", "")).toEqual(["api"]);
    expect(names("all", "", " OTHER ")).toEqual(["other"]);
    expect(names("mine", "live", "nothing")).toEqual([]);
  });
});
