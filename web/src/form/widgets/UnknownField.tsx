import { Textarea, TextInput } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { useState } from "react";
import { useWords } from "../../i18n/I18n";
import { faultShown } from "../shown";

/** UnknownField stands where a template asks for a field that is not known here: it says so, and takes the bare value. */
export function UnknownField({ name, schema, uiSchema, formData, required, rawErrors, disabled, readonly, fieldPathId, registry, onChange }: FieldProps) {
  const { t, said } = useWords();
  const plain = schema.type === "string" || schema.type === undefined;
  const [text, setText] = useState(() => (formData === undefined ? "" : plain ? String(formData) : JSON.stringify(formData, null, 2)));
  const [broken, setBroken] = useState(false);
  const label = said(schema.title ?? name);
  const change = (typed: string) => {
    setText(typed);
    const [ok, value] = plain ? [true, typed === "" ? undefined : typed] : parsed(typed);
    setBroken(!ok);
    if (ok) onChange(value, fieldPathId.path);
  };
  const common = {
    id: fieldPathId.$id,
    label,
    required: required ?? false,
    withAsterisk: false,
    description: [schema.description && said(schema.description), t(plain ? "form.unknownField" : "form.unknownFieldJson", { field: String(uiSchema?.["ui:picker"] ?? "") })].filter(Boolean).join(" "),
    error: broken ? t("form.notJson") : faultShown(registry.formContext, fieldPathId.$id, rawErrors),
    disabled: disabled ?? false,
    readOnly: readonly ?? false,
    value: text,
  };
  return plain ? <TextInput {...common} onChange={(event) => change(event.currentTarget.value)} /> : <Textarea {...common} autosize minRows={3} onChange={(event) => change(event.currentTarget.value)} />;
}

function parsed(text: string): [boolean, unknown] {
  if (text.trim() === "") return [true, undefined];
  try {
    return [true, JSON.parse(text)];
  } catch {
    return [false, undefined];
  }
}
