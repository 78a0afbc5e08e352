import { maintains } from "../api/access";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { useEntry } from "../application/useEntry";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { Table, type Column } from "../components/Table";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { RunRow } from "./RunRow";

const columns: readonly Column[] = ["runs.run", "runs.event", "runs.commit", "runs.took", "runs.when"];
const actions: Column = { words: "runs.actions", end: true };

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
      <Table columns={may ? [...columns, actions] : columns}>
        {data.runs.map((run) => (
          <RunRow key={run.id} app={app.name} run={run} may={may} again={again} />
        ))}
      </Table>
    </section>
  );
}
