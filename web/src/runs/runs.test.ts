import { describe, expect, it } from "vitest";
import { runState, tookOf } from "./runState";

describe("a run", () => {
  it.each([
    ["queued", undefined, "waiting", false],
    ["waiting", undefined, "waiting", false],
    ["in_progress", undefined, "running", false],
    ["completed", "success", "done", true],
    ["completed", "failure", "failed", true],
    ["completed", "cancelled", "failed", true],
    ["completed", "skipped", "skipped", true],
  ] as const)("that is %s (%s) stands as %s", (status, conclusion, shape, over) => expect(runState({ status, ...(conclusion ? { conclusion } : {}) })).toMatchObject({ shape, over }));
  it("says cancelled of one that was", () => expect(runState({ status: "completed", conclusion: "cancelled" }).word).toBe("runs.cancelled"));
  it("took what lies between its times", () => {
    expect(tookOf({ startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:03Z" })).toBe(3);
    expect(tookOf({ startedAt: "2026-01-01T00:00:00Z" })).toBeUndefined();
  });
});
