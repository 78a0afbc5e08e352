import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { App } from "../api/types";
import { LiveStore } from "./store";

const app = (name: string): App => ({
  name, status: "live", host: `${name}.pronto.localhost`, public: true, repository: "https://git/apps/x", repositoryName: "apps/x", namespace: name, createdAt: "2026-01-01T00:00:00Z",
});

/** Stream stands where the browser's EventSource stands; a test says what the server does. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static readonly all: Stream[] = [];
  static get last(): Stream {
    const last = Stream.all.at(-1);
    if (!last) throw new Error("no stream was opened");
    return last;
  }

  readyState = 0;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Stream.all.push(this);
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }

  accept(...apps: App[]): void {
    this.readyState = 1;
    this.onopen?.();
    this.tell("snapshot", { apps });
  }

  tell(kind: string, data: unknown): void {
    this.dispatchEvent(Object.assign(new Event(kind), { data: JSON.stringify(data) }));
  }

  /** The connection breaks; the browser goes on by itself unless the server refuses. */
  fail(refused: boolean): void {
    this.readyState = refused ? Stream.CLOSED : 0;
    this.onerror?.();
  }
}

let page: EventTarget & { visibilityState: string };
let store: LiveStore;
const refused = vi.fn();
const names = () => Object.keys(store.get().apps).sort();

beforeEach(() => {
  vi.useFakeTimers();
  Stream.all.length = 0;
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  refused.mockClear();
  store = new LiveStore(refused);
  store.open();
  Stream.last.accept(app("a"), app("b"));
});

afterEach(() => {
  store.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function hiddenFor(ms: number): void {
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  vi.advanceTimersByTime(ms);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
}

describe("a page left open", () => {
  it("stays readable while the server is away", () => {
    Stream.last.fail(false);
    expect(store.get().connection).toBe("lost");
    expect(names()).toEqual(["a", "b"]);
    expect(Stream.all).toHaveLength(1); // the browser itself comes back
  });

  it("is right after the server came back: the snapshot replaces what was known", () => {
    Stream.last.fail(false);
    Stream.last.accept(app("b"), app("c"));
    expect(store.get().connection).toBe("open");
    expect(names()).toEqual(["b", "c"]);
  });

  it("asks again, later each time and never given up, while the server refuses", () => {
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      Stream.last.fail(true);
      const count = Stream.all.length;
      let waited = 0;
      while (Stream.all.length === count) {
        vi.advanceTimersByTime(500);
        waited += 500;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
    expect(refused).toHaveBeenCalledTimes(6);
    Stream.last.accept(app("c"));
    expect(names()).toEqual(["c"]);
    Stream.last.fail(true);
    vi.advanceTimersByTime(1000); // once it was there, the waiting begins small again
    expect(Stream.all).toHaveLength(8);
  });

  it("begins anew when it is looked at again after a while", () => {
    const first = Stream.last;
    hiddenFor(29_000);
    expect(Stream.all).toHaveLength(1);
    hiddenFor(86_400_000);
    expect(first.readyState).toBe(Stream.CLOSED);
    expect(names()).toEqual(["a", "b"]); // until the new snapshot is in
    Stream.last.accept(app("z"));
    expect(names()).toEqual(["z"]);
  });

  it("begins anew when the network is back, without waiting", () => {
    Stream.last.fail(true);
    window.dispatchEvent(new Event("online"));
    expect(Stream.all).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(Stream.all).toHaveLength(2); // and not a second time
  });

  it("keeps no stream once it is closed", () => {
    store.close();
    window.dispatchEvent(new Event("online"));
    vi.advanceTimersByTime(60_000);
    expect(Stream.all.every(({ readyState }) => readyState === Stream.CLOSED)).toBe(true);
    expect(Stream.all).toHaveLength(1);
  });
});

describe("what the stream tells", () => {
  it("is known at once, and listeners hear of it", () => {
    const heard = vi.fn();
    const stop = store.subscribe(heard);
    Stream.last.tell("app", { ...app("a"), status: "failed" });
    expect(store.get().apps.a?.app.status).toBe("failed");
    Stream.last.tell("deleted", { name: "b" });
    expect(names()).toEqual(["a"]);
    stop();
    store.put(app("d"));
    expect(heard).toHaveBeenCalledTimes(2);
    expect(names()).toEqual(["a", "d"]);
  });
});
