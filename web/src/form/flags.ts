const key = "pronto.featureFlags";

/** readFlags is the feature flags that are on in this browser; templates may show fields by them. */
export function readFlags(): ReadonlySet<string> {
  return new Set((localStorage.getItem(key) ?? "").split(",").filter((flag) => flag !== ""));
}

/** keepFlags sets them. */
export function keepFlags(flags: readonly string[]): void {
  localStorage.setItem(key, flags.join(","));
}
