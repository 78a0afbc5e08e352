import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { ResourceList } from "../api/types";
import { useFetched } from "../api/useFetched";
import { useEntry } from "../application/useEntry";
import { CopyText } from "../components/CopyText";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { useMetrics } from "../metrics/useMetrics";
import { ResourceTable } from "./ResourceTable";
import classes from "./Resources.module.css";
import { StateMark } from "./StateMark";
import { treeOf } from "./tree";

/**
 * Resources is what the application has in the cluster. It is read again when
 * the application's deliveries move and when its pods come, go or change.
 */
export default function Resources() {
  const { t } = useWords();
  const { app, at } = useEntry();
  const pods = useMetrics(app.name).samples.at(-1)?.pods.map(({ name, ready, restarts }) => `${name} ${String(ready)} ${restarts}`).sort().join();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/resources", { params: { path: { name: app.name } } })), [app.name, at, pods]);
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={8} />;
  if (!data.application && data.resources.length === 0) return <Empty title={t("resources.empty")} text={t("resources.emptyText")} />;
  return (
    <section className={page.section} aria-labelledby="resources">
      <h2 id="resources">{t("resources.lead")}</h2>
      {problem && <Failure problem={problem} again={again} />}
      {data.application && <Application application={data.application} />}
      {data.resources.length > 0 && <ResourceTable app={app.name} nodes={treeOf(data.resources)} />}
    </section>
  );
}

function Application({ application }: { application: NonNullable<ResourceList["application"]> }) {
  const { t, saying } = useWords();
  return (
    <div className={classes.application}>
      <p>
        <span className={classes.kind}>{t("resources.application")}</span> <strong>{application.name}</strong>
      </p>
      <StateMark state={application.sync} />
      <StateMark state={application.health} />
      {application.revision && <CopyText text={application.revision} shown={shortSHA(application.revision)} what={t("app.revision")} />}
      {application.message && <p className={classes.said}>{saying(application.message)}</p>}
    </div>
  );
}
