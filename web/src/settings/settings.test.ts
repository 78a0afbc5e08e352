import { describe, expect, it } from "vitest";
import { editorAt, placesOf } from "./places";

describe("where a setting stands", () => {
  it("is a file that the repository has", () => {
    const places = placesOf([{ path: "deploy/deployment.yaml" }, { path: "README.md" }, { path: ".github/workflows/ci.yml" }]);
    expect(places.map(({ label }) => label)).toEqual(["settings.replicas", "settings.resources", "settings.env", "settings.probes", "settings.pipeline"]);
    expect(places.at(-1)?.path).toBe(".github/workflows/ci.yml");
  });
  it("opens the editor there", () => expect(editorAt("hello", { label: "settings.replicas", path: "deploy/deployment.yaml", find: "replicas:" })).toBe("/apps/hello/files?path=deploy%2Fdeployment.yaml&find=replicas%3A"));
});
