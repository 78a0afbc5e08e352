import { describe, expect, it } from "vitest";
import { blocksOf, isSafe, spansOf } from "./markdown";

describe("markdown", () => {
  it("has headings, lists, code, quotes and paragraphs", () => {
    const kinds = blocksOf("# One\n\nTwo\nlines\n\n- a\n- b\n\n1. c\n\n> said\n\n```sh\ngit clone\n```\nend").map(({ kind }) => kind);
    expect(kinds).toEqual(["heading", "paragraph", "list", "list", "quote", "code", "paragraph"]);
  });
  it("has bold, slanted, code and links in a line", () => {
    expect(spansOf("a **b** *c* `d` [e](https://x.y) https://z.z")).toEqual([
      { kind: "text", text: "a " }, { kind: "strong", text: "b" }, { kind: "text", text: " " }, { kind: "em", text: "c" }, { kind: "text", text: " " }, { kind: "code", text: "d" },
      { kind: "text", text: " " }, { kind: "link", text: "e", href: "https://x.y" }, { kind: "text", text: " " }, { kind: "link", text: "https://z.z", href: "https://z.z" },
    ]);
  });
  it("leaves markup as text", () => expect(spansOf("<b>no</b> <script>x</script>")).toEqual([{ kind: "text", text: "<b>no</b> <script>x</script>" }]));
  it.each(["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "\\\\evil.example", "vbscript:x"])("does not link to %s", (href) => {
    expect(isSafe(href)).toBe(false);
    expect(spansOf(`[x](${href})`).some(({ kind }) => kind === "link")).toBe(false);
  });
  it("takes an open fence to the end", () => expect(blocksOf("```\na\nb")).toEqual([{ kind: "code", text: "a\nb" }]));
});
