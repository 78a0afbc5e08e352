// Who one is, tokens, waiting devices and the audit trail.

import { body, fail, json } from "./answer.mjs";
import { domain } from "./data.mjs";

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const role = process.env.ROLE ?? "admin";
const permissions = ["apps.read", "logs.read", "apps.create", "apps.deploy", "apps.delete", "apps.restore", "platform.read", "catalog.read", "catalog.write", "tasks.read", "tasks.manage", "templates.dryrun", "tokens.manage", "device.approve", ...(role === "admin" ? ["audit.read", "tokens.service"] : [])];
const me = { ref: "user:default/dev", name: "Dev Eloper", email: `dev@${domain}`, groups: ["developers"], owns: ["user:default/dev", "group:default/developers"], role, permissions };

const tokens = [
  { id: "k-1", name: "laptop", kind: "personal", role: "developer", owner: "user:default/dev", createdAt: ago(500_000), expiresAt: ago(-5_000_000), lastUsedAt: ago(700) },
  { id: "k-2", name: "nightly report", kind: "service", role: "viewer", owner: "service:nightly-report", createdAt: ago(2_500_000), expiresAt: ago(-200_000) },
];

const acts = ["apps.create", "auth.login", "apps.rollback", "apps.delete", "tokens.create", "files.write"];
const trail = Array.from({ length: 240 }, (_, i) => ({
  id: 240 - i, at: ago(i * 1_900), actor: i % 3 ? "user:default/dev" : "user:default/ana", action: acts[i % acts.length], target: ["hello", "shop-api", "customer-notification-preferences-svc"][i % 3],
  outcome: i % 11 === 4 ? "refused" : i % 17 === 9 ? "failed" : "done", status: i % 11 === 4 ? 403 : i % 17 === 9 ? 503 : 200, address: "10.42.0.17",
}));

function audit(req, res, _, query) {
  const limit = Number(query.get("limit") ?? 100);
  const has = (entry) => (!query.get("q") || [entry.actor, entry.action, entry.target].some((text) => text.includes(query.get("q")))) && (!query.get("action") || entry.action === query.get("action")) && (!query.get("before") || entry.id < Number(query.get("before")));
  const found = trail.filter(has);
  json(res, 200, { entries: found.slice(0, limit), ...(found.length > limit ? { next: found[limit - 1].id } : {}) });
}

async function createToken(req, res) {
  const { name, days = 90, service } = await body(req);
  if (name.trim() === "") return fail(res, 400, "InputError", "name: is empty; say what the token is for");
  const token = { id: `k-${tokens.length + 1}`, name, kind: service ? "service" : "personal", role: service?.role ?? role, owner: service ? `service:${name}` : me.ref, createdAt: ago(0), expiresAt: ago(-days * 86_400) };
  tokens.push(token);
  return json(res, 201, { ...token, token: `pronto_${"a1b2c3d4".repeat(5)}` });
}

/** accessRoutes are who one is and what one may do. */
export const accessRoutes = () => [
  ["GET", /^\/api\/pronto\/v1\/me$/, (req, res) => json(res, 200, me)],
  ["GET", /^\/api\/pronto\/v1\/tokens$/, (req, res) => json(res, 200, { tokens })],
  ["POST", /^\/api\/pronto\/v1\/tokens$/, createToken],
  ["DELETE", /^\/api\/pronto\/v1\/tokens\/([^/]+)$/, (req, res, [id]) => {
    tokens.splice(tokens.findIndex((token) => token.id === id), 1);
    res.writeHead(204).end();
  }],
  ["GET", /^\/api\/pronto\/v1\/device\/([^/]+)$/, (req, res, [code]) => (code === "WDJB-MJHT" ? json(res, 200, { userCode: code, client: "pronto", requestedAt: ago(20), expiresAt: ago(-580), address: "192.0.2.7" }) : fail(res, 404, "NotFoundError", "no program waits with this code; it may have expired"))],
  ["POST", /^\/api\/pronto\/v1\/device\/([^/]+)$/, (req, res) => res.writeHead(204).end()],
  ["GET", /^\/api\/pronto\/v1\/audit$/, audit],
  ["GET", /^\/auth\/login$/, (req, res, _, query) => res.writeHead(302, { "Set-Cookie": "mock=1; Path=/", Location: query.get("return") ?? "/" }).end()],
  ["POST", /^\/auth\/logout$/, (req, res) => res.writeHead(204, { "Set-Cookie": "mock=; Path=/; Max-Age=0" }).end()],
];
