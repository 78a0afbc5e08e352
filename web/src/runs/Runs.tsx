import { maintains } from "../api/access";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { useEntry } from "../application/useEntry";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import table from "../components/Table.module.css";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { RunRow } from "./RunRow";

const columns: readonly Key[] = ["runs.run", "runs.event", "runs.commit", "runs.took", "runs.when", "runs.actions"];

/** Runs is the workflow runs of the application's repository, read again at each word of it. */
export default function Runs() {
  const { t } = useWords();
  const { app, at } = useEntry();
  const may = maintains(app, useMe());
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/runs", { params: { path: { name: app.name } } })), [app.name, at]);
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={6} />;
  if (data.runs.length === 0) return <Empty title={t("runs.empty")} text={t("runs.emptyText")} />;
  return (
    <section className={page.section} aria-labelledby="runs">
      <h2 id="runs">{t("runs.lead")}</h2>
      {problem && <Failure problem={problem} again={again} />}
      <div className={table.wrap}>
        <table className={`${page.table ?? ""} ${table.cards ?? ""}`}>
          <thead>
            <tr>
              {columns
                .filter((column) => may || column !== "runs.actions")
                .map((column) => (
                  <th key={column} scope="col" className={column === "runs.actions" ? table.end : undefined}>
                    {t(column)}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {data.runs.map((run) => (
              <RunRow key={run.id} app={app.name} run={run} may={may} again={again} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
