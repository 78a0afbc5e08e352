import { describe, expect, it } from "vitest";
import { treeOf, type Node } from "./tree";

const draw = (nodes: readonly Node[], indent = ""): string[] => nodes.flatMap(({ id, children }) => [indent + id, ...draw(children, `${indent}  `)]);

describe("the tree of resources", () => {
  it("puts each under what made it, the workload first", () => {
    const tree = treeOf([
      { kind: "Service", name: "a" },
      { kind: "Pod", name: "a-2", parent: "ReplicaSet/a-1" },
      { kind: "ServiceAccount", name: "a" },
      { kind: "Pod", name: "a-1", parent: "ReplicaSet/a-1" },
      { kind: "ReplicaSet", name: "a-1", parent: "Deployment/a" },
      { kind: "Deployment", name: "a" },
    ]);
    expect(draw(tree)).toEqual(["Deployment/a", "  ReplicaSet/a-1", "    Pod/a-1", "    Pod/a-2", "Service/a", "ServiceAccount/a"]);
  });
  it("loses none whose maker is not there", () => expect(draw(treeOf([{ kind: "Pod", name: "x", parent: "Job/gone" }]))).toEqual(["Pod/x"]));
  it("loses none in a circle", () => {
    const circle = [{ kind: "A", name: "1", parent: "B/1" }, { kind: "B", name: "1", parent: "A/1" }];
    expect(draw(treeOf(circle)).map((line) => line.trim()).sort()).toEqual(["A/1", "B/1"]);
  });
  it("may be empty", () => expect(treeOf([])).toEqual([]));
});
