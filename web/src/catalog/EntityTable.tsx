import { Link } from "react-router";
import type { Entity } from "../api/types";
import page from "../components/Page.module.css";
import { refOf } from "../form/entityRefs";
import { entityPath, shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import home from "../pages/Home.module.css";
import classes from "./Catalog.module.css";

/** EntityTable is a page of the catalog; each name leads to the entity. */
export function EntityTable({ entities }: { entities: readonly Entity[] }) {
  const { t } = useWords();
  return (
    <div className={page.tableWrap}>
      <table className={`${page.table ?? ""} ${home.table ?? ""}`}>
        <thead>
          <tr>
            <th scope="col">{t("catalog.name")}</th>
            <th scope="col">{t("catalog.kind")}</th>
            <th scope="col">{t("catalog.type")}</th>
            <th scope="col">{t("catalog.owner")}</th>
            <th scope="col">{t("catalog.description")}</th>
          </tr>
        </thead>
        <tbody>
          {entities.map((entity) => (
            <EntityRow key={refOf(entity)} entity={entity} />
          ))}
        </tbody>
      </table>
    </div>
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
        <Link to={entityPath(refOf(entity))} className={home.name} title={name}>
          {said(title ?? name)}
        </Link>
        {broken && <span className={classes.broken}>{t("entity.errors")}</span>}
      </td>
      <td>{entity.kind}</td>
      <td className={home.quiet}>{text(entity.spec?.type)}</td>
      <td className={home.quiet}>{owner !== "" && <Link className={classes.quietLink} to={entityPath(owner.includes(":") ? owner : `group:${owner}`)}>{shortRef(owner)}</Link>}</td>
      <td className={page.wide}>
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
