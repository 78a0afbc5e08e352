import { isMine } from "../api/access";
import type { AppStatus, Me } from "../api/types";
import type { Entry } from "../live/reducer";

export type Scope = "mine" | "all";
export type Choice = { scope: Scope; status: AppStatus | ""; query: string };

/** chosen is the applications that fit, by name. */
export function chosen(entries: readonly Entry[], me: Me, { scope, status, query }: Choice): Entry[] {
  const wanted = query.trim().toLowerCase();
  return entries
    .filter(({ app }) => scope === "all" || isMine(app, me))
    .filter(({ app }) => status === "" || app.status === status)
    .filter(({ app }) => [app.name, app.owner, app.repositoryName].some((text) => text?.toLowerCase().includes(wanted)))
    .sort((a, b) => a.app.name.localeCompare(b.app.name));
}
