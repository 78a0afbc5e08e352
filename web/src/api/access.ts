import type { App, Me } from "./types";

/** canonicalRef is an entity reference with kind and namespace; a bare name is a group's. */
export function canonicalRef(ref: string): string {
  const [kind, rest] = ref.includes(":") ? cut(ref, ":") : ["group", ref];
  const [namespace, name] = rest.includes("/") ? cut(rest, "/") : ["default", rest];
  return `${kind.toLowerCase()}:${namespace.toLowerCase()}/${name.toLowerCase()}`;
}

function cut(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return [text.slice(0, i), text.slice(i + 1)];
}

type Owned = Pick<App, "owner" | "createdBy">;

/** isMine reports whether an application is the caller's: by its owner, or because they created it. */
export function isMine(app: Owned, me: Me): boolean {
  return owns(app, me) || app.createdBy === me.ref;
}

/** maintains reports whether the caller may change what is deployed; the portal decides by the same rule. */
export function maintains(app: Owned, me: Me): boolean {
  return me.role === "admin" || owns(app, me) || (app.createdBy === me.ref && me.role === "developer");
}

function owns(app: Owned, me: Me): boolean {
  return app.owner !== undefined && me.owns.some((ref) => canonicalRef(ref) === canonicalRef(app.owner ?? ""));
}
