import type { FieldTemplateProps, MultiSchemaFieldTemplateProps, ObjectFieldTemplateProps, TemplatesType } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";
import { AddButton, ArrayFieldItemTemplate, ArrayFieldTemplate, MoveDownButton, MoveUpButton, NoButton, RemoveButton } from "./ArrayTemplates";
import { AdditionalTemplate } from "./AdditionalTemplate";
import classes from "./Form.module.css";
import type { Section } from "./schema";

/** The inputs carry label, description and error themselves; lists and objects carry theirs. */
function FieldTemplate(props: FieldTemplateProps) {
  const { WrapIfAdditionalTemplate } = props.registry.templates;
  if (props.hidden) return <div hidden>{props.children}</div>;
  return (
    <WrapIfAdditionalTemplate {...props}>
      <div data-field={props.fieldPathId.path.join(".")}>{props.children}</div>
    </WrapIfAdditionalTemplate>
  );
}

function ObjectFieldTemplate(props: ObjectFieldTemplateProps) {
  return props.fieldPathId.path.length === 0 ? <PageTemplate {...props} /> : <NestedTemplate {...props} />;
}

function PageTemplate({ properties, registry }: ObjectFieldTemplateProps) {
  const { said } = useWords();
  const { sections = [], titled = false } = registry.formContext as { sections?: readonly Section[]; titled?: boolean };
  const placed = new Set(sections.flatMap((section) => section.properties));
  const others = properties.filter(({ name }) => !placed.has(name)).map(({ name }) => name);
  const last = sections.at(-1);
  // What comes by a condition stands in the last section.
  const all = last && others.length > 0 ? [...sections.slice(0, -1), { ...last, properties: [...last.properties, ...others] }] : sections;
  return (
    <>
      {all.map((section) => (
        <fieldset key={section.title} className={classes.section}>
          <legend className={titled ? "visually-hidden" : undefined}>{said(section.title)}</legend>
          {section.description && <p className={classes.lead}>{said(section.description)}</p>}
          <div className={classes.fields}>{properties.filter(({ name, hidden }) => !hidden && section.properties.includes(name)).map(({ name, content }) => <div key={name}>{content}</div>)}</div>
        </fieldset>
      ))}
    </>
  );
}

function NestedTemplate({ properties, title, description, schema, uiSchema, formData, fieldPathId, registry, disabled, readonly, onAddProperty }: ObjectFieldTemplateProps) {
  const { said } = useWords();
  const open = schema.additionalProperties !== undefined && schema.additionalProperties !== false && (schema.maxProperties === undefined || Object.keys((formData as object | undefined) ?? {}).length < schema.maxProperties);
  return (
    <fieldset className={classes.nested}>
      {title && <legend>{said(title)}</legend>}
      {typeof description === "string" && <p className={classes.lead}>{said(description)}</p>}
      <div className={classes.fields}>{properties.filter(({ hidden }) => !hidden).map(({ name, content }) => <div key={name}>{content}</div>)}</div>
      {open && <AddButton id={`${fieldPathId.$id}-add`} disabled={(disabled ?? false) || (readonly ?? false)} onClick={onAddProperty} registry={registry} uiSchema={uiSchema ?? {}} />}
    </fieldset>
  );
}

/** One of several shapes: which one is chosen above, its fields stand below. */
function MultiSchemaFieldTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div className={classes.fields}>
      {selector}
      {optionSchemaField}
    </div>
  );
}

/** Errors, help and titles stand at the inputs already. */
const Nothing = () => null;

export const templates: Partial<Omit<TemplatesType, "ButtonTemplates">> & { ButtonTemplates: Partial<TemplatesType["ButtonTemplates"]> } = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  MultiSchemaFieldTemplate,
  WrapIfAdditionalTemplate: AdditionalTemplate,
  FieldErrorTemplate: Nothing,
  FieldHelpTemplate: Nothing,
  DescriptionFieldTemplate: Nothing,
  ButtonTemplates: { AddButton, RemoveButton, MoveUpButton, MoveDownButton, CopyButton: NoButton, ClearButton: NoButton },
};
