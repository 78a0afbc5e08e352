import type { App, Deletion } from "../api/types";

/** Entry is an application and when (ms, the page's clock) it was told of. */
export type Entry = { app: App; at: number };

export type Connection = "connecting" | "open" | "lost";

export type LiveState = {
  connection: Connection;
  /** Whether a first snapshot is in. */
  loaded: boolean;
  apps: Readonly<Record<string, Entry>>;
  /** Applications that were proved gone while this page was open. */
  gone: Readonly<Record<string, Deletion | undefined>>;
};

export type LiveEvent =
  | { kind: "opened" }
  | { kind: "lost" }
  | { kind: "snapshot"; apps: readonly App[]; at: number }
  | { kind: "app"; app: App; at: number }
  | { kind: "deleted"; name: string; deletion?: Deletion };

export const initial: LiveState = { connection: "connecting", loaded: false, apps: {}, gone: {} };

/** reduce is the whole of what the page knows of what happens. */
export function reduce(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case "opened":
      return { ...state, connection: "open" };
    case "lost":
      return { ...state, connection: "lost" };
    case "snapshot":
      return { ...state, loaded: true, apps: Object.fromEntries(event.apps.map((app) => [app.name, { app, at: event.at }])) };
    case "app": {
      const gone = { ...state.gone };
      // A name that is used again is no longer gone.
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete gone[event.app.name];
      return { ...state, gone, apps: { ...state.apps, [event.app.name]: { app: event.app, at: event.at } } };
    }
    case "deleted": {
      const { [event.name]: left, ...apps } = state.apps;
      return { ...state, apps, gone: { ...state.gone, [event.name]: event.deletion ?? left?.app.deletion } };
    }
  }
}

/** inOrder is the applications with what is under way first, then by name. */
export function inOrder(state: LiveState): Entry[] {
  return Object.values(state.apps).sort(
    (a, b) => Number(underWay(b.app)) - Number(underWay(a.app)) || a.app.name.localeCompare(b.app.name),
  );
}

export function underWay(app: App): boolean {
  return app.status === "in_progress" || app.status === "deleting" || app.delivery?.status === "in_progress";
}
