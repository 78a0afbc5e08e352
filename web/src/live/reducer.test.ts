import { describe, expect, it } from "vitest";
import type { App } from "../api/types";
import { initial, inOrder, reduce, type LiveEvent } from "./reducer";

const app = (name: string, more: Partial<App> = {}): App => ({
  name, status: "live", host: `${name}.pronto.localhost`, public: true, repository: "https://git/apps/x", repositoryName: "apps/x", namespace: name, createdAt: "2026-01-01T00:00:00Z", ...more,
});
const after = (...events: LiveEvent[]) => events.reduce(reduce, initial);

describe("what the page knows", () => {
  it("is nothing until the first snapshot", () => {
    expect(after({ kind: "opened" })).toMatchObject({ loaded: false, connection: "open", apps: {} });
  });

  it("keeps what it knew while the connection is lost", () => {
    const state = after({ kind: "snapshot", apps: [app("a")], at: 1 }, { kind: "lost" });
    expect(state.connection).toBe("lost");
    expect(Object.keys(state.apps)).toEqual(["a"]);
  });

  it("forgets with a new snapshot what is no longer there", () => {
    const state = after({ kind: "snapshot", apps: [app("a"), app("b")], at: 1 }, { kind: "snapshot", apps: [app("b")], at: 2 });
    expect(Object.keys(state.apps)).toEqual(["b"]);
  });

  it("takes each application as it was told of last, with when", () => {
    const state = after({ kind: "app", app: app("a", { status: "in_progress" }), at: 1 }, { kind: "app", app: app("a"), at: 5 });
    expect(state.apps.a).toMatchObject({ at: 5, app: { status: "live" } });
  });

  it("keeps the proof of a deletion, until the name is used again", () => {
    const deletion = { startedAt: "2026-01-01T00:00:00Z", steps: [] };
    const gone = after({ kind: "app", app: app("a", { deletion }), at: 1 }, { kind: "deleted", name: "a" });
    expect(gone.apps).toEqual({});
    expect(gone.gone).toEqual({ a: deletion });
    expect(reduce(gone, { kind: "app", app: app("a"), at: 2 }).gone).toEqual({});
  });

  it("puts what is under way first, then goes by name", () => {
    const state = after({ kind: "snapshot", apps: [app("c"), app("b", { status: "deleting" }), app("a"), app("d", { status: "in_progress" })], at: 1 });
    expect(inOrder(state).map((entry) => entry.app.name)).toEqual(["b", "d", "a", "c"]);
  });
});
