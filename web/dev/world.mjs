// The mock's world: applications that travel the line by themselves.

import { appNamed, deliveryOf, domain, earlier, evidenceOf, firstApps, firstDeleted, hex, pastTask, phaseNames, steps } from "./data.mjs";

const spans = { create: 1100, build: 4200, sync: 1900, expose: 900, live: 500 }; // ms
const reasons = { create: "waits for the repository's first commit", build: "runs Build and push", sync: "1 of 2 pods are ready", expose: "waits for a healthy target", live: "waits for a good answer" };
const proofs = {
  stop: () => "no delivery of it goes on",
  backup: () => "kept until 2026-12-31: 1f2e3d4 with branches: 1, tags: 0",
  repository: (name) => `the forge answers 404 for apps/idp-${name}`,
  application: (name) => `there is no Application idp-${name}`,
  namespace: (name) => `there is no namespace ${name}`,
  images: (name) => `the registry lists no tag of registry.${domain}/idp-${name}`,
  address: (name) => `the name server knows no ${name}.${domain}`,
  catalog: (name) => `the catalog has no component:default/${name}`,
};

/** World holds applications and tasks, and tells listeners what changes. */
export class World {
  deleted = new Map(firstDeleted().map((app) => [app.name, app]));
  apps = new Map(firstApps().map((app) => [app.name, app]));
  history = new Map();
  tasks = new Map();
  listeners = new Set();
  taskListeners = new Set();
  count = 0;
  runs = 40;

  constructor() {
    const hello = this.apps.get("hello");
    this.history.set("hello", earlier(hello));
    this.tasks.set(hello.delivery.taskId, pastTask(hello.delivery, "hello"));
  }

  tell(kind, data) {
    this.count += 1;
    this.listeners.forEach((listener) => listener(this.count, kind, data));
  }

  deliveries(name) {
    const app = this.apps.get(name);
    return [app?.delivery, ...(this.history.get(name) ?? [])].filter(Boolean);
  }

  create(values) {
    const id = `t-${Date.now().toString(36)}`;
    this.tasks.set(id, { id, status: "processing", createdAt: new Date().toISOString(), createdBy: "user:default/dev", spec: { parameters: values, steps }, events: [] });
    const app = appNamed(values.name, { description: values.description ?? "", public: values.public !== false, owner: values.owner });
    app.delivery = deliveryOf(app, Array(5).fill("waiting"), { status: "in_progress", taskId: id, startedAt: new Date().toISOString(), seconds: 0, runId: undefined });
    setTimeout(() => {
      this.apps.set(app.name, app);
      this.travel(app, app.delivery, 0, Date.now());
    }, 250);
    steps.forEach((step, i) => {
      setTimeout(() => this.log(id, { stepId: step.id, status: "processing", message: `Beginning step ${step.name}` }), 150 + i * 300);
      setTimeout(() => this.log(id, { stepId: step.id, status: "completed", message: `Finished step ${step.name}` }), 350 + i * 300);
    });
    setTimeout(() => {
      this.tasks.get(id).status = "completed";
      this.log(id, { message: "Run completed with status: completed", output: {} }, "completion");
    }, 1150);
    return id;
  }

  /** push is a commit on the default branch: a delivery without a create phase. */
  push(app, revision, message) {
    const before = app.delivery;
    if (before) this.history.set(app.name, [before.status === "in_progress" ? { ...before, status: "superseded" } : before, ...(this.history.get(app.name) ?? [])]);
    app.delivery = deliveryOf(app, ["skipped", "waiting", "waiting", "waiting", "waiting"], { revision, message, author: "Dev Eloper", status: "in_progress", startedAt: new Date().toISOString(), finishedAt: undefined, seconds: 0, runId: undefined });
    app.delivery.phases[0].reason = "this delivery began with a push";
    app.status = "in_progress";
    this.travel(app, app.delivery, 1, Date.now());
  }

  /** restore brings back what was removed. */
  restore(name) {
    const app = this.deleted.get(name);
    this.deleted.delete(name);
    this.apps.set(name, Object.assign(app, { deletion: undefined }));
    this.push(app, hex(23), `Restore ${name}`);
    app.delivery.startedBy = { kind: "restore" };
    this.tell("app", app);
    return app;
  }

  log(taskId, body, type = "log") {
    const { events } = this.tasks.get(taskId);
    const event = { id: events.length + 1, taskId, type, createdAt: new Date().toISOString(), body };
    events.push(event);
    this.taskListeners.forEach((listener) => listener(event));
  }

  travel(app, delivery, i, begun) {
    if (app.delivery !== delivery) return; // a later push took its place
    delivery.seconds = (Date.now() - begun) / 1000;
    if (i === phaseNames.length) {
      Object.assign(delivery, { status: "live", finishedAt: new Date().toISOString() });
      Object.assign(app, { status: "live", url: app.public ? `https://${app.host}` : undefined, liveRevision: delivery.revision });
      this.tell("app", app);
      return;
    }
    const phase = delivery.phases[i];
    if (phase.name === "build") delivery.runId = (this.runs += 1);
    if (phase.name === "expose" && !app.public) {
      Object.assign(phase, { status: "skipped", reason: "the application is not public" });
      this.travel(app, delivery, i + 1, begun);
      return;
    }
    Object.assign(phase, { status: "running", seconds: 0, startedAt: new Date().toISOString(), usualSeconds: spans[phase.name] / 1100, reason: reasons[phase.name] });
    this.tell("app", app);
    setTimeout(() => {
      if (app.delivery !== delivery) return;
      Object.assign(phase, { status: "done", seconds: spans[phase.name] / 1000, finishedAt: new Date().toISOString(), reason: undefined, evidence: evidenceOf(app, phase.name, delivery.revision) });
      this.travel(app, delivery, i + 1, begun);
    }, spans[phase.name]);
  }

  remove(name) {
    const app = this.apps.get(name);
    Object.assign(app, { status: "deleting", url: undefined, deletion: { startedAt: new Date().toISOString(), requestedBy: "user:default/dev", steps: Object.keys(proofs).map((step) => ({ name: step, status: "waiting" })) } });
    app.deletion.steps.forEach((step, i) => {
      setTimeout(() => {
        Object.assign(step, { status: "done", reason: proofs[step.name](name) });
        this.tell("app", app);
      }, 500 * (i + 1));
    });
    setTimeout(() => {
      this.apps.delete(name);
      this.deleted.set(name, Object.assign(app, { deletedAt: new Date().toISOString() }));
      this.tell("deleted", { name, deletion: app.deletion });
    }, 500 * (app.deletion.steps.length + 1));
    return app;
  }
}
