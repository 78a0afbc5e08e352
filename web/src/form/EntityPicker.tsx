import { Select } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import { useFieldProps } from "./useFieldProps";

/** EntityPicker chooses an entity of the catalog; the value is its reference. */
export function EntityPicker(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const kinds = kindsOf(props.options.catalogFilter);
  const { data = [] } = useFetched(() => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: kinds.map((kind) => `kind=${kind}`) } } })), [kinds.join()]);
  const value = typeof props.value === "string" ? props.value : null;
  const refs = [...new Set([...data.map(refOf), ...(value ? [value] : [])])].sort();
  return <Select {...common} searchable placeholder={t("create.choosePrompt")} data={refs.map((ref) => ({ value: ref, label: entityName(ref) }))} value={value} allowDeselect={!props.required} onChange={(ref) => props.onChange(ref ?? undefined)} />;
}

function refOf({ kind, metadata }: Entity): string {
  return `${kind.toLowerCase()}:${metadata.namespace ?? "default"}/${metadata.name}`;
}

function kindsOf(filter: unknown): string[] {
  const kind = typeof filter === "object" && filter !== null && "kind" in filter ? filter.kind : "Group";
  const kinds = (Array.isArray(kind) ? kind : [kind]).filter((each): each is string => typeof each === "string");
  return kinds.map((each) => each.toLowerCase());
}
