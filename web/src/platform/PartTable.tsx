import type { PhaseStatus, Platform } from "../api/types";
import page from "../components/Page.module.css";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";
import { Station } from "../journey/Station";
import classes from "./Platform.module.css";

const columns: readonly Column[] = ["platform.part", "platform.state", "platform.since"];

type Part = Platform["parts"][number];

const shapes: Record<Part["status"], PhaseStatus> = { starting: "running", ready: "done", failed: "failed" };

/** PartTable is the platform's parts, those that are not ready first; folded while all are ready. */
export function PartTable({ parts }: { parts: readonly Part[] }) {
  const { t, saying } = useWords();
  const missing = parts.filter(({ status }) => status !== "ready").length;
  const sorted = [...parts].sort((a, b) => Number(a.status === "ready") - Number(b.status === "ready"));
  return (
    <details className={classes.parts} open={missing > 0}>
      <summary>{missing === 0 ? t("platform.allReady", { count: parts.length }) : t("platform.someNot", { count: missing, total: parts.length })}</summary>
      <Table columns={columns} narrow>
        {sorted.map((part) => (
          <tr key={part.name}>
            <td>{part.name}</td>
            <td>
              <svg className={page.inline} width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
                <Station x={9} y={9} r={5} status={shapes[part.status]} />
              </svg>{" "}
              {t(`part.${part.status}`)}
              {part.reason && <span className={table.sub}> {saying(part.reason)}</span>}
            </td>
            <td className={table.quiet}>{part.since ? <When at={part.since} /> : "–"}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
