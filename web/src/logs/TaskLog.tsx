import { useMemo } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { useWords } from "../i18n/I18n";
import behind from "../journey/Behind.module.css";
import { StepMark } from "../journey/RunSteps";
import { LogView } from "./LogView";
import { parseLine } from "./parse";
import { ended, stepsOf } from "./taskState";
import { useTaskEvents } from "./useTaskEvents";

/** TaskLog is a scaffolder task as it happens: steps with states, and the log. */
export function TaskLog({ id }: { id: string }) {
  const { t, said } = useWords();
  const events = useTaskEvents(id);
  const end = ended(events);
  const task = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/tasks/{id}", { params: { path: { id } } })), [id, end]);
  const lines = useMemo(
    () => events.flatMap(({ createdAt, body }) => body.message.split("\n").map((text) => ({ ...parseLine(text), time: createdAt }))),
    [events],
  );
  if (task.problem && !task.data) {
    return <Failure problem={task.problem} again={task.again} />;
  }
  return (
    <>
      <ol className={behind.steps} aria-label={t("task.steps")}>
        {stepsOf(task.data, events).map((step) => (
          <li key={step.id}>
            <StepMark status={step.status} label={t(`phaseStatus.${step.status}`)} />
            <span>{said(step.name)}</span>
          </li>
        ))}
      </ol>
      <LogView lines={lines} name={`task-${id}`} failed={end === "failed"} following={end === undefined} />
    </>
  );
}
