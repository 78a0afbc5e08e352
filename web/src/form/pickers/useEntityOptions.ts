import type { WidgetProps } from "@rjsf/utils";
import type { Entity } from "../../api/types";
import { entityName } from "../../format/text";
import { useMe } from "../../shell/MeContext";
import { filtersFor, refOf } from "../entityRefs";
import { useEntities } from "./useEntities";

export type EntityOption = { value: string; label: string };

/** useEntityOptions is what a picker offers, and what was chosen before although it is not there. */
export function useEntityOptions(props: WidgetProps, chosen: readonly string[]): { options: EntityOption[]; loading: boolean } {
  const me = useMe();
  const picker = typeof props.options.picker === "string" ? props.options.picker : "EntityPicker";
  const { data, problem } = useEntities(filtersFor(picker, props.options));
  const mine = new Set([...me.owns, ...me.groups.map((group) => `group:default/${group}`)].map((ref) => ref.toLowerCase()));
  const known = new Map((data ?? []).filter((entity) => offered(entity, picker, mine)).map((entity) => [refOf(entity), nameOf(entity)]));
  for (const ref of chosen) {
    if (!known.has(ref)) known.set(ref, entityName(ref));
  }
  const options = [...known].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
  return { options: distinct(options), loading: data === undefined && problem === undefined };
}

function offered(entity: Entity, picker: string, mine: ReadonlySet<string>): boolean {
  if (picker === "MyGroupsPicker") return mine.has(refOf(entity));
  if (picker === "OwnedEntityPicker") return (entity.relations ?? []).some(({ type, targetRef }) => type === "ownedBy" && mine.has(targetRef.toLowerCase()));
  return true;
}

function nameOf({ metadata, spec }: Entity): string {
  const profile = spec?.profile as { displayName?: string } | undefined;
  return profile?.displayName ?? metadata.title ?? metadata.name;
}

/** Two of the same name are told apart by their references. */
function distinct(options: readonly EntityOption[]): EntityOption[] {
  const count = new Map<string, number>();
  for (const { label } of options) count.set(label, (count.get(label) ?? 0) + 1);
  return options.map(({ value, label }) => ({ value, label: (count.get(label) ?? 0) > 1 ? `${label} (${value})` : label }));
}
