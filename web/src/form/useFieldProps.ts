import type { WidgetProps } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";
import { faultShown } from "./shown";

/** ms before a field that was left is checked: an error must not move what is just being clicked. */
const settle = 200;

/** useFieldProps is what every input is given: label, description, error, in the reader's language. */
export function useFieldProps(props: WidgetProps) {
  const { t, said } = useWords();
  const label = said(props.label);
  const help = props.options.help;
  const description = [props.schema.description, typeof help === "string" ? help : undefined].filter((part) => part !== undefined);
  const optional = !props.required && props.schema.default === undefined && (props.schema.type === "string" || props.schema.type === "array");
  return {
    id: props.id,
    name: props.name,
    label: optional ? `${label} (${t("create.optional")})` : label,
    description: description.map(said).join(" ") || undefined,
    placeholder: props.placeholder ? said(props.placeholder) : undefined,
    error: faultShown(props.registry.formContext, props.id, props.rawErrors),
    disabled: props.disabled ?? false,
    readOnly: props.readonly ?? false,
    "data-autofocus": props.autofocus ?? undefined,
    autoFocus: props.autofocus ?? false,
    onBlur: () => {
      if (props.value !== undefined && props.value !== "") setTimeout(() => props.onBlur(props.id, props.value), settle);
    },
  };
}

/** useTextProps is the same for inputs that the browser may fill in. */
export function useTextProps(props: WidgetProps) {
  const { autocomplete } = props.options as { autocomplete?: unknown };
  return { ...useFieldProps(props), autoComplete: typeof autocomplete === "string" ? autocomplete : "off" };
}

/** asText is a value as a text input shows it. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** orEmpty is what an emptied input means: the template's ui:emptyValue, or nothing. */
export function orEmpty(props: WidgetProps, value: string): unknown {
  return value === "" ? (props.options.emptyValue as unknown) : value;
}
