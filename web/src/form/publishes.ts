import type { Entity } from "../api/types";

const publishing = new Set(["publish:github", "github:repo:create"]);

/** publishes tells whether a template makes a repository, and so an application with a journey. */
export function publishes(template: Entity | undefined): boolean {
  const steps = template?.spec?.steps;
  return !Array.isArray(steps) || steps.some((step: { action?: unknown }) => typeof step.action === "string" && publishing.has(step.action));
}
