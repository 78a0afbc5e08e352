import { useState } from "react";
import { maintains } from "../api/access";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Version } from "../api/types";
import { useFetched } from "../api/useFetched";
import { useEntry } from "../application/useEntry";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import table from "../components/Table.module.css";
import { ReadOnly } from "../application/ReadOnly";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { RollbackDialog } from "./RollbackDialog";
import { VersionRow } from "./VersionRow";

const columns: readonly Key[] = ["versions.revision", "versions.change", "versions.author", "versions.liveAt", "versions.took", "versions.action"];

/** Versions is what was live, and the way back to it. */
export default function Versions() {
  const { t } = useWords();
  const { app } = useEntry();
  const may = maintains(app, useMe());
  const [chosen, setChosen] = useState<Version>();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/versions", { params: { path: { name: app.name } } })), [app.name, app.liveRevision, app.delivery?.id, app.delivery?.status]);
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={6} />;
  if (data.versions.length === 0) return <Empty title={t("versions.empty")} text={t("versions.emptyText")} />;
  return (
    <section className={page.section} aria-labelledby="versions">
      <h2 id="versions">{t("versions.lead")}</h2>
      {!may && <ReadOnly app={app} />}
      {problem && <Failure problem={problem} again={again} />}
      <div className={table.wrap}>
        <table className={`${page.table ?? ""} ${table.cards ?? ""}`}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={column === "versions.action" ? table.end : undefined}>
                  {t(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.versions.map((version) => (
              <VersionRow key={version.deliveryId} app={app.name} version={version} may={may} onRollback={() => setChosen(version)} />
            ))}
          </tbody>
        </table>
      </div>
      {chosen && <RollbackDialog app={app} version={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}
