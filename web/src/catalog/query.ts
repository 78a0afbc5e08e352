/** Query is what somebody looks for in the catalog; it stands in the page's address. */
export type Query = { text: string; kind: string; type: string; owner: string; tag: string; page: number };

const keys = ["kind", "type", "owner", "tag"] as const;
export type FilterKey = (typeof keys)[number];

/** pageSize is how many rows a page has. */
export const pageSize = 25;

/** queryOf reads the page's address. */
export function queryOf(params: URLSearchParams): Query {
  const get = (key: string) => params.get(key) ?? "";
  return { text: get("q"), kind: get("kind"), type: get("type"), owner: get("owner"), tag: get("tag"), page: Math.max(1, Number(params.get("page") ?? 1) || 1) };
}

/** paramsOf writes it; what is empty is left out. */
export function paramsOf({ text, page, ...filters }: Query): URLSearchParams {
  const params = new URLSearchParams();
  if (text !== "") params.set("q", text);
  for (const key of keys) if (filters[key] !== "") params.set(key, filters[key]);
  if (page > 1) params.set("page", String(page));
  return params;
}

const paths: Record<FilterKey, string> = { kind: "kind", type: "spec.type", owner: "relations.ownedBy", tag: "metadata.tags" };

/** facetPaths are the fields that one filters by. */
export const facetPaths = keys.map((key) => paths[key]);

/** filterOf is a query in the catalog's filter grammar, without one of the keys if asked. */
export function filterOf(query: Query, without?: FilterKey): string[] {
  const terms = keys.filter((key) => key !== without && query[key] !== "").map((key) => `${paths[key]}=${query[key]}`);
  return terms.length > 0 ? [terms.join(",")] : [];
}
