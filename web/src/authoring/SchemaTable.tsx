import { Table, type Column } from "../components/Table";
import { isNode } from "../form/extract";
import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";

const columns: readonly Column[] = ["actions.name", "actions.type", "actions.what"];

/** SchemaTable is the members of an action's input or output. */
export function SchemaTable({ title, schema }: { title: string; schema: unknown }) {
  const { t } = useWords();
  const properties = isNode(schema) && isNode(schema.properties) ? Object.entries(schema.properties) : [];
  if (properties.length === 0) return null;
  const required: unknown[] = isNode(schema) && Array.isArray(schema.required) ? schema.required : [];
  return (
    <>
      <h3>{title}</h3>
      <Table columns={columns} label={title} narrow>
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
      </Table>
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
