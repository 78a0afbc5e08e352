import type { App } from "../api/types";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "./ReadOnly.module.css";

/** ReadOnly says to who may only look whom to ask. */
export function ReadOnly({ app }: { app: App }) {
  const { t } = useWords();
  const owner = app.owner ?? app.createdBy;
  return <p className={classes.note}>{t("app.readOnly", { owner: owner ? entityName(owner) : "–" })}</p>;
}
