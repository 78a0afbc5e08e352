// The scaffolder's routes: forms, tasks and their logs, dry runs, actions.

import { body, fail, json, stream } from "./answer.mjs";
import { actions } from "./actions.mjs";
import { pastTasks } from "./tasks.mjs";
import { forms } from "./templates.mjs";

/** taskRoutes are /api/scaffolder, and what tasks leave behind. */
export const taskRoutes = (world, nameCheck) => {
  const made = new Map();
  for (const { task, events, things } of pastTasks()) {
    world.tasks.set(task.id, { ...task, events });
    made.set(task.id, things);
  }

  async function createTask(req, res) {
    const { templateRef, values } = await body(req);
    if (values.component !== undefined) return json(res, 201, { id: "t-failed" });
    const { available, reason } = nameCheck(values.name ?? "");
    if (!available) return json(res, 400, { errors: [{ path: ["name"], property: "instance.name", message: reason }] });
    const id = world.create(values);
    Object.assign(world.tasks.get(id).spec, { templateInfo: { entityRef: templateRef } });
    return json(res, 201, { id });
  }

  function events(req, res, [id]) {
    const send = stream(res);
    const listener = (event) => event.taskId === id && send(event.type, event);
    world.tasks.get(id)?.events.forEach(listener);
    world.taskListeners.add(listener);
    req.on("close", () => world.taskListeners.delete(listener));
  }

  function list(req, res, _, query) {
    const by = query.get("createdBy");
    const all = [...world.tasks.values()].filter((task) => !by || task.createdBy === by).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    const offset = Number(query.get("offset") ?? 0);
    json(res, 200, { tasks: all.slice(offset, offset + Number(query.get("limit") ?? 50)).map((task) => ({ ...task, events: undefined })), totalTasks: all.length });
  }

  function retry(req, res, [id]) {
    const task = world.tasks.get(id);
    task.status = "processing";
    world.log(id, { message: "Going on with step publish" }, "recovered");
    setTimeout(() => {
      task.status = "completed";
      made.get(id)?.forEach((thing) => Object.assign(thing, { gone: false }));
      world.log(id, { message: "Run completed with status: completed", output: { links: [{ title: "Repository", url: "https://git.pronto.localhost/apps/idp-late" }] } }, "completion");
    }, 2500);
    json(res, 201, { id });
  }

  function cancel(req, res, [id]) {
    world.tasks.get(id).status = "cancelled";
    world.log(id, { message: "Cancelled by dev" }, "cancelled");
    json(res, 200, { status: "cancelled" });
  }

  return [
    ["GET", /\/templates\/[^/]+\/[^/]+\/([^/]+)\/parameter-schema$/, (req, res, [name]) => (forms[name] ? json(res, 200, forms[name]) : fail(res, 404, "NotFoundError", `there is no template:default/${name}`))],
    ["POST", /^\/api\/scaffolder\/v2\/tasks$/, createTask],
    ["GET", /^\/api\/scaffolder\/v2\/tasks$/, list],
    ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/eventstream$/, events],
    ["POST", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/retry$/, retry],
    ["POST", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/cancel$/, cancel],
    ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)$/, (req, res, [id]) => (world.tasks.has(id) ? json(res, 200, world.tasks.get(id)) : fail(res, 404, "NotFoundError", `there is no task ${id}`))],
    ["GET", /^\/api\/pronto\/v1\/tasks\/([^/]+)\/made$/, (req, res, [id]) => json(res, 200, { made: made.get(id) ?? [] })],
    ["POST", /^\/api\/pronto\/v1\/tasks\/([^/]+)\/clean$/, (req, res, [id]) => {
      made.get(id)?.forEach((thing) => Object.assign(thing, { gone: true }));
      json(res, 200, { made: made.get(id) ?? [] });
    }],
    ["GET", /^\/api\/pronto\/v1\/leftovers$/, (req, res) => json(res, 200, { tasks: leftovers(world, made) })],
    ["GET", /^\/api\/scaffolder\/v2\/actions$/, (req, res) => json(res, 200, actions)],
    ["POST", /^\/api\/scaffolder\/v2\/dry-run$/, dryRun],
  ];
};

function leftovers(world, made) {
  return [...made]
    .filter(([id, things]) => ["failed", "cancelled"].includes(world.tasks.get(id).status) && things.some(({ gone }) => !gone))
    .map(([id, things]) => {
      const { status, createdBy, createdAt, spec } = world.tasks.get(id);
      return { id, status, createdBy, createdAt, templateRef: spec.templateInfo.entityRef, made: things };
    });
}

async function dryRun(req, res) {
  const { template, values, directoryContents } = await body(req);
  const steps = template.spec?.steps ?? [];
  if (steps.length === 0) return fail(res, 400, "InputError", "spec.steps: is empty; give at least one step with an action");
  const unknown = steps.findIndex(({ action }) => !actions.some(({ id }) => id === action));
  if (unknown >= 0) return fail(res, 400, "InputError", `spec.steps[${unknown}]: Template action with ID '${steps[unknown].action}' is not registered. Known actions: ${actions.map(({ id }) => id).join(", ")}`);
  const log = steps.flatMap(({ id, name, action }, i) => {
    const stepId = id ?? `step-${i + 1}`;
    return [
      { body: { message: `Beginning step ${name ?? action}`, stepId, status: "processing" } },
      { body: { message: `info: ${action} in a dry run`, stepId } },
      { body: { message: `Finished step ${name ?? action}`, stepId, status: "completed" } },
    ];
  });
  const contents = directoryContents.filter(({ path }) => path.startsWith("skeleton/")).map(({ path, base64Content }) => ({ path: path.slice(9), executable: false, base64Content }));
  const readme = { path: "values.json", executable: false, base64Content: Buffer.from(JSON.stringify(values, null, 2)).toString("base64") };
  return json(res, 200, { log, directoryContents: [...contents, readme], output: { links: [{ title: "Repository", url: "https://git.pronto.localhost/apps/idp-hello" }], text: [{ title: "What now", content: "Open it and **change** something." }] }, steps });
}
