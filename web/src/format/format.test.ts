import { describe, expect, it } from "vitest";
import { entityName, plainLine, sentence, shortDigest, shortSHA } from "./text";
import { relative, seconds, type Lang } from "./time";

describe("seconds", () => {
  it.each<[number, Lang, string]>([
    [0, "en", "0.0 s"],
    [7.94, "en", "7.9 s"],
    [7.94, "pt", "7,9 s"],
    [99.97, "en", "100 s"],
    [119.6, "en", "2 min 00 s"],
    [185, "pt", "3 min 05 s"],
    [-1, "en", "0.0 s"],
  ])("reads %d in %s as %s", (value, lang, said) => expect(seconds(value, lang)).toBe(said));
});

describe("relative time", () => {
  const now = new Date("2026-01-10T12:00:00Z");
  it.each<[string, Lang, string]>([
    ["2026-01-10T11:59:58Z", "en", "now"],
    ["2026-01-10T11:57:00Z", "en", "3 minutes ago"],
    ["2026-01-10T11:57:00Z", "pt", "há 3 minutos"],
    ["2026-01-09T11:00:00Z", "en", "yesterday"],
    ["2025-12-01T12:00:00Z", "en", "last month"],
  ])("says %s in %s as %s", (then, lang, said) => expect(relative(new Date(then), now, lang)).toBe(said));
});

describe("text", () => {
  it("shortens revisions and digests", () => {
    expect(shortSHA("0123456789abcdef")).toBe("0123456");
    expect(shortDigest(`sha256:${"ab".repeat(32)}`)).toBe("sha256:abababababab");
  });
  it("makes sentences", () => {
    expect(sentence("waits for the image")).toBe("Waits for the image.");
    expect(sentence("Done.")).toBe("Done.");
    expect(sentence("")).toBe("");
  });
  it("names entities", () => expect(entityName("group:default/developers")).toBe("developers"));
  it("takes the terminal's colours out of log lines", () => expect(plainLine("\u001b[31mred\u001b[0m")).toBe("red"));
});
