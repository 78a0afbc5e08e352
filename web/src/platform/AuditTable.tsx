import type { AuditEntry } from "../api/types";
import page from "../components/Page.module.css";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import classes from "./Platform.module.css";

const columns: readonly Column[] = ["audit.who", "audit.did", "audit.target", "audit.outcome", "audit.from", "audit.when"];

/** AuditTable is entries of the audit trail. */
export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { t } = useWords();
  return (
    <Table columns={columns}>
      {entries.map((entry) => (
        <tr key={entry.id}>
          <td title={entry.actor}>{shortRef(entry.actor)}</td>
          <td className={table.code}>{entry.action}</td>
          <td className={table.wide}>
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
          <td className={table.quiet}>{entry.address}</td>
          <td className={table.quiet}>
            <When at={entry.at} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
