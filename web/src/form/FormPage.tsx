// The package's index names its own tests' validator, which is not installed here.
import Form from "@rjsf/core/lib/components/Form.js";
import type { ErrorSchema } from "@rjsf/utils";
import type { ReactNode } from "react";
import type { Forge } from "./pickers/RepoUrlPicker";
import type { Page, Values } from "./schema";
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

/** Faults stand at their fields; the console need not have them too. */
const ignored = () => undefined;

/** FormPage is one page of a template's form. */
export function FormPage({ page, titled, values, validator, forge, errors, blocking, onValues, onDone, children }: Props) {
  return (
    <Form
      schema={page.schema}
      uiSchema={page.uiSchema}
      validator={validator}
      widgets={widgets}
      fields={fields}
      templates={templates as object}
      formContext={{ sections: page.sections, titled, forge }}
      formData={values}
      extraErrors={errors}
      extraErrorsBlockSubmit={blocking}
      liveValidate="onBlur"
      showErrorList={false}
      noHtml5Validate
      focusOnFirstError
      onError={ignored}
      onChange={({ formData }) => onValues((formData as Values | undefined) ?? {})}
      onSubmit={({ formData }) => onDone((formData as Values | undefined) ?? {})}
    >
      {children}
    </Form>
  );
}
