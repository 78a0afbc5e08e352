import { TextInput } from "@mantine/core";
import { ADDITIONAL_PROPERTY_FLAG, type WrapIfAdditionalTemplateProps } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";
import { RemoveButton } from "./ArrayTemplates";
import classes from "./Form.module.css";

/** AdditionalTemplate is a property whose name, too, is up to who fills in the form. */
export function AdditionalTemplate({ id, label, schema, children, disabled, readonly, registry, onKeyRenameBlur, onRemoveProperty }: WrapIfAdditionalTemplateProps) {
  const { t } = useWords();
  if (!(ADDITIONAL_PROPERTY_FLAG in schema)) return <>{children}</>;
  const fixed = disabled || readonly;
  return (
    <div className={classes.pair}>
      <TextInput key={label} id={`${id}-key`} label={t("form.key")} defaultValue={label} disabled={fixed} onBlur={onKeyRenameBlur} />
      {children}
      <RemoveButton id={`${id}-remove`} registry={registry} disabled={fixed} onClick={onRemoveProperty} />
    </div>
  );
}
