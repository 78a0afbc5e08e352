import { Button } from "@mantine/core";
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
import { TaskLog } from "../logs/TaskLog";

/** TaskPage is one scaffolder task with its live log. */
export function TaskPage() {
  const { t } = useWords();
  const { id = "" } = useParams();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/tasks/{id}", { params: { path: { id } } })), [id]);
  if (problem && !data) {
    return (
      <>
        <PageHead title={t("task.title")} />
        <Failure problem={problem} again={again} />
      </>
    );
  }
  if (!data) return <PageSkeleton />;
  const app = appOf(data);
  return (
    <>
      <PageHead
        title={app ? `${t("task.title")}: ${app}` : t("task.title")}
        lead={
          <>
            {t("task.started")} <When at={data.createdAt} />
            {data.createdBy && ` ${t("task.by", { who: entityName(data.createdBy) })}`}
          </>
        }
      >
        {app && (
          <Button component={Link} to={`/apps/${app}`}>
            {t("task.toApp")}
          </Button>
        )}
      </PageHead>
      <div className={page.panel}>
        <TaskLog key={id} id={id} />
      </div>
    </>
  );
}

function appOf(task: Task): string | undefined {
  const parameters = task.spec.parameters as Record<string, unknown> | undefined;
  return typeof parameters?.name === "string" ? parameters.name : undefined;
}
