import { describe, expect, it } from "vitest";
import { changesOf } from "./changes";
import { around, flat, pathFault, treeOf } from "./tree";

const files = ["src/server.js", "README.md", "deploy/service.yaml", ".github/workflows/ci.yaml", "deploy/deployment.yaml"].map((path) => ({ path, size: 1 }));

describe("the tree of files", () => {
  const tree = treeOf(files);
  it("has directories first, then names; a lone chain is one item", () => {
    expect(tree.map(({ name }) => name)).toEqual([".github/workflows", "deploy", "src", "README.md"]);
    expect(tree[0]).toMatchObject({ path: ".github/workflows", children: [{ name: "ci.yaml", path: ".github/workflows/ci.yaml" }] });
  });
  it("shows the rows of what is open", () => {
    expect(flat(tree, new Set(["deploy"])).map(({ item, depth }) => `${depth} ${item.path}`)).toEqual(["0 .github/workflows", "0 deploy", "1 deploy/deployment.yaml", "1 deploy/service.yaml", "0 src", "0 README.md"]);
  });
  it("knows the directories around a file", () => {
    expect(around(".github/workflows/ci.yaml")).toEqual([".github", ".github/workflows"]);
    expect(around("README.md")).toEqual([]);
  });
});

describe("a new file's path", () => {
  const existing = files.map(({ path }) => path);
  it.each([
    ["", "files.pathEmpty"],
    ["/etc/x", "files.pathShape"],
    ["a/../b", "files.pathShape"],
    ["a//b", "files.pathShape"],
    [".git/config", "files.pathShape"],
    ["README.md", "files.pathTaken"],
    ["deploy", "files.pathTaken"],
    ["README.md/x", "files.pathTaken"],
    ["docs/one.md", undefined],
    [".gitignore", undefined],
  ])("%s: %s", (path, fault) => expect(pathFault(path, existing)).toBe(fault));
});

describe("a change", () => {
  it("is counted, and shown with lines around it", () => {
    const text = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
    const changed = text.map((line) => (line === "line 2" ? "LINE 2" : line)).filter((line) => line !== "line 25");
    const { added, removed, lines } = changesOf(text.join("\n"), changed.join("\n"));
    expect({ added, removed }).toEqual({ added: 1, removed: 2 });
    expect(lines.filter(({ kind }) => kind === "gap")).toHaveLength(1);
    expect(lines.filter(({ kind }) => kind !== "same" && kind !== "gap")).toEqual([
      { kind: "removed", text: "line 2", before: 2 },
      { kind: "added", text: "LINE 2", after: 2 },
      { kind: "removed", text: "line 25", before: 25 },
    ]);
  });
  it("is all of a new file", () => expect(changesOf("", "a\nb\n")).toMatchObject({ added: 2, removed: 0 }));
  it("is none when nothing changed", () => expect(changesOf("a\n", "a\n")).toEqual({ added: 0, removed: 0, lines: [] }));
  it("counts a line that only lost its end", () => expect(changesOf("a\n", "a")).toMatchObject({ added: 1, removed: 1 }));
});
