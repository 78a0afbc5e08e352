import { NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { RegistryWidgetsType, WidgetProps } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";
import { EntityPicker } from "./EntityPicker";
import { useFieldProps } from "./useFieldProps";

/** TextWidget is what rjsf draws numbers with, too. */
function TextWidget(props: WidgetProps) {
  return props.schema.type === "integer" || props.schema.type === "number" ? <UpDownWidget {...props} /> : <PlainWidget {...props} />;
}

function PlainWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  return <TextInput {...common} value={text(props.value)} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => props.onChange(orNothing(event.currentTarget.value))} />;
}

function TextareaWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  return <Textarea {...common} autosize minRows={2} value={text(props.value)} onChange={(event) => props.onChange(orNothing(event.currentTarget.value))} />;
}

function SecretWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  return <PasswordInput {...common} autoComplete="off" value={text(props.value)} onChange={(event) => props.onChange(orNothing(event.currentTarget.value))} />;
}

function UpDownWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  const value = typeof props.value === "number" || typeof props.value === "string" ? props.value : "";
  return <NumberInput {...common} styles={{ wrapper: { width: 140 } }} value={value} allowDecimal={props.schema.type !== "integer"} min={props.schema.minimum} max={props.schema.maximum} clampBehavior="none" onChange={(chosen) => props.onChange(chosen === "" ? undefined : chosen)} />;
}

function CheckboxWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  return <Switch id={common.id} label={common.label} description={common.description} error={common.error} disabled={common.disabled} checked={props.value === true} onChange={(event) => props.onChange(event.currentTarget.checked)} />;
}

function SelectWidget(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const options = props.options.enumOptions ?? [];
  const chosen = options.findIndex(({ value }) => value === props.value);
  return (
    <Select
      {...common}
      withAsterisk={false}
      placeholder={t("create.choosePrompt")}
      data={options.map(({ label }, i) => ({ value: String(i), label }))}
      value={chosen < 0 ? null : String(chosen)}
      allowDeselect={false}
      onChange={(at) => props.onChange(at === null ? undefined : (options[Number(at)]?.value as unknown))}
    />
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function orNothing(value: string): string | undefined {
  return value === "" ? undefined : value;
}

/** widgets are the few that templates need; names are rjsf's. */
export const widgets: RegistryWidgetsType = { TextWidget, TextareaWidget, SecretWidget, PasswordWidget: SecretWidget, UpDownWidget, CheckboxWidget, SelectWidget, RadioWidget: SelectWidget, EntityPicker };
