import { describe, expect, it } from "vitest";
import type { Task, TaskEvent } from "../api/types";
import { outputOf, timedSteps } from "./steps";

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const event = (id: number, body: TaskEvent["body"], type: TaskEvent["type"] = "log"): TaskEvent => ({ id, taskId: "t", type, createdAt: at(id), body });
const task: Task = { id: "t", status: "processing", createdAt: at(0), spec: { steps: [{ id: "fetch", name: "Fetch" }, { id: "publish", name: "Publish" }] } };

describe("a task's steps", () => {
  it("have the times of their events", () => {
    const steps = timedSteps(task, [event(1, { message: "", stepId: "fetch", status: "processing" }), event(3, { message: "", stepId: "fetch", status: "completed" }), event(4, { message: "", stepId: "publish", status: "processing" })]);
    expect(steps).toEqual([
      { id: "fetch", name: "Fetch", status: "done", startedAt: at(1), finishedAt: at(3) },
      { id: "publish", name: "Publish", status: "running", startedAt: at(4) },
    ]);
  });
  it("begin anew with a retry", () => {
    const steps = timedSteps(task, [event(1, { message: "", stepId: "fetch", status: "processing" }), event(2, { message: "", stepId: "fetch", status: "failed" }), event(5, { message: "", stepId: "fetch", status: "processing" })]);
    expect(steps[0]).toEqual({ id: "fetch", name: "Fetch", status: "running", startedAt: at(5) });
  });
});

describe("a task's output", () => {
  it("is its links and texts", () => {
    const output = { links: [{ title: "Repo", url: "https://x" }, { entityRef: "component:default/a" }, {}, 7], text: [{ title: "T", content: "c" }, { title: "no content" }], other: "x" };
    expect(outputOf([event(1, { message: "", output }, "completion")])).toEqual({ links: [{ title: "Repo", url: "https://x" }, { title: "component:default/a", entityRef: "component:default/a" }], texts: [{ title: "T", content: "c" }] });
  });
  it("may be none", () => expect(outputOf([])).toEqual({ links: [], texts: [] }));
});
