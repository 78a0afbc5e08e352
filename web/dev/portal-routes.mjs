// Who one is, the platform, names, and the routes of tasks, catalog and access.

import { accessRoutes } from "./access-routes.mjs";
import { json } from "./answer.mjs";
import { catalogRoutes } from "./catalog-routes.mjs";
import { domain, platform } from "./data.mjs";
import { capacity, figures } from "./figures.mjs";
import { taskRoutes } from "./task-routes.mjs";

/** portalRoutes are the routes that are not of one application. */
export const portalRoutes = (world) => {
  function nameCheck(name) {
    if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return { name, available: false, reason: `name: "${name}" must begin with a letter, hold only a-z, 0-9 and '-', and end with a letter or digit`, checks: [] };
    const taken = world.apps.has(name);
    const values = { name, repository: `apps/idp-${name}`, namespace: name, host: `${name}.${domain}`, image: `registry.${domain}/idp-${name}` };
    return { name, available: !taken, ...(taken ? { reason: `name: "${name}" is taken; choose another` } : {}), quota: { owner: "group:default/developers", used: world.apps.size, limit: 20 }, checks: Object.entries(values).map(([kind, value]) => ({ kind, value, free: !taken })) };
  }

  return [
    ["GET", /^\/api\/pronto\/v1\/platform$/, (req, res) => json(res, 200, platform)],
    ["GET", /^\/api\/pronto\/v1\/figures$/, (req, res, _, query) => json(res, 200, figures(Number(query.get("days") ?? 30), query.get("app") ?? query.get("owner") ?? ""))],
    ["GET", /^\/api\/pronto\/v1\/capacity$/, (req, res) => json(res, 200, capacity)],
    ["GET", /^\/api\/pronto\/v1\/names\/([^/]+)$/, (req, res, [name]) => json(res, 200, nameCheck(decodeURIComponent(name)))],
    ...taskRoutes(world, nameCheck),
    ...catalogRoutes(),
    ...accessRoutes(),
  ];
};
