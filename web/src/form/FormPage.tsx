// The package's index names its own tests' validator, which is not installed here.
import Form from "@rjsf/core/lib/components/Form.js";
import type { ErrorSchema } from "@rjsf/utils";
import { useMemo, useState, type ReactNode } from "react";
import type { Forge } from "./pickers/RepoUrlPicker";
import type { Page, Values } from "./schema";
import { toldIn } from "./shown";
import { templates } from "./templates";
import type { FormValidator } from "./validator";
import { fields, widgets } from "./widgets/registry";

type Props = {
  page: Page;
  /** Whether the page's title stands above it already. */
  titled: boolean;
  values: Values;
  validator: FormValidator;
  forge: Forge | undefined;
  /** What somebody else (the server, the check of the name) has against the values. */
  errors: ErrorSchema;
  /** Whether those errors keep one from going on. */
  blocking: boolean;
  onValues: (values: Values) => void;
  onDone: (values: Values) => void;
  children: ReactNode;
};

/** FormPage is one page of a template's form. */
export function FormPage({ page, titled, values, validator, forge, errors, blocking, onValues, onDone, children }: Props) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const told = useMemo(() => toldIn(errors), [errors]);
  return (
    <Form
      schema={page.schema}
      uiSchema={page.uiSchema}
      validator={validator}
      widgets={widgets}
      fields={fields}
      templates={templates as object}
      formContext={{ sections: page.sections, titled, forge, shown: { tried, touched, told } }}
      formData={values}
      extraErrors={errors}
      extraErrorsBlockSubmit={blocking}
      liveValidate="onBlur"
      showErrorList={false}
      noHtml5Validate
      focusOnFirstError
      onBlur={(id) => setTouched((before) => new Set(before).add(id))}
      onError={() => setTried(true)}
      onChange={({ formData }) => onValues((formData as Values | undefined) ?? {})}
      onSubmit={({ formData }) => onDone((formData as Values | undefined) ?? {})}
    >
      {children}
    </Form>
  );
}
