import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { maintains } from "../api/access";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { useEntry } from "../application/useEntry";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { RunSteps } from "../journey/RunSteps";
import { LogView } from "../logs/LogView";
import { parseLog } from "../logs/parse";
import { useMe } from "../shell/MeContext";
import { RunActions } from "./RunActions";
import { RunMark } from "./RunMark";
import { runState } from "./runState";
import classes from "./Runs.module.css";

/** RunPage is one workflow run: its jobs, their steps, and its log. */
export default function RunPage() {
  const { t } = useWords();
  const { app, at } = useEntry();
  const may = maintains(app, useMe());
  const id = Number(useParams().id);
  const params = { params: { path: { name: app.name, id } } };
  const run = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/runs/{id}", params)), [app.name, id, at]);
  const log = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/runs/{id}/log", { ...params, parseAs: "text" })), [app.name, id, at]);
  const lines = useMemo(() => parseLog(log.data ?? ""), [log.data]);
  const again = () => {
    run.again();
    log.again();
  };
  const state = run.data && runState(run.data);
  return (
    <section className={page.section} aria-labelledby="run">
      <Link to={`/apps/${app.name}/runs`} className={classes.back}>
        {t("runs.all")}
      </Link>
      {run.problem && !run.data && <Failure problem={run.problem} again={again} />}
      {!run.data && !run.problem && <RowsSkeleton rows={6} />}
      {run.data && state && (
        <>
          <header className={classes.head}>
            <h2 id="run">
              {run.data.name} #{id}
            </h2>
            <RunMark run={run.data} />
            {may && <RunActions app={app.name} id={id} over={state.over} onDone={again} />}
          </header>
          <div className={classes.parts}>
            <div className={page.panel}>
              <RunSteps run={run.data} />
            </div>
            {log.data === undefined ? log.problem && <Failure problem={log.problem} again={log.again} /> : <LogView lines={lines} name={`${app.name}-run-${id}`} failed={state.shape === "failed"} following={!state.over} />}
          </div>
        </>
      )}
    </section>
  );
}
