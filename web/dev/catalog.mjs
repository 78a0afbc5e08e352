// The mock's catalog: entities with relations both ways, filters and facets.

import { appNamed } from "./data.mjs";
import { templates } from "./templates.mjs";

const entity = (kind, name, more = {}, spec = {}) => ({ apiVersion: "backstage.io/v1alpha1", kind, metadata: { name, namespace: "default", uid: `uid-${kind}-${name}`, etag: "e1", ...more }, spec, relations: [] });
const at = (repository) => ({ "backstage.io/managed-by-location": `url:https://git.pronto.localhost/apps/${repository}/blob/main/catalog-info.yaml` });
const spec = (type, owner, more = {}) => ({ type, lifecycle: "production", owner: `group:default/${owner}`, ...more });

const orders = `openapi: 3.1.0
info:
  title: Orders
  version: "1.0"
paths:
  /orders:
    get:
      summary: All orders
      responses:
        "200":
          description: The orders
`;

/** entities are everything in the catalog. */
export const entities = [
  ...templates,
  entity("Component", "hello", { description: "Says hello to whoever asks", tags: ["nodejs"], annotations: { ...at("idp-hello"), "backstage.io/source-location": "url:https://git.pronto.localhost/apps/idp-hello/" }, links: [{ url: "https://wiki.example/hello", title: "Runbook" }] }, spec("service", "developers", { system: "greetings" })),
  entity("Component", "shop-api", { description: "Prices and baskets", tags: ["go", "payments"], annotations: at("idp-shop-api") }, spec("service", "shop", { system: "shop", providesApis: ["orders"], dependsOn: ["resource:default/shop-db"] })),
  entity("Component", "customer-notification-preferences-svc", { description: "Who wants to hear of what, by which way, in which language, and at which time of the day; asked by everything that writes to customers", tags: ["nodejs", "payments"], annotations: { ...at("idp-customer-notification-preferences-svc"), "backstage.io/orphan": "true" } }, spec("service", "shop", { consumesApis: ["orders"] })),
  entity("API", "orders", { description: "Orders of the shop" }, spec("openapi", "shop", { definition: orders, system: "shop" })),
  entity("Resource", "shop-db", { description: "The shop's database" }, spec("database", "shop", { system: "shop" })),
  entity("System", "shop", { description: "Everything one can buy" }, { owner: "group:default/shop", domain: "retail" }),
  entity("System", "greetings", {}, { owner: "group:default/developers" }),
  entity("Domain", "retail", { description: "What customers see" }, { owner: "group:default/shop" }),
  entity("Group", "developers", { description: "Everybody who builds" }, { type: "team", children: [], profile: { displayName: "Developers" } }),
  entity("Group", "shop", {}, { type: "team", children: [] }),
  entity("Group", "platform", { description: "Keeps this running" }, { type: "team", children: [] }),
  entity("User", "dev", { title: "Dev Eloper" }, { memberOf: ["developers"], profile: { displayName: "Dev Eloper", email: "dev@pronto.localhost" } }),
  entity("Location", "broken", { description: "Templates of the data team", annotations: { "backstage.io/managed-by-location": "url:https://git.pronto.localhost/data/templates" } }, { type: "url", target: "https://git.pronto.localhost/data/templates" }),
];

entities.find(({ metadata }) => metadata.name === "broken").status = { items: [{ type: "backstage.io/catalog-processing", level: "error", message: "reading https://git.pronto.localhost/data/templates: there is no repository data/templates", error: { name: "NotFoundError", message: "there is no repository data/templates" } }] };

const find = (kind, ref) => entities.find((each) => each.kind.toLowerCase() === kind && each.metadata.name === ref.split("/").pop());
const refOf = (each) => `${each.kind}:${each.metadata.namespace}/${each.metadata.name}`.toLowerCase();
const relate = (from, type, back, to) => {
  if (!to) return;
  from.relations.push({ type, targetRef: refOf(to) });
  to.relations.push({ type: back, targetRef: refOf(from) });
};
for (const each of entities) {
  const s = each.spec ?? {};
  if (s.owner && each.kind !== "Template") relate(each, "ownedBy", "ownerOf", find("group", s.owner));
  if (s.system) relate(each, "partOf", "hasPart", find("system", s.system));
  if (s.domain) relate(each, "partOf", "hasPart", find("domain", s.domain));
  for (const api of s.providesApis ?? []) relate(each, "providesApi", "apiProvidedBy", find("api", api));
  for (const api of s.consumesApis ?? []) relate(each, "consumesApi", "apiConsumedBy", find("api", api));
  for (const ref of s.dependsOn ?? []) relate(each, "dependsOn", "dependencyOf", find(ref.split(":")[0], ref));
  for (const group of s.memberOf ?? []) relate(each, "memberOf", "hasMember", find("group", group));
}
for (let i = 1; i <= 60; i += 1) {
  const app = appNamed(`batch-${String(i).padStart(2, "0")}`);
  const made = entity("Component", app.name, { description: `Nightly job ${i}`, tags: ["batch"], annotations: at(`idp-${app.name}`) }, spec("job", i % 2 ? "developers" : "shop"));
  relate(made, "ownedBy", "ownerOf", find("group", made.spec.owner));
  entities.push(made);
}

const valueAt = (each, path) => path.split(".").reduce((node, key) => (node && typeof node === "object" ? node[Object.keys(node).find((name) => name.toLowerCase() === key.toLowerCase())] : undefined), each);

function holds(each, term) {
  const [key, wanted] = term.split(/=(.*)/);
  if (key.startsWith("relations.")) return each.relations.some(({ type, targetRef }) => type.toLowerCase() === key.slice(10).toLowerCase() && targetRef === wanted);
  const value = valueAt(each, key);
  if (wanted === undefined) return value !== undefined;
  return [value].flat().some((one) => String(one).toLowerCase() === wanted.toLowerCase());
}

/** matches tells whether one of the filters lets an entity through. */
export function matches(each, filters) {
  if (filters.length === 0) return true;
  return filters.some((filter) => {
    const terms = filter.split(",");
    const keys = [...new Set(terms.map((term) => term.split("=")[0]))];
    return keys.every((key) => terms.filter((term) => term.split("=")[0] === key).some((term) => holds(each, term)));
  });
}

/** facet counts the values of a field. */
export function facet(path, list) {
  const counts = new Map();
  const values = (each) => (path.startsWith("relations.") ? each.relations.filter(({ type }) => type === path.slice(10)).map(({ targetRef }) => targetRef) : (valueAt(each, path) ?? []));
  for (const each of list) for (const value of [values(each)].flat()) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count }));
}

/** says tells whether an entity has a text in it. */
export const says = (each, text) => JSON.stringify([each.metadata, each.spec]).toLowerCase().includes(text.toLowerCase());

export { refOf };
