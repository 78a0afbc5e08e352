import { TextInput } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useWords } from "../../i18n/I18n";
import { asText, orEmpty, useTextProps } from "../useFieldProps";

const valid = /^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** EntityNamePicker is a text that may name an entity of the catalog. */
export function EntityNamePicker(props: WidgetProps) {
  const { t } = useWords();
  const common = useTextProps(props);
  const value = asText(props.value);
  const error = common.error ?? (value === "" || valid.test(value) ? undefined : t("form.entityName"));
  return <TextInput {...common} error={error} value={value} autoCapitalize="none" spellCheck={false} onChange={(event) => props.onChange(orEmpty(props, event.currentTarget.value))} />;
}
