import type { App, Deletion } from "../api/types";
import { whenBack } from "./presence";
import { initial, reduce, type LiveEvent, type LiveState } from "./reducer";

const firstWait = 1_000;
const longestWait = 15_000;

/**
 * LiveStore keeps the state that the one event stream tells of. The browser
 * reconnects by itself with Last-Event-ID; when it gives up (the answer was no
 * stream) a new one is opened here, each time a little later, and so is one
 * when the page is back after a time away. A new stream begins with a snapshot,
 * which replaces all that was known.
 */
export class LiveStore {
  private state: LiveState = initial;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wait = firstWait;
  private away: (() => void) | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly refused: () => void;

  /** refused is called when the stream is not let in, so that the caller finds out why. */
  constructor(refused: () => void) {
    this.refused = refused;
  }

  readonly get = (): LiveState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  open(): void {
    this.away = whenBack(() => this.resync());
    this.connect();
  }

  close(): void {
    this.away?.();
    this.disconnect();
  }

  /** resync begins anew with a snapshot; what is known stays readable until it is in. */
  resync(): void {
    this.disconnect();
    this.wait = firstWait;
    this.connect();
  }

  private connect(): void {
    const source = new EventSource("/api/pronto/v1/events");
    this.source = source;
    source.onopen = () => {
      this.wait = firstWait;
      this.apply({ kind: "opened" });
    };
    source.onerror = () => this.lost(source);
    source.addEventListener("snapshot", (event) => {
      const { apps } = JSON.parse(event.data as string) as { apps: App[] };
      this.apply({ kind: "snapshot", apps, at: performance.now() });
    });
    source.addEventListener("app", (event) => {
      this.apply({ kind: "app", app: JSON.parse(event.data as string) as App, at: performance.now() });
    });
    source.addEventListener("deleted", (event) => {
      const gone = JSON.parse(event.data as string) as { name: string; deletion?: Deletion };
      this.apply({ kind: "deleted", ...gone });
    });
  }

  private disconnect(): void {
    this.source?.close();
    clearTimeout(this.timer);
  }

  /** put takes an application that a request answered with. */
  put(app: App): void {
    this.apply({ kind: "app", app, at: performance.now() });
  }

  private lost(source: EventSource): void {
    this.apply({ kind: "lost" });
    if (source.readyState !== EventSource.CLOSED) {
      return;
    }
    this.refused();
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, longestWait);
  }

  private apply(event: LiveEvent): void {
    this.state = reduce(this.state, event);
    this.listeners.forEach((listener) => listener());
  }
}
