import { Checkbox, Group, MultiSelect, Radio, Select, Stack, Switch } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useWords } from "../../i18n/I18n";
import { useFieldProps } from "../useFieldProps";

type Option = { value: string; label: string; disabled: boolean };

/** CheckboxWidget is a yes or a no. */
export function CheckboxWidget(props: WidgetProps) {
  const { id, label, description, error, disabled, readOnly } = useFieldProps(props);
  return <Switch id={id} label={label} description={description} error={error} disabled={disabled || readOnly} checked={props.value === true} onChange={(event) => props.onChange(event.currentTarget.checked)} />;
}

/** SelectWidget chooses one, or several where the value is a list. */
export function SelectWidget(props: WidgetProps) {
  return props.multiple ? <SeveralOfMany {...props} /> : <OneOfMany {...props} />;
}

function OneOfMany(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const { data, chosen, valueAt } = useOptions(props);
  return <Select {...common} searchable={data.length > 8} placeholder={t("create.choosePrompt")} data={data} value={chosen[0] ?? null} allowDeselect={!props.required} onChange={(at) => props.onChange(at === null ? undefined : valueAt(at))} />;
}

function SeveralOfMany(props: WidgetProps) {
  const { t } = useWords();
  const common = useFieldProps(props);
  const { data, chosen, valueAt } = useOptions(props);
  return <MultiSelect {...common} searchable={data.length > 8} placeholder={chosen.length === 0 ? t("form.chooseSome") : undefined} data={data} value={chosen} onChange={(at) => props.onChange(at.map(valueAt))} />;
}

/** RadioWidget shows the choices side by side, where there are few. */
export function RadioWidget(props: WidgetProps) {
  const { name, label, description, error, disabled, readOnly } = useFieldProps(props);
  const { data, chosen, valueAt } = useOptions(props);
  const Direction = props.options.inline ? Group : Stack;
  return (
    <Radio.Group name={name} label={label} description={description} error={error} value={chosen[0] ?? null} onChange={(at) => props.onChange(valueAt(at))}>
      <Direction gap="xs" mt="xs">
        {data.map((option) => (
          <Radio key={option.value} value={option.value} label={option.label} disabled={disabled || readOnly || option.disabled} />
        ))}
      </Direction>
    </Radio.Group>
  );
}

/** CheckboxesWidget shows all of several choices. */
export function CheckboxesWidget(props: WidgetProps) {
  const { label, description, error, disabled, readOnly } = useFieldProps(props);
  const { data, chosen, valueAt } = useOptions(props);
  const Direction = props.options.inline ? Group : Stack;
  return (
    <Checkbox.Group label={label} description={description} error={error} value={chosen} onChange={(at) => props.onChange(at.map(valueAt))}>
      <Direction gap="xs" mt="xs">
        {data.map((option) => (
          <Checkbox key={option.value} value={option.value} label={option.label} disabled={disabled || readOnly || option.disabled} />
        ))}
      </Direction>
    </Checkbox.Group>
  );
}

/** Values may be of any type; the inputs know them by their place. */
function useOptions({ options, value, multiple, schema }: WidgetProps) {
  const { said } = useWords();
  const all = options.enumOptions ?? [];
  const barred: unknown[] = Array.isArray(options.enumDisabled) ? options.enumDisabled : [];
  const data: Option[] = all.map((option, at) => ({ value: String(at), label: said(option.label), disabled: barred.includes(option.value) }));
  const wanted: unknown[] = (multiple ?? schema.type === "array") && Array.isArray(value) ? (value as unknown[]) : [value];
  const chosen = all.flatMap((option, at) => (wanted.some((each) => same(each, option.value)) ? [String(at)] : []));
  const valueAt = (at: string): unknown => all[Number(at)]?.value as unknown;
  return { data, chosen, valueAt };
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && a !== null && JSON.stringify(a) === JSON.stringify(b));
}
