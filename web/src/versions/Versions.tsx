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
import { Table, type Column } from "../components/Table";
import { ReadOnly } from "../application/ReadOnly";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { RollbackDialog } from "./RollbackDialog";
import { VersionRow } from "./VersionRow";

const columns: readonly Column[] = ["versions.revision", "versions.change", "versions.author", "versions.liveAt", "versions.took", { words: "versions.action", end: true }];

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
      <Table columns={columns}>
        {data.versions.map((version) => (
          <VersionRow key={version.deliveryId} app={app.name} version={version} may={may} onRollback={() => setChosen(version)} />
        ))}
      </Table>
      {chosen && <RollbackDialog app={app} version={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}
