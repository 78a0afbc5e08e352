import type { Resource } from "../api/types";

/** Node is a resource with what it made. */
export type Node = { id: string; resource: Resource; children: Node[] };

const order = ["Namespace", "Deployment", "StatefulSet", "ReplicaSet", "Pod", "Service", "Ingress"];

/** idOf names a resource as the API's `parent` does. */
export const idOf = ({ kind, name }: Resource): string => `${kind}/${name}`;

/**
 * treeOf puts each resource under what made it. One whose maker is not listed
 * stands at the top, and so does one that would be its own ancestor.
 */
export function treeOf(resources: readonly Resource[]): Node[] {
  const nodes = new Map<string, Node>(resources.map((resource) => [idOf(resource), { id: idOf(resource), resource, children: [] }]));
  const tops: Node[] = [];
  for (const node of nodes.values()) {
    const parent = ancestry(node, nodes);
    (parent?.children ?? tops).push(node);
  }
  sort(tops);
  return tops;
}

/** ancestry is a node's parent, unless following parents leads back to it. */
function ancestry(node: Node, nodes: ReadonlyMap<string, Node>): Node | undefined {
  const parent = nodes.get(node.resource.parent ?? "");
  const seen = new Set<Node>();
  for (let at = parent; at && !seen.has(at); at = nodes.get(at.resource.parent ?? "")) {
    if (at === node) return undefined;
    seen.add(at);
  }
  return parent;
}

function sort(nodes: Node[]): void {
  nodes.sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
  nodes.forEach(({ children }) => sort(children));
}

function rank({ resource }: Node): number {
  const at = order.indexOf(resource.kind);
  return at < 0 ? order.length : at;
}
