import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link, useParams } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Task } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { PageSkeleton } from "../components/PageSkeleton";
import { When } from "../components/When";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import { LogView } from "../logs/LogView";
import { parseLine } from "../logs/parse";
import { ended } from "../logs/taskState";
import { useTaskEvents } from "../logs/useTaskEvents";
import { Made } from "./Made";
import { OutputView } from "./OutputView";
import { appOf, makesApp, outputOf, templateOf, timedSteps } from "./steps";
import classes from "./Task.module.css";
import { TaskActions } from "./TaskActions";
import { TaskStatus } from "./TaskStatus";
import { TaskSteps } from "./TaskSteps";

/** TaskPage is one scaffolder task: its steps, its log, what came of it. */
export function TaskPage() {
  const { t } = useWords();
  const { id = "" } = useParams();
  const [turn, setTurn] = useState(0);
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/tasks/{id}", { params: { path: { id } } })), [id, turn]);
  if (problem && !data) {
    return (
      <>
        <PageHead title={t("task.title")} />
        <Failure problem={problem} again={again} />
      </>
    );
  }
  if (data?.id !== id) return <PageSkeleton />;
  return <Known key={`${id}-${turn}`} task={data} onRetried={() => setTurn((n) => n + 1)} />;
}

function Known({ task, onRetried }: { task: Task; onRetried: () => void }) {
  const { t } = useWords();
  const events = useTaskEvents(task.id);
  const end = ended(events);
  const status = end ?? (events.length > 0 && task.status === "open" ? "processing" : task.status);
  const lines = useMemo(() => events.flatMap(({ createdAt, body }) => body.message.split("\n").map((text) => ({ ...parseLine(text), time: createdAt }))), [events]);
  const app = appOf(task);
  const template = templateOf(task);
  return (
    <>
      <PageHead
        title={app ?? (template === "" ? t("task.title") : entityName(template))}
        lead={
          <>
            <TaskStatus status={status} /> · {t("task.title")} {template !== "" && t("task.template", { template: entityName(template) })}, {t("task.started")} <When at={task.createdAt} />
            {task.createdBy && ` ${t("task.by", { who: entityName(task.createdBy) })}`}
          </>
        }
      >
        <div className={classes.actions}>
          <TaskActions task={task} status={status} onRetried={onRetried} />
          {app && makesApp(task) && (
            <Button component={Link} to={`/apps/${app}`} variant={status === "completed" ? "filled" : "default"}>
              {t("task.toApp")}
            </Button>
          )}
        </div>
      </PageHead>
      <OutputView output={outputOf(events)} />
      <div className={`${page.section ?? ""} ${page.panel ?? ""}`}>
        <TaskSteps steps={timedSteps(task, events)} />
      </div>
      <Made id={task.id} status={status} />
      <section className={page.section} aria-labelledby="log">
        <h2 id="log">{t("task.log")}</h2>
        <LogView lines={lines} name={`task-${task.id}`} failed={end === "failed"} following={end === undefined} />
      </section>
    </>
  );
}
