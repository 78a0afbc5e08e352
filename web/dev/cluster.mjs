// What the mock's cluster and pipeline tell of an application.

import { domain } from "./data.mjs";

const names = ["Set up job", "Check out", "Test", "Build and push", "Write the image into deploy/"];

/** runOf is the run of a delivery, its steps spread over the build phase. */
export function runOf(app, delivery) {
  const build = delivery.phases[1];
  const failed = build.status === "failed";
  const running = build.status === "running";
  const begun = Date.parse(build.startedAt ?? delivery.startedAt);
  const whole = (running ? 4.2 : build.seconds) * 1000;
  const passed = running ? Date.now() - begun : whole;
  const part = whole / (failed ? 3 : names.length);
  const steps = names.map((name, i) => {
    const at = (n) => new Date(begun + n * part).toISOString();
    if (failed && i > 2) return { number: i + 1, name, status: "completed", conclusion: "skipped" };
    if (passed < i * part) return { number: i + 1, name, status: "queued" };
    if (passed < (i + 1) * part && running) return { number: i + 1, name, status: "in_progress", startedAt: at(i) };
    return { number: i + 1, name, status: "completed", conclusion: failed && i === 2 ? "failure" : "success", startedAt: at(i), finishedAt: at(i + 1) };
  });
  const state = running ? { status: "in_progress" } : { status: "completed", conclusion: failed ? "failure" : "success" };
  return { ...summaryOf(app, delivery), jobs: [{ id: 1, name: "build", ...state, steps }] };
}

/** summaryOf is the run as a list shows it. */
export function summaryOf(app, delivery) {
  const build = delivery.phases[1];
  const running = build.status === "running";
  const state = running ? { status: "in_progress" } : { status: "completed", conclusion: build.status === "failed" ? "failure" : "success", finishedAt: build.finishedAt };
  return { id: delivery.runId, name: "ci", event: "push", ...state, revision: delivery.revision, message: delivery.message, author: delivery.author, url: `${app.repository}/actions/runs/${delivery.runId}`, startedAt: build.startedAt };
}

/** podsOf is the names of an application's pods. */
export const podsOf = (app) => (app.url || app.liveRevision ? ["4k2p9", "9zqa7"].map((id) => `${app.name}-6c9f7d8b5-${id}`) : []);

/** resourcesOf is the tree in the cluster. */
export function resourcesOf(app) {
  const createdAt = app.createdAt;
  const own = (kind, more = {}) => ({ kind, name: app.name, namespace: app.namespace, sync: "Synced", createdAt, ...more });
  const busy = app.delivery?.status === "in_progress";
  const broken = app.name === "shop-api";
  const set = `${app.name}-6c9f7d8b5`;
  const pods = podsOf(app).map((name, i) => ({ kind: "Pod", name, namespace: app.namespace, parent: `ReplicaSet/${set}`, health: busy && i === 1 ? "Progressing" : "Healthy", createdAt: app.delivery?.startedAt }));
  if (broken) Object.assign(pods[1], { health: "Degraded", message: "back-off 40s restarting failed container app" });
  return {
    application: { name: `idp-${app.name}`, sync: busy ? "OutOfSync" : "Synced", health: broken ? "Degraded" : busy ? "Progressing" : "Healthy", revision: app.delivery?.revision, ...(broken ? { message: "1 of 2 pods are ready" } : {}) },
    resources: [own("Namespace"), own("Deployment", { group: "apps", health: broken ? "Degraded" : "Healthy" }), own("Service", { health: "Healthy" }), own("Ingress", { health: "Healthy" }), own("ServiceAccount"), own("NetworkPolicy"), own("PodDisruptionBudget"), { kind: "ReplicaSet", name: set, parent: `Deployment/${app.name}`, health: "Healthy", createdAt }, ...pods],
  };
}

/** metricsOf is what the pods use at a moment. */
export function metricsOf(app, at = Date.now()) {
  const pods = podsOf(app).map((name, i) => ({
    name,
    cpu: 0.012 + 0.01 * Math.abs(Math.sin(at / 23_000 + i)) + (app.name === "shop-api" ? 0.2 : 0),
    cpuRequest: 0.02,
    memory: Math.round((app.name === "shop-api" && i === 1 ? 176 : 52 + 6 * Math.sin(at / 31_000 + i)) * 2 ** 20),
    memoryRequest: 48 * 2 ** 20,
    memoryLimit: 192 * 2 ** 20,
    restarts: app.name === "shop-api" && i === 1 ? 3 : 0,
    ready: !(app.name === "shop-api" && i === 1),
  }));
  return { at: new Date(at).toISOString(), pods };
}

/** leftovers is what a failed task left behind. */
export const leftovers = [
  { id: "t-left", templateRef: "template:default/nodejs", status: "failed", createdBy: "user:default/dev", createdAt: new Date(Date.now() - 7_200_000).toISOString(), made: [{ kind: "repository", name: "apps/idp-billing", url: `https://git.${domain}/apps/idp-billing`, step: "publish", gone: false }] },
];
