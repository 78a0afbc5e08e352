// Who one is, the platform, names, tasks and the catalog.

import { body, fail, json, stream } from "./answer.mjs";
import { domain, entities, form, platform } from "./data.mjs";

/** portalRoutes are the routes that are not of one application. */
export const portalRoutes = (world) => {
  function nameCheck(name) {
    if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return { name, available: false, reason: `name: "${name}" must begin with a letter, hold only a-z, 0-9 and '-', and end with a letter or digit`, checks: [] };
    const taken = world.apps.has(name);
    const values = { name, repository: `apps/idp-${name}`, namespace: name, host: `${name}.${domain}`, image: `registry.${domain}/idp-${name}` };
    return { name, available: !taken, ...(taken ? { reason: `name: "${name}" is taken; choose another` } : {}), checks: Object.entries(values).map(([kind, value]) => ({ kind, value, free: !taken })) };
  }

  async function createTask(req, res) {
    const { values } = await body(req);
    const { available, reason } = nameCheck(values.name);
    if (!available) return json(res, 400, { errors: [{ path: ["name"], property: "instance.name", message: reason }] });
    return json(res, 201, { id: world.create(values) });
  }

  function taskEvents(req, res, [id]) {
    const send = stream(res);
    const listener = (event) => event.taskId === id && send(event.type, event);
    world.tasks.get(id)?.events.forEach(listener);
    world.taskListeners.add(listener);
    req.on("close", () => world.taskListeners.delete(listener));
  }

  return [
    ["GET", /^\/api\/pronto\/v1\/me$/, (req, res) => json(res, 200, { ref: "user:default/dev", name: "Dev Eloper", email: `dev@${domain}`, groups: ["developers"], owns: ["user:default/dev", "group:default/developers"], role: "developer", permissions: [] })],
    ["GET", /^\/api\/pronto\/v1\/platform$/, (req, res) => json(res, 200, platform)],
    ["GET", /^\/api\/pronto\/v1\/names\/([^/]+)$/, (req, res, [name]) => json(res, 200, nameCheck(decodeURIComponent(name)))],
    ["GET", /^\/api\/catalog\/entities$/, (req, res, _, query) => json(res, 200, entities.filter(({ kind }) => query.getAll("filter").every((filter) => filter === `kind=${kind.toLowerCase()}`)))],
    ["GET", /parameter-schema$/, (req, res) => json(res, 200, form)],
    ["POST", /^\/api\/scaffolder\/v2\/tasks$/, createTask],
    ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/eventstream$/, taskEvents],
    ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)$/, (req, res, [id]) => (world.tasks.has(id) ? json(res, 200, world.tasks.get(id)) : fail(res, 404, "NotFoundError", `there is no task ${id}`))],
    ["GET", /^\/auth\/login$/, (req, res, _, query) => res.writeHead(302, { "Set-Cookie": "mock=1; Path=/", Location: query.get("return") ?? "/" }).end()],
    ["POST", /^\/auth\/logout$/, (req, res) => res.writeHead(204, { "Set-Cookie": "mock=; Path=/; Max-Age=0" }).end()],
  ];
};
