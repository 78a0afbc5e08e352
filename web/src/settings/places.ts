import type { Key } from "../i18n/translate";

/** Place is where a setting stands: a file, and what to look for in it. */
export type Place = { label: Key; path: string; find?: string };

const known: readonly { label: Key; paths: readonly string[]; find?: string }[] = [
  { label: "settings.replicas", paths: ["deploy/deployment.yaml"], find: "replicas:" },
  { label: "settings.resources", paths: ["deploy/deployment.yaml"], find: "resources:" },
  { label: "settings.env", paths: ["deploy/deployment.yaml"], find: "env:" },
  { label: "settings.probes", paths: ["deploy/deployment.yaml"], find: "readinessProbe:" },
  { label: "settings.address", paths: ["deploy/ingress.yaml"], find: "host:" },
  { label: "settings.service", paths: ["deploy/service.yaml"], find: "port:" },
  { label: "settings.network", paths: ["deploy/networkpolicy.yaml"] },
  { label: "settings.pipeline", paths: [".github/workflows/ci.yaml", ".github/workflows/ci.yml"] },
  { label: "settings.image", paths: ["Dockerfile"] },
  { label: "settings.catalog", paths: ["catalog-info.yaml"] },
];

/** placesOf is the settings whose files the repository has. */
export function placesOf(files: readonly { path: string }[]): Place[] {
  const paths = new Set(files.map(({ path }) => path));
  return known.flatMap(({ label, paths: candidates, find }) => {
    const path = candidates.find((candidate) => paths.has(candidate));
    return path === undefined ? [] : [{ label, path, ...(find ? { find } : {}) }];
  });
}

/** editorAt is the address of the editor at a place. */
export function editorAt(app: string, { path, find }: Place): string {
  return `/apps/${app}/files?${new URLSearchParams({ path, ...(find ? { find } : {}) }).toString()}`;
}
