import { MultiSelect } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useWords } from "../../i18n/I18n";
import { useFieldProps } from "../useFieldProps";
import { useEntityOptions } from "./useEntityOptions";

/** MultiEntityPicker chooses several entities; the value is the list of their references. */
export function MultiEntityPicker(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const value = Array.isArray(props.value) ? props.value.filter((each): each is string => typeof each === "string") : [];
  const { options, loading } = useEntityOptions(props, value);
  return (
    <MultiSelect
      {...common}
      searchable
      placeholder={value.length > 0 ? undefined : loading ? t("loading") : t("form.chooseSome")}
      nothingFoundMessage={t("form.noEntity")}
      data={options}
      value={value}
      maxValues={props.schema.maxItems}
      onChange={(chosen) => props.onChange(chosen)}
    />
  );
}
