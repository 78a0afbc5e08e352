/** RepoUrl is where a repository will be, as Backstage's form says it: host?owner=o&repo=r. */
export type RepoUrl = { host: string; owner: string; repo: string };

/** parseRepoUrl reads the form's value; what is missing is empty. */
export function parseRepoUrl(value: unknown): RepoUrl {
  const [host = "", query = ""] = typeof value === "string" ? value.split("?") : [];
  const parts = new URLSearchParams(query);
  return { host, owner: parts.get("owner") ?? "", repo: parts.get("repo") ?? "" };
}

/** formatRepoUrl is the form's value; undefined while nothing is filled in. */
export function formatRepoUrl({ host, owner, repo }: RepoUrl): string | undefined {
  const parts = new URLSearchParams();
  if (owner !== "") parts.set("owner", owner);
  if (repo !== "") parts.set("repo", repo);
  const query = parts.toString();
  return query === "" ? undefined : `${host}?${query}`;
}
