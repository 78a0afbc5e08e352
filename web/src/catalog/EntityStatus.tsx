import type { Entity } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./Catalog.module.css";

/** EntityStatus is what is wrong with an entity's source, if anything is. */
export function EntityStatus({ entity }: { entity: Entity }) {
  const { t, saying } = useWords();
  const errors = (entity.status?.items ?? []).filter(({ level }) => level === "error");
  const orphan = entity.metadata.annotations?.["backstage.io/orphan"] === "true";
  if (errors.length === 0 && !orphan) return null;
  return (
    <div className={classes.status} role="alert">
      {orphan && <p>{t("entity.orphan")}</p>}
      {errors.length > 0 && <p>{t("entity.errors")}:</p>}
      {errors.length > 0 && <ul>{errors.map(({ message }, i) => <li key={i}>{saying(message)}</li>)}</ul>}
    </div>
  );
}
