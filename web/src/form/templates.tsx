import type { FieldTemplateProps, ObjectFieldTemplateProps, TemplatesType } from "@rjsf/utils";
import { useWords } from "../i18n/I18n";
import classes from "../pages/Create.module.css";
import type { Section } from "./schema";

/** The inputs carry label, description and error themselves. */
function FieldTemplate({ children, hidden }: FieldTemplateProps) {
  return <div hidden={hidden ?? false}>{children}</div>;
}

function ObjectFieldTemplate({ properties, registry, fieldPathId, title }: ObjectFieldTemplateProps) {
  const { said } = useWords();
  const context = registry.formContext as { sections?: readonly Section[] };
  const root = fieldPathId.path.length === 0;
  const sections = root && context.sections ? context.sections : [{ title: title, properties: properties.map(({ name }) => name) }];
  const placed = new Set(sections.flatMap((section) => section.properties));
  const others = properties.filter(({ name }) => !placed.has(name)).map(({ name }) => name);
  const all = others.length > 0 ? [...sections.slice(0, -1), withMore(sections.at(-1), others)] : sections;
  return (
    <>
      {all.map((section) => (
        <fieldset key={section.title} className={classes.section}>
          <legend>{said(section.title)}</legend>
          <div className={classes.fields}>{properties.filter(({ name }) => section.properties.includes(name)).map(({ name, content }) => <div key={name}>{content}</div>)}</div>
        </fieldset>
      ))}
    </>
  );
}

/** Fields that come by a dependency stand in the last section. */
function withMore(section: Section | undefined, names: readonly string[]): Section {
  return { title: section?.title ?? "", properties: [...(section?.properties ?? []), ...names] };
}

export const templates: Partial<TemplatesType> = { FieldTemplate, ObjectFieldTemplate };
