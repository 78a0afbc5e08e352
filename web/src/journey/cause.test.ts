import { describe, expect, it } from "vitest";
import type { Delivery, Phase, PhaseName, PhaseStatus } from "../api/types";
import { decidingPhase, matterOf, reasonOf } from "./cause";

const cause = (code: string, more: object = {}) => ({ code, phase: "sync", sentence: "Why.", remedy: "Mend it.", ...more });
const phase = (name: PhaseName, status: PhaseStatus, more: Partial<Phase> = {}): Phase => ({ name, status, seconds: 0, evidence: {}, reason: "as it says", ...more });
const delivery = (...phases: Phase[]): Delivery => ({ id: "d", app: "a", status: "in_progress", startedAt: "2026-01-01T00:00:00Z", seconds: 1, phases });

describe("where a delivery stands", () => {
  it("is at what failed", () => expect(decidingPhase(delivery(phase("build", "failed"), phase("sync", "running", { cause: cause("crash") })))?.name).toBe("build"));
  it("is at what does not go on, rather than at what merely runs", () => expect(decidingPhase(delivery(phase("sync", "running"), phase("expose", "running", { cause: cause("host_taken") })))?.name).toBe("expose"));
  it("is at what runs, else at what waits", () => {
    expect(decidingPhase(delivery(phase("build", "done"), phase("sync", "running"), phase("live", "waiting")))?.name).toBe("sync");
    expect(decidingPhase(delivery(phase("build", "done"), phase("live", "waiting")))?.name).toBe("live");
  });
  it("is nowhere once it is live", () => expect(decidingPhase({ ...delivery(phase("live", "done")), status: "live" })).toBeUndefined());
});

describe("the sentence for a list", () => {
  it("is the cause", () => expect(reasonOf(phase("sync", "failed", { cause: cause("crash") }))).toBe("Why."));
  it("is what the phase says where there is none, or none that is known", () => {
    expect(reasonOf(phase("sync", "running"))).toBe("as it says");
    expect(reasonOf(phase("sync", "failed", { cause: cause("unknown") }))).toBe("as it says");
  });
});

describe("the lines that matter", () => {
  const marked = (of: Phase) => {
    const matter = matterOf(of);
    return matter && [...matter.deciding].map((i) => matter.lines[i]?.text);
  };
  it("of a build are its log's, with the one that decides", () => expect(marked(phase("build", "failed", { cause: cause("test_fails", { lines: ["ok 1", "not ok 2 - rounds", "##[error]exit code 1"] }) }))).toEqual(["not ok 2 - rounds"]));
  it("of a log that names no error end with it", () => expect(marked(phase("sync", "failed", { cause: cause("crash", { lines: ["starting", "no such file"] }) }))).toEqual(["no such file"]));
  it("of events all decide", () => expect(marked(phase("sync", "running", { cause: cause("probe_fails", { lines: ["Unhealthy a", "Unhealthy b"] }) }))).toEqual(["Unhealthy a", "Unhealthy b"]));
  it("are what was observed where the cause is not known", () => expect(matterOf(phase("sync", "failed", { cause: cause("unknown", { facts: ["phase: sync: strange"] }) }))).toMatchObject({ known: false, lines: [{ text: "phase: sync: strange" }] }));
  it("are the evidence's where there is no cause yet", () => expect(marked(phase("build", "failed", { evidence: { log: ["Error: no"] } }))).toEqual(["Error: no"]));
  it("are none of a phase that merely runs", () => expect(matterOf(phase("build", "running", { evidence: { log: ["Error: no"] } }))).toBeUndefined());
});
