import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Task } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { When } from "../components/When";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { appOf, templateOf } from "./steps";
import classes from "./Task.module.css";
import { TaskStatus } from "./TaskStatus";

const columns: readonly Column[] = ["tasks.what", "tasks.status", "tasks.template", "tasks.by", "tasks.when"];

const step = 50;

/** TasksPage is the tasks, one's own or everybody's; those that left something behind are marked. */
export function TasksPage() {
  const { t } = useWords();
  const me = useMe();
  const [whose, setWhose] = useState("mine");
  const [limit, setLimit] = useState(step);
  const by = whose === "mine" ? { createdBy: me.ref } : {};
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/tasks", { params: { query: { ...by, limit } } })), [whose, limit]);
  const leftovers = useFetched(() => unwrap(api.GET("/api/pronto/v1/leftovers")), []);
  const left = new Set((leftovers.data?.tasks ?? []).map(({ id }) => id));
  return (
    <>
      <PageHead title={t("tasks.title")} lead={t("tasks.lead")}>
        <SegmentedControl aria-label={t("tasks.whose")} data={[{ value: "mine", label: t("tasks.mine") }, { value: "all", label: t("tasks.all") }]} value={whose} onChange={setWhose} />
      </PageHead>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={8} />}
      {data?.tasks.length === 0 && (
        <Empty title={t("tasks.none")} text={t("tasks.noneText")}>
          <Button component={Link} to="/create">
            {t("create.title")}
          </Button>
        </Empty>
      )}
      {data && data.tasks.length > 0 && <TaskTable tasks={data.tasks} left={left} />}
      {data && data.totalTasks > data.tasks.length && (
        <Button variant="default" mt="md" onClick={() => setLimit(limit + step)}>
          {t("tasks.more")}
        </Button>
      )}
    </>
  );
}

function TaskTable({ tasks, left }: { tasks: readonly Task[]; left: ReadonlySet<string> }) {
  const { t } = useWords();
  return (
    <Table columns={columns}>
      {tasks.map((task) => (
        <tr key={task.id}>
          <td>
            <Link to={`/tasks/${task.id}`} className={table.name} title={appOf(task) ?? task.id}>
              {appOf(task) ?? task.id}
            </Link>
          </td>
          <td>
            <TaskStatus status={task.status} />
            {left.has(task.id) && <span className={classes.left}>{t("tasks.left")}</span>}
          </td>
          <td className={table.quiet}>{entityName(templateOf(task))}</td>
          <td className={table.quiet}>{entityName(task.createdBy ?? "")}</td>
          <td className={table.quiet}>
            <When at={task.createdAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
