import { describe, expect, it } from "vitest";
import type { Delivery, Phase, PhaseName } from "../api/types";
import { frameAt, lengthOf, momentsOf, replayable, stepsOfRun, type Step } from "./timeline";
import { geometry, ticksOf } from "./waterfall";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const phase = (name: PhaseName, start: number, seconds: number, more: Partial<Phase> = {}): Phase => ({
  name, status: "done", startedAt: at(start), finishedAt: at(start + seconds), seconds, evidence: { seen: true }, reason: "recorded", cause: { code: "crash", phase: name, sentence: "Why.", remedy: "Mend it." }, ...more,
});
const { startedAt, ...never } = phase("create", 0, 0);
const past: Delivery = {
  id: "d", app: "a", status: "live", revision: "abc", startedAt: at(0), finishedAt: at(8), seconds: 8, reason: "done",
  phases: [{ ...never, status: "skipped" }, phase("build", 0, 4), phase("sync", 4, 2), phase("expose", 5, 1), phase("live", 6, 2)],
};
const steps: Step[] = [
  { phase: "build", name: "Test", status: "done", start: 0.5, end: 2 },
  { phase: "build", name: "Push", status: "done", start: 2, end: 4.4 },
];
const states = (delivery: Delivery) => delivery.phases.map(({ status }) => status).join(" ");

describe("a replayed delivery", () => {
  it("stands at each moment as it stood then", () => {
    expect(states(frameAt(past, 0))).toBe("skipped running waiting waiting waiting");
    expect(states(frameAt(past, 3.9))).toBe("skipped running waiting waiting waiting");
    expect(states(frameAt(past, 5.5))).toBe("skipped done running running waiting");
    expect(states(frameAt(past, 7))).toBe("skipped done done done running");
  });
  it("counts the seconds, and knows nothing that came later", () => {
    const frame = frameAt(past, 5.5);
    expect(frame).toMatchObject({ status: "in_progress", seconds: 5.5 });
    expect(frame).not.toHaveProperty("finishedAt");
    expect(frame.phases[2]).toMatchObject({ seconds: 1.5, evidence: {} });
    expect(frame.phases[2]).not.toHaveProperty("reason");
    expect(frame.phases[2]).not.toHaveProperty("cause");
    expect(frame.phases[4]).toMatchObject({ seconds: 0, evidence: {} });
  });
  it("says which step ran", () => {
    expect(frameAt(past, 1, steps).phases[1]?.reason).toBe("runs Test");
    expect(frameAt(past, 2, steps).phases[1]?.reason).toBe("runs Push");
  });
  it("ends as it ended", () => expect(frameAt(past, 8)).toBe(past));
  it("ends failed where it failed", () => {
    const failed: Delivery = { ...past, status: "failed", seconds: 4, phases: past.phases.map((p) => (p.name === "build" ? { ...p, status: "failed" } : p.name === "create" ? p : { ...p, status: "waiting", seconds: 0 })) };
    expect(lengthOf(failed)).toBe(4);
    expect(states(frameAt(failed, 3.99))).toBe("skipped running waiting waiting waiting");
    expect(states(frameAt(failed, 4))).toBe("skipped failed waiting waiting waiting");
  });
  it("stops where something changed", () => expect(momentsOf(past, steps)).toEqual([0, 0.5, 2, 4, 4.4, 5, 6, 8]));
  it("stops at its very end, also when something changed just before it", () => {
    const late: Delivery = { ...past, seconds: 8.003 };
    expect(momentsOf(late).at(-1)).toBe(8.003);
    expect(momentsOf(late)).not.toContain(8);
  });
  it("is one that is over and has times", () => {
    expect(replayable(past)).toBe(true);
    expect(replayable({ ...past, status: "in_progress" })).toBe(false);
    expect(replayable({ ...past, phases: past.phases.map((p) => ({ ...p, status: "waiting" })) })).toBe(false);
  });
});

describe("a run's steps", () => {
  it("stand on the delivery's time; those that never began are left out", () => {
    const step = { number: 1, name: "Test", status: "completed", conclusion: "success", startedAt: at(1), finishedAt: at(2) };
    const run = { id: 7, name: "ci", status: "completed", url: "https://x", jobs: [{ id: 1, name: "build", status: "completed", steps: [step, { number: 2, name: "Push", status: "queued" }] }] };
    expect(stepsOfRun(past, run, (status) => (status === "completed" ? "done" : "waiting"))).toEqual([{ phase: "build", name: "Test", status: "done", start: 1, end: 2 }]);
  });
});

describe("the waterfall", () => {
  it("gives each phase its share of the time", () => {
    const { rows } = geometry(past, []);
    expect(rows.map(({ bar }) => bar)).toEqual([undefined, { from: 0, to: 0.5 }, { from: 0.5, to: 0.75 }, { from: 0.625, to: 0.75 }, { from: 0.75, to: 1 }]);
  });
  it("keeps steps inside their phase, with their own seconds", () => {
    const build = geometry(past, steps).rows[1];
    expect(build?.steps.map(({ from, to }) => [from, to])).toEqual([[0.0625, 0.25], [0.25, 0.5]]);
    expect(build?.steps[1]?.seconds).toBeCloseTo(2.4);
  });
  it("marks the usual end where it fits", () => {
    const usual = (seconds: number) => geometry({ ...past, phases: past.phases.map((p) => (p.name === "build" ? { ...p, usualSeconds: seconds } : p)) }, []).rows[1]?.usual;
    expect(usual(2)).toBe(0.25);
    expect(usual(20)).toBeUndefined();
  });
  it("grows while a phase runs, and shows from the beginning how long it usually takes", () => {
    const running: Delivery = { ...past, status: "in_progress", seconds: 1, phases: past.phases.map((p) => (p.name === "build" ? { ...p, status: "running", seconds: 1, usualSeconds: 4 } : p.name === "create" ? p : { ...p, status: "waiting", seconds: 0 })) };
    expect(geometry(running, [], 1).rows[1]).toMatchObject({ seconds: 2, bar: { from: 0, to: 0.5 }, usual: 1 });
    expect(geometry(running, [], 7).rows[1]).toMatchObject({ seconds: 8, bar: { from: 0, to: 1 }, usual: 0.5 });
  });
  it.each([
    [0.6, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]],
    [7.9, [2, 4, 6]],
    [59, [10, 20, 30, 40, 50]],
    [7200, [1200, 2400, 3600, 4800, 6000, 7200]],
  ])("marks %d s at round seconds", (length, ticks) => expect(ticksOf(length)).toEqual(ticks));
});
