import type { Delivery } from "../api/types";
import table from "../components/Table.module.css";
import { useWords } from "../i18n/I18n";

/** Begun names what began a delivery where its commit does not say it: nobody pushed one. */
export function Begun({ delivery }: { delivery: Delivery }) {
  const { t } = useWords();
  const kind = delivery.startedBy?.kind;
  return kind === "self-heal" || kind === "dispatch" ? <span className={table.sub}>{t(`app.begun.${kind}`)}</span> : null;
}
