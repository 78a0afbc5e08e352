import { NumberInput, PasswordInput, Slider, Textarea, TextInput, Input } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { asText, orEmpty, useFieldProps, useTextProps } from "../useFieldProps";

/** TextWidget is what rjsf draws numbers with, too. */
export function TextWidget(props: WidgetProps) {
  return props.schema.type === "integer" || props.schema.type === "number" ? <UpDownWidget {...props} /> : <PlainWidget {...props} type={typeOf(props)} />;
}

const types: Readonly<Record<string, string>> = { email: "email", uri: "url", date: "date", "date-time": "datetime-local", time: "time", color: "color" };

function typeOf({ options, schema }: WidgetProps): string {
  return options.inputType ?? types[schema.format ?? ""] ?? "text";
}

function PlainWidget({ type, ...props }: WidgetProps & { type: string }) {
  const common = useTextProps(props);
  return <TextInput {...common} type={type} value={asText(props.value)} autoCapitalize="none" spellCheck={false} onChange={(event) => props.onChange(orEmpty(props, event.currentTarget.value))} />;
}

export const EmailWidget = (props: WidgetProps) => <PlainWidget {...props} type="email" />;
export const URLWidget = (props: WidgetProps) => <PlainWidget {...props} type="url" />;
export const DateWidget = (props: WidgetProps) => <PlainWidget {...props} type="date" />;
export const TimeWidget = (props: WidgetProps) => <PlainWidget {...props} type="time" />;
export const ColorWidget = (props: WidgetProps) => <PlainWidget {...props} type="color" />;

/** DateTimeWidget keeps the moment in UTC, as the format asks, and shows it in local time. */
export function DateTimeWidget(props: WidgetProps) {
  const common = useTextProps(props);
  const moment = Date.parse(asText(props.value));
  const local = Number.isNaN(moment) ? "" : new Date(moment - new Date(moment).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return <TextInput {...common} type="datetime-local" value={local} onChange={(event) => props.onChange(event.currentTarget.value === "" ? undefined : new Date(event.currentTarget.value).toISOString())} />;
}

export function TextareaWidget(props: WidgetProps) {
  const common = useTextProps(props);
  return <Textarea {...common} autosize minRows={props.options.rows ?? 3} maxRows={18} value={asText(props.value)} onChange={(event) => props.onChange(orEmpty(props, event.currentTarget.value))} />;
}

/** SecretWidget shows what is typed only when asked to. */
export function SecretWidget(props: WidgetProps) {
  const common = useTextProps(props);
  return <PasswordInput {...common} autoComplete="new-password" value={asText(props.value)} onChange={(event) => props.onChange(orEmpty(props, event.currentTarget.value))} />;
}

export function UpDownWidget(props: WidgetProps) {
  const common = useFieldProps(props);
  const value = typeof props.value === "number" || typeof props.value === "string" ? props.value : "";
  return (
    <NumberInput
      {...common}
      styles={{ wrapper: { width: 140 } }}
      value={value}
      allowDecimal={props.schema.type !== "integer"}
      step={props.schema.multipleOf ?? 1}
      min={props.schema.minimum}
      max={props.schema.maximum}
      clampBehavior="none"
      onChange={(chosen) => props.onChange(chosen === "" ? undefined : chosen)}
    />
  );
}

/** RangeWidget is a number that one slides, with its value beside it. */
export function RangeWidget(props: WidgetProps) {
  const { id, label, description, error, disabled } = useFieldProps(props);
  const min = props.schema.minimum ?? 0;
  const value = typeof props.value === "number" ? props.value : min;
  return (
    <Input.Wrapper label={`${label}: ${value}`} description={description} error={error} labelElement="div" id={id}>
      <Slider mt="xs" thumbLabel={label} disabled={disabled} value={value} min={min} max={props.schema.maximum ?? 100} step={props.schema.multipleOf ?? 1} label={null} onChange={(chosen) => props.onChange(chosen)} />
    </Input.Wrapper>
  );
}
