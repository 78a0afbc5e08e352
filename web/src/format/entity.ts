/** EntityRef is a reference in its parts, all small letters but the name's own. */
export type EntityRef = { kind: string; namespace: string; name: string };

/** parseRef reads [kind:][namespace/]name. */
export function parseRef(ref: string, kind = "component"): EntityRef {
  const parts = /^(?:([^:/]+):)?(?:([^/]+)\/)?(.+)$/.exec(ref);
  return { kind: (parts?.[1] ?? kind).toLowerCase(), namespace: parts?.[2] ?? "default", name: parts?.[3] ?? ref };
}

/** entityPath is where an entity's page is. */
export function entityPath(ref: string): string {
  const { kind, namespace, name } = parseRef(ref);
  return `/catalog/${encodeURIComponent(namespace)}/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}

/** shortRef leaves out of a reference what goes without saying. */
export function shortRef(ref: string): string {
  const { namespace, name } = parseRef(ref);
  return namespace === "default" ? name : `${namespace}/${name}`;
}
