import type { Task } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./Task.module.css";

/** TaskStatus says how a task stands. */
export function TaskStatus({ status }: { status: Task["status"] }) {
  const { t } = useWords();
  return (
    <span className={classes.status} data-status={status}>
      {t(`taskStatus.${status}`)}
    </span>
  );
}
