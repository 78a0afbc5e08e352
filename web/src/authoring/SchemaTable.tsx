import page from "../components/Page.module.css";
import { isNode } from "../form/extract";
import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";

/** SchemaTable is the members of an action's input or output. */
export function SchemaTable({ title, schema }: { title: string; schema: unknown }) {
  const { t } = useWords();
  const properties = isNode(schema) && isNode(schema.properties) ? Object.entries(schema.properties) : [];
  if (properties.length === 0) return null;
  const required: unknown[] = isNode(schema) && Array.isArray(schema.required) ? schema.required : [];
  return (
    <>
      <h3>{title}</h3>
      <div className={page.tableWrap} tabIndex={0} role="region" aria-label={title}>
        <table className={page.table}>
          <thead>
            <tr>
              <th scope="col">{t("actions.name")}</th>
              <th scope="col">{t("actions.type")}</th>
              <th scope="col">{t("actions.what")}</th>
            </tr>
          </thead>
          <tbody>
            {properties.map(([name, property]) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                  {required.includes(name) && <span className={classes.quiet}> {t("actions.required")}</span>}
                </td>
                <td className={classes.quiet}>{typeOf(property)}</td>
                <td>{isNode(property) && [property.title, property.description].filter((part) => typeof part === "string").join(". ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function typeOf(property: unknown): string {
  if (!isNode(property)) return "";
  if (Array.isArray(property.enum)) return property.enum.map(String).join(" | ");
  const type = Array.isArray(property.type) ? property.type.join(" | ") : property.type;
  if (type === "array" && isNode(property.items) && typeof property.items.type === "string") return `${property.items.type}[]`;
  return typeof type === "string" ? type : "";
}
