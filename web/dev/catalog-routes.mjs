// The catalog's routes.

import { body, fail, json } from "./answer.mjs";
import { entities, facet, matches, refOf, says } from "./catalog.mjs";

const locations = [{ data: { id: "l-1", type: "url", target: "https://git.pronto.localhost/apps/templates/blob/main/everything/template.yaml" } }];

/** catalogRoutes are /api/catalog. */
export const catalogRoutes = () => [
  ["GET", /^\/api\/catalog\/entities$/, (req, res, _, query) => json(res, 200, entities.filter((each) => matches(each, query.getAll("filter"))))],
  ["GET", /^\/api\/catalog\/entities\/by-query$/, byQuery],
  ["GET", /^\/api\/catalog\/entity-facets$/, (req, res, _, query) => json(res, 200, { facets: Object.fromEntries(query.getAll("facet").map((path) => [path, facet(path, entities.filter((each) => matches(each, query.getAll("filter"))))])) })],
  ["GET", /^\/api\/catalog\/entities\/by-name\/([^/]+)\/([^/]+)\/([^/]+)$/, byName],
  ["DELETE", /^\/api\/catalog\/entities\/by-uid\/([^/]+)$/, (req, res, [uid]) => {
    const at = entities.findIndex(({ metadata }) => metadata.uid === uid);
    if (at >= 0) entities.splice(at, 1);
    res.writeHead(204).end();
  }],
  ["POST", /^\/api\/catalog\/refresh$/, (req, res) => res.writeHead(200).end()],
  ["GET", /^\/api\/catalog\/locations$/, (req, res) => json(res, 200, locations)],
  ["POST", /^\/api\/catalog\/locations$/, addLocation],
  ["GET", /^\/api\/catalog\/locations\/by-entity\//, (req, res) => json(res, 200, locations[0].data)],
  ["DELETE", /^\/api\/catalog\/locations\/([^/]+)$/, (req, res) => res.writeHead(204).end()],
  ["POST", /^\/api\/catalog\/validate-entity$/, (req, res) => res.writeHead(200).end()],
];

function byQuery(req, res, _, query) {
  const offset = Number(query.get("cursor") ?? query.get("offset") ?? 0);
  const limit = Number(query.get("limit") ?? 20);
  const term = query.get("fullTextFilterTerm") ?? "";
  const found = entities.filter((each) => matches(each, query.getAll("filter")) && says(each, term)).sort((a, b) => (a.metadata.title ?? a.metadata.name).localeCompare(b.metadata.title ?? b.metadata.name));
  const next = offset + limit < found.length ? { nextCursor: String(offset + limit) } : {};
  const prev = offset > 0 ? { prevCursor: String(Math.max(0, offset - limit)) } : {};
  json(res, 200, { items: found.slice(offset, offset + limit), totalItems: found.length, pageInfo: { ...next, ...prev } });
}

function byName(req, res, [kind, namespace, name]) {
  const found = entities.find((each) => refOf(each) === `${kind}:${namespace}/${name}`.toLowerCase());
  return found ? json(res, 200, found) : fail(res, 404, "NotFoundError", `No entity named '${name}' found, with kind '${kind}' in namespace '${namespace}'`);
}

async function addLocation(req, res, _, query) {
  const { type, target } = await body(req);
  if (!/^https?:\/\/.+\..+/.test(target)) return fail(res, 400, "InputError", `target: "${target}" is no address of a repository; use https://host/owner/repository`);
  if (target.includes("missing")) return fail(res, 404, "NotFoundError", `reading ${target}: there is no template.yaml or catalog-info.yaml`);
  const location = { id: "l-2", type, target };
  if (query.get("dryRun") !== "true") locations.push({ data: location });
  return json(res, 201, { location, entities: entities.filter(({ metadata }) => metadata.name === "everything") });
}
