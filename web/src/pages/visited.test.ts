import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const paths = (source: string) => [...source.matchAll(/\bpath: "([^"]+)"/g)].map(([, path]) => path ?? "");

/** Each route of the app: its own, and below an application's page the sections. */
const routes = ["/", ...paths(read("web/src/App.tsx")).map((path) => `/${path}`), ...paths(read("web/src/application/routes.tsx")).map((path) => `/apps/:name/${path}`)];
const visited = [...read("test/e2e/browser/pages.mjs").matchAll(/^ {4}"(\/[^"]*)": \[/gm)].map(([, path]) => path ?? "");

describe("the browser test", () => {
  it.each(routes)("looks at %s", (route) => expect(visited).toContain(route));
  it("looks at no page that is no more", () => expect(visited.filter((path) => !routes.includes(path))).toEqual([]));
});
