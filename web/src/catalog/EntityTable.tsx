import { Link } from "react-router";
import type { Entity } from "../api/types";
import page from "../components/Page.module.css";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { refOf } from "../form/entityRefs";
import { entityPath, shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import classes from "./Catalog.module.css";

const columns: readonly Column[] = ["catalog.name", "catalog.kind", "catalog.type", "catalog.owner", "catalog.description"];

/** EntityTable is a page of the catalog; each name leads to the entity. */
export function EntityTable({ entities }: { entities: readonly Entity[] }) {
  return (
    <Table columns={columns}>
      {entities.map((entity) => (
        <EntityRow key={refOf(entity)} entity={entity} />
      ))}
    </Table>
  );
}

function EntityRow({ entity }: { entity: Entity }) {
  const { t, said } = useWords();
  const { name, title, description } = entity.metadata;
  const owner = entity.relations?.find(({ type }) => type === "ownedBy")?.targetRef ?? text(entity.spec?.owner);
  const broken = (entity.status?.items ?? []).some(({ level }) => level === "error");
  return (
    <tr>
      <td>
        <Link to={entityPath(refOf(entity))} className={table.name} title={name}>
          {said(title ?? name)}
        </Link>
        {broken && <span className={classes.broken}>{t("entity.errors")}</span>}
      </td>
      <td>{entity.kind}</td>
      <td className={table.quiet}>{text(entity.spec?.type)}</td>
      <td className={table.quiet}>{owner !== "" && <Link className={classes.quietLink} to={entityPath(owner.includes(":") ? owner : `group:${owner}`)}>{shortRef(owner)}</Link>}</td>
      <td className={table.wide}>
        <span className={page.cut} title={description}>
          {description && said(description)}
        </span>
      </td>
    </tr>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
