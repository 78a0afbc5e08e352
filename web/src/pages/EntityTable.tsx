import { Link } from "react-router";
import type { Entity } from "../api/types";
import page from "../components/Page.module.css";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import classes from "./Home.module.css";

/** EntityTable is the catalog's entities; what can be opened here is a link. */
export function EntityTable({ entities }: { entities: readonly Entity[] }) {
  const { t } = useWords();
  return (
    <div className={page.tableWrap}>
      <table className={`${page.table ?? ""} ${classes.table ?? ""}`}>
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
            <EntityRow key={`${entity.kind}:${entity.metadata.namespace ?? "default"}/${entity.metadata.name}`} entity={entity} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EntityRow({ entity }: { entity: Entity }) {
  const { said } = useWords();
  const { apps } = useLive();
  const { name, title, description } = entity.metadata;
  const to = entity.kind === "Component" && apps[name] ? `/apps/${name}` : entity.kind === "Template" ? `/create/${name}` : undefined;
  const shown = said(title ?? name);
  return (
    <tr>
      <td>
        {to ? (
          <Link to={to} className={classes.name} title={name}>
            {shown}
          </Link>
        ) : (
          <span className={classes.name} title={name}>
            {shown}
          </span>
        )}
      </td>
      <td>{entity.kind}</td>
      <td className={classes.quiet}>{text(entity.spec?.type)}</td>
      <td className={classes.quiet}>{entityName(text(entity.spec?.owner))}</td>
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
