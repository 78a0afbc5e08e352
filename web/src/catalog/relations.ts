import type { Entity } from "../api/types";

/** relationTypes are those the catalog makes, in the order they are shown. */
export const relationTypes = ["ownedBy", "ownerOf", "partOf", "hasPart", "providesApi", "apiProvidedBy", "consumesApi", "apiConsumedBy", "dependsOn", "dependencyOf", "parentOf", "childOf", "memberOf", "hasMember"] as const;

export type RelationType = (typeof relationTypes)[number];

/** Related is the references that one relation leads to; the type of one that templates made up is its own name. */
export type Related = { type: string; known: RelationType | undefined; refs: readonly string[] };

/** relatedTo gathers an entity's relations by type. */
export function relatedTo(entity: Entity): Related[] {
  const byType = new Map<string, string[]>();
  for (const { type, targetRef } of entity.relations ?? []) byType.set(type, [...(byType.get(type) ?? []), targetRef]);
  const rank = (type: string) => {
    const at = (relationTypes as readonly string[]).indexOf(type);
    return at < 0 ? relationTypes.length : at;
  };
  return [...byType]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([type, refs]) => ({ type, known: relationTypes.find((each) => each === type), refs: [...new Set(refs)].sort() }));
}

/** Placed is a neighbour in the drawing: what leads to the entity stands left, what it leads to right. */
export type Placed = { ref: string; type: string; side: "left" | "right"; row: number };

const leftward = new Set<string>(["ownedBy", "partOf", "apiProvidedBy", "dependencyOf", "apiConsumedBy", "childOf", "memberOf"]);

/** placed puts at most so many neighbours on either side. */
export function placed(related: readonly Related[], most: number): { nodes: Placed[]; left: number; right: number } {
  const nodes: Placed[] = [];
  const count = { left: 0, right: 0 };
  for (const { type, refs } of related) {
    const side = leftward.has(type) ? "left" : "right";
    for (const ref of refs) {
      if (count[side] >= most) break;
      nodes.push({ ref, type, side, row: count[side] });
      count[side] += 1;
    }
  }
  return { nodes, ...count };
}
