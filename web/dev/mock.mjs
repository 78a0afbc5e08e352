// A stand-in for the portal while the web app is worked on. It serves the
// built app (web/dist) and the shapes of api/openapi/pronto.yaml from memory,
// with deliveries that travel by themselves and the portal's own headers.
//
//   npm run dev:mock              http://127.0.0.1:5199 (PORT)
//   npm run dev                   Vite with its /api and /auth sent there
//   EMPTY=1 npm run dev:mock      with no application yet

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { domain, entities, form, platform, runLog, runOf } from "./data.mjs";
import { World } from "./world.mjs";

const port = Number(process.env.PORT ?? 5199);
const dist = new URL("../dist/", import.meta.url).pathname;
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const world = new World();
if (process.env.EMPTY) world.apps.clear();

const json = (res, status, body) => res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
const fail = (res, status, name, message) => json(res, status, { error: { name, message }, request: {}, response: { statusCode: status } });

function stream(res) {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  res.flushHeaders();
  return (kind, data, id) => res.write(`${id ? `id: ${id}\n` : ""}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
}

function nameCheck(name) {
  if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return { name, available: false, reason: `name: "${name}" must begin with a letter, hold only a-z, 0-9 and '-', and end with a letter or digit`, checks: [] };
  const taken = world.apps.has(name);
  const values = { name, repository: `apps/idp-${name}`, namespace: name, host: `${name}.${domain}`, image: `registry.${domain}/idp-${name}` };
  return { name, available: !taken, ...(taken ? { reason: `name: "${name}" is taken; choose another` } : {}), checks: Object.entries(values).map(([kind, value]) => ({ kind, value, free: !taken })) };
}

async function body(req) {
  let text = "";
  for await (const chunk of req) text += chunk;
  return JSON.parse(text);
}

const routes = [
  ["GET", /^\/api\/pronto\/v1\/me$/, (req, res) => json(res, 200, { ref: "user:default/dev", name: "Dev Eloper", email: `dev@${domain}`, groups: ["developers"], role: "developer", permissions: [] })],
  ["GET", /^\/api\/pronto\/v1\/platform$/, (req, res) => json(res, 200, platform)],
  ["GET", /^\/api\/pronto\/v1\/names\/([^/]+)$/, (req, res, [name]) => json(res, 200, nameCheck(decodeURIComponent(name)))],
  ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/deliveries$/, (req, res, [name]) => json(res, 200, { deliveries: world.deliveries(name) })],
  ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/runs\/7$/, (req, res, [name]) => json(res, 200, runOf(world.apps.get(name)?.status === "failed"))],
  ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/runs\/7\/log$/, (req, res, [name]) => res.writeHead(200, { "Content-Type": "text/plain" }).end(runLog(world.apps.get(name)?.status === "failed"))],
  ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/logs$/, podLogs],
  ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)$/, (req, res, [name]) => (world.apps.has(name) ? json(res, 200, world.apps.get(name)) : fail(res, 404, "NotFoundError", `there is no application ${name}`))],
  ["DELETE", /^\/api\/pronto\/v1\/apps\/([^/]+)$/, (req, res, [name]) => json(res, 202, world.remove(name))],
  ["GET", /^\/api\/pronto\/v1\/events$/, events],
  ["GET", /^\/api\/catalog\/entities$/, (req, res, _, query) => json(res, 200, entities.filter(({ kind }) => query.getAll("filter").every((filter) => filter === `kind=${kind.toLowerCase()}`)))],
  ["GET", /parameter-schema$/, (req, res) => json(res, 200, form)],
  ["POST", /^\/api\/scaffolder\/v2\/tasks$/, createTask],
  ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)\/eventstream$/, taskEvents],
  ["GET", /^\/api\/scaffolder\/v2\/tasks\/([^/]+)$/, (req, res, [id]) => (world.tasks.has(id) ? json(res, 200, world.tasks.get(id)) : fail(res, 404, "NotFoundError", `there is no task ${id}`))],
  ["GET", /^\/auth\/login$/, (req, res, _, query) => res.writeHead(302, { "Set-Cookie": "mock=1; Path=/", Location: query.get("return") ?? "/" }).end()],
  ["POST", /^\/auth\/logout$/, (req, res) => res.writeHead(204, { "Set-Cookie": "mock=; Path=/; Max-Age=0" }).end()],
];

function events(req, res) {
  const send = stream(res);
  send("snapshot", { apps: [...world.apps.values()] });
  const listener = (id, kind, data) => send(kind, data, id);
  world.listeners.add(listener);
  req.on("close", () => world.listeners.delete(listener));
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

function podLogs(req, res, [name]) {
  const send = stream(res);
  let n = 0;
  const line = () => send("log", { pod: `${name}-6c9f-x${n % 2 ? "4k2p" : "9zqa"}`, container: "app", time: new Date().toISOString(), text: `{"level":"info","msg":"request","path":"/","status":200,"ms":${(n++ % 7) + 1}}` });
  for (let i = 0; i < 40; i += 1) line();
  const timer = setInterval(line, 400);
  req.on("close", () => clearInterval(timer));
}

async function file(res, path) {
  const name = extname(path) === "" ? "index.html" : normalize(path).replace(/^(\.\.[/\\])+/, "");
  try {
    const content = await readFile(join(dist, name));
    res.writeHead(200, { "Content-Type": kinds[extname(name)] ?? "application/octet-stream" }).end(content);
  } catch {
    res.writeHead(404).end("there is no such file; was the app built?");
  }
}

createServer(async (req, res) => {
  const url = new URL(req.url, "http://mock");
  res.setHeader("Content-Security-Policy", policy);
  if (!/^\/(api|auth)\//.test(url.pathname)) return file(res, url.pathname);
  if (url.pathname.startsWith("/api/") && !/mock=1/.test(req.headers.cookie ?? "")) return fail(res, 401, "AuthenticationError", "sign in first");
  const route = routes.find(([method, pattern]) => method === req.method && pattern.test(url.pathname));
  if (!route) return fail(res, 404, "NotFoundError", `the mock has no ${req.method} ${url.pathname}`);
  return route[2](req, res, route[1].exec(url.pathname).slice(1), url.searchParams);
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));
