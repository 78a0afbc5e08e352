import type { PhaseStatus, Task, TaskEvent } from "../api/types";
import { stepsOf, type TaskStep } from "../logs/taskState";

/** TimedStep is a step with when it began and ended, as far as it did. */
export type TimedStep = TaskStep & { startedAt?: string; finishedAt?: string };

const over: readonly PhaseStatus[] = ["done", "failed", "skipped"];

/** timedSteps tells the steps' times by the log's, which is there as it happens. */
export function timedSteps(task: Task | undefined, events: readonly TaskEvent[]): TimedStep[] {
  return stepsOf(task, events).map((step) => {
    const own = events.filter(({ body }) => body.stepId === step.id && body.status !== undefined);
    const startedAt = own.findLast(({ body }) => body.status === "processing")?.createdAt;
    const last = own.at(-1);
    const finishedAt = last && last.body.status !== "processing" && over.includes(step.status) ? last.createdAt : undefined;
    return { ...step, ...(startedAt ? { startedAt } : {}), ...(finishedAt ? { finishedAt } : {}) };
  });
}

/** Output is what a template gives at its end. */
export type Output = { links: readonly OutputLink[]; texts: readonly OutputText[] };
export type OutputLink = { title: string; url?: string; entityRef?: string };
export type OutputText = { title: string; content: string };

/** outputOf reads the output out of the last event. */
export function outputOf(events: readonly TaskEvent[]): Output {
  return outputFrom(events.findLast(({ type }) => type === "completion")?.body.output ?? {});
}

/** outputFrom reads an output; what is of another shape is left out. */
export function outputFrom(output: Record<string, unknown>): Output {
  const list = (key: string) => (Array.isArray(output[key]) ? (output[key] as Record<string, unknown>[]) : []);
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    links: list("links")
      .map(({ title, url, entityRef }) => ({ title: text(title) || text(url) || text(entityRef), ...(text(url) === "" ? {} : { url: text(url) }), ...(text(entityRef) === "" ? {} : { entityRef: text(entityRef) }) }))
      .filter(({ title }) => title !== ""),
    texts: list("text")
      .map(({ title, content }) => ({ title: text(title), content: text(content) }))
      .filter(({ content }) => content !== ""),
  };
}

/** templateOf is the template that a task is of, by its reference. */
export function templateOf(task: Task): string {
  const info = task.spec.templateInfo as { entityRef?: unknown } | undefined;
  return typeof info?.entityRef === "string" ? info.entityRef : "";
}

/** appOf is the application that a task makes, when its form asked for a name. */
export function appOf(task: Task): string | undefined {
  const parameters = task.spec.parameters as Record<string, unknown> | undefined;
  return typeof parameters?.name === "string" ? parameters.name : undefined;
}

/** makesApp tells whether a task's steps publish a repository. */
export function makesApp(task: Task): boolean {
  const steps = task.spec.steps;
  return Array.isArray(steps) && steps.some((step: { action?: unknown }) => step.action === "publish:github" || step.action === "github:repo:create");
}
