import { describe, expect, it } from "vitest";
import type { TaskEvent } from "../api/types";
import { asText, blocks, decidingLine, parseLog } from "./parse";
import { ended, merge, stepsOf } from "./taskState";

const log = "=== job build\n2026-01-01T00:00:00.5Z ##[group]Test\n2026-01-01T00:00:01Z ok 1\n2026-01-01T00:00:02Z not ok 2 - rounds\n##[error]Process completed with exit code 1.\n";

describe("a run's log", () => {
  const lines = parseLog(log);
  it("parts times, headings and errors", () => {
    expect(lines[0]).toEqual({ text: "=== job build", tone: "heading" });
    expect(lines[2]).toEqual({ time: "2026-01-01T00:00:01Z", text: "ok 1", tone: "plain" });
    expect(lines[4]).toMatchObject({ tone: "error", text: "Process completed with exit code 1." });
  });
  it("has a deciding line: the cause before the exit code", () => expect(decidingLine(lines)).toBe(3));
  it("takes the error itself where there is no cause", () => expect(decidingLine(parseLog("a\n##[error]Exit code 2\n"))).toBe(1));
  it("folds groups, and knows which one decides", () => {
    expect(blocks(lines, 3).map(({ title, decides }) => ({ title, decides }))).toEqual([
      { title: undefined, decides: false },
      { title: "Test", decides: true },
    ]);
  });
  it("is copied with or without times", () => expect(asText(lines.slice(2, 3), true)).toBe("2026-01-01T00:00:01Z ok 1\n"));
  it("may be empty", () => expect(parseLog("")).toEqual([]));
});

describe("a task", () => {
  const event = (id: number, body: Partial<TaskEvent["body"]>, type: TaskEvent["type"] = "log"): TaskEvent => ({ id, taskId: "t", type, createdAt: "2026-01-01T00:00:00Z", body: { message: "", ...body } });
  it("tells of each event once, in order", () => {
    const events = [event(2, {}), event(1, {}), event(2, {})].reduce<readonly TaskEvent[]>(merge, []);
    expect(events.map(({ id }) => id)).toEqual([1, 2]);
  });
  it("shows its steps as the events tell of them", () => {
    const task = { id: "t", status: "processing" as const, createdAt: "", spec: { steps: [{ id: "fetch", name: "Fetch" }, { id: "publish", action: "publish:github" }] } };
    expect(stepsOf(task, [event(1, { stepId: "fetch", status: "processing" }), event(2, { stepId: "fetch", status: "completed" })])).toEqual([
      { id: "fetch", name: "Fetch", status: "done" },
      { id: "publish", name: "publish:github", status: "waiting" },
    ]);
  });
  it("ends with its completion", () => {
    expect(ended([event(1, {})])).toBeUndefined();
    expect(ended([event(1, { error: { name: "Error", message: "no" } }, "completion")])).toBe("failed");
    expect(ended([event(1, {}, "completion")])).toBe("completed");
  });
});
