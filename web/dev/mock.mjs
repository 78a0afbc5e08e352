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
import { fail } from "./answer.mjs";
import { appRoutes } from "./app-routes.mjs";
import { portalRoutes } from "./portal-routes.mjs";
import { World } from "./world.mjs";

const port = Number(process.env.PORT ?? 5199);
const dist = new URL("../dist/", import.meta.url).pathname;
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const world = new World();
if (process.env.EMPTY) world.apps.clear();
const routes = [...appRoutes(world), ...portalRoutes(world)];

async function description(res) {
  res.writeHead(200, { "Content-Type": "application/yaml" }).end(await readFile(new URL("../../api/openapi/pronto.yaml", import.meta.url)));
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
  if (url.pathname === "/openapi.yaml") return description(res);
  if (!/^\/(api|auth)\//.test(url.pathname)) return file(res, url.pathname);
  if (url.pathname.startsWith("/api/") && !/mock=1/.test(req.headers.cookie ?? "")) return fail(res, 401, "AuthenticationError", "sign in first");
  const route = routes.find(([method, pattern]) => method === req.method && pattern.test(url.pathname));
  if (!route) return fail(res, 404, "NotFoundError", `the mock has no ${req.method} ${url.pathname}`);
  return route[2](req, res, route[1].exec(url.pathname).slice(1), url.searchParams);
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));
