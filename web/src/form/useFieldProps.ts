import type { WidgetProps } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";

/** useFieldProps is what every input is given: label, description, error, in the reader's language. */
export function useFieldProps(props: WidgetProps) {
  const { t, said } = useWords();
  const label = said(props.label);
  const help = props.options.help;
  const description = [props.schema.description, typeof help === "string" ? help : undefined].filter((part) => part !== undefined);
  return {
    id: props.id,
    name: props.name,
    label: props.required ? label : props.schema.default === undefined && props.schema.type === "string" ? `${label} (${t("create.optional")})` : label,
    description: description.map(said).join(" ") || undefined,
    placeholder: props.placeholder ? said(props.placeholder) : undefined,
    error: props.rawErrors?.[0],
    disabled: props.disabled ?? false,
    readOnly: props.readonly ?? false,
    "data-autofocus": props.autofocus ?? undefined,
    autoFocus: props.autofocus ?? false,
    onBlur: () => props.onBlur(props.id, props.value),
  };
}
