import { basename, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { translated } from "./server";
import { goFiles, spokenAfter, spokenByRules, spokenIn, type Spoken } from "./spoken";

const platform = join(import.meta.dirname, "../../../internal/platform");
const refused = /Reason(?: =|:) (?=["`])|Reason(?: =|:) fmt\.Sprintf\(|fault\.(?:\w+f|Because)\(/g;

/** Their sentences are all for people. */
const whole = ["evaluate.go", "rollout.go", "probe.go", "live.go", "deletion.go", "keep.go", "restoration.go", "quota.go", "names.go", "validate.go"].map((name) => join(platform, "delivery", name));

/** They say why a delivery failed or waits. */
const causes = ["cause.go", "build.go", "sync.go", "address.go"].map((name) => join(platform, "delivery/cause", name));

/** What only programs that speak the API themselves can provoke; the web app has no way to. */
const programs = ["catalog/rest_query.go", "catalog/predicate.go", "catalog/filter.go", "catalog/paging.go", "catalog/fields.go", "scaffold/rest_tasks.go", "scaffold/stream.go"];

/** Pieces of other sentences, what is compared with, and what only the log gets. */
const unsaid = ["was sample", "violates PodSecurity", "exceeded quota", "remote error", 'delete sample: unknown step "sample"', "delete namespace sample: sample"];

function sentences(): Spoken[] {
  const files = goFiles(platform).filter((file) => !programs.includes(relative(platform, file)));
  const paths = files.filter((file) => file.endsWith("delivery/source/path.go"));
  return [...[...whole, ...paths].flatMap(spokenIn), ...spokenByRules(causes), ...files.flatMap((file) => spokenAfter(file, refused))];
}

const all = [...new Map(sentences().map((each) => [each.text, each])).values()].filter(({ text }) => !unsaid.includes(text));

describe("what the platform's sources say to people", () => {
  it("is found", () => expect(all.length).toBeGreaterThan(150));
  it.each(all.map(({ file, text }) => [text, basename(file)]))("%s (%s) has a sentence in Portuguese", (text) => expect(translated(text)).toBeDefined());
});
