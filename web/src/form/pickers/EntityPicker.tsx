import { Select } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useState } from "react";
import { useWords } from "../../i18n/I18n";
import { typedRef } from "../entityRefs";
import { asText, useFieldProps } from "../useFieldProps";
import { useEntityOptions } from "./useEntityOptions";

/** EntityPicker chooses an entity of the catalog, or takes a reference that is typed; the value is the reference. */
export function EntityPicker(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const [typed, setTyped] = useState("");
  const value = asText(props.value);
  const { options, loading } = useEntityOptions(props, value === "" ? [] : [value]);
  const { allowArbitraryValues, defaultKind, defaultNamespace, picker } = props.options as Record<string, unknown>;
  const kind = typeof defaultKind === "string" ? defaultKind : picker === "OwnerPicker" ? "Group" : undefined;
  const open = allowArbitraryValues !== false && picker !== "MyGroupsPicker" && picker !== "OwnedEntityPicker";
  const ref = typedRef(typed, kind, typeof defaultNamespace === "string" ? defaultNamespace : undefined);
  const unknown = open && typed.trim() !== "" && !options.some(({ value: known, label }) => known === ref || label.toLowerCase().includes(typed.trim().toLowerCase()));
  const data = unknown ? [...options, { value: ref, label: t("form.useTyped", { text: typed.trim() }) }] : options;
  return (
    <Select
      {...common}
      searchable
      placeholder={loading ? t("loading") : t("create.choosePrompt")}
      nothingFoundMessage={t("form.noEntity")}
      data={data}
      filter={({ options: all, search }) => all.filter((option) => !("value" in option) || option.value === ref || [option.label, option.value].some((text) => text.toLowerCase().includes(search.trim().toLowerCase())))}
      onSearchChange={setTyped}
      value={value === "" ? null : value}
      allowDeselect={!props.required}
      onChange={(chosen) => props.onChange(chosen ?? undefined)}
    />
  );
}
