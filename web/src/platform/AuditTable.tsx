import type { AuditEntry } from "../api/types";
import page from "../components/Page.module.css";
import { When } from "../components/When";
import { shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import home from "../pages/Home.module.css";
import classes from "./Platform.module.css";

/** AuditTable is entries of the audit trail. */
export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { t } = useWords();
  return (
    <div className={page.tableWrap}>
      <table className={`${page.table ?? ""} ${home.table ?? ""}`}>
        <thead>
          <tr>
            <th scope="col">{t("audit.who")}</th>
            <th scope="col">{t("audit.did")}</th>
            <th scope="col">{t("audit.target")}</th>
            <th scope="col">{t("audit.outcome")}</th>
            <th scope="col">{t("audit.from")}</th>
            <th scope="col">{t("audit.when")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td title={entry.actor}>{shortRef(entry.actor)}</td>
              <td className={home.code}>{entry.action}</td>
              <td className={page.wide}>
                <span className={page.cut} title={[entry.target, entry.detail].filter(Boolean).join(": ")}>
                  {entry.target}
                </span>
              </td>
              <td>
                <span className={entry.outcome === "done" ? undefined : classes[entry.outcome]} title={entry.detail}>
                  {t(`audit.${entry.outcome}`)}
                  {entry.outcome !== "done" && entry.status !== undefined && ` (${entry.status})`}
                </span>
              </td>
              <td className={home.quiet}>{entry.address}</td>
              <td className={home.quiet}>
                <When at={entry.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
