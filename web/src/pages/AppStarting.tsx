import { phaseNames, type Delivery } from "../api/types";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { Journey } from "../journey/Journey";
import { TaskLog } from "../logs/TaskLog";
import { useState } from "react";

/** AppStarting is the moment between the form and the first word of the application. */
export function AppStarting({ name, taskId }: { name: string; taskId: string }) {
  const { t } = useWords();
  const [since] = useState(() => ({ at: performance.now(), delivery: beginning(name, taskId) }));
  return (
    <>
      <PageHead title={name} lead={t("app.summary.starting")} />
      <section className={page.section}>
        <Journey delivery={since.delivery} at={since.at} open="create" onOpen={() => undefined} />
        <div id="behind" className={page.panel}>
          <TaskLog id={taskId} />
        </div>
      </section>
    </>
  );
}

function beginning(app: string, taskId: string): Delivery {
  return {
    id: taskId,
    app,
    taskId,
    status: "in_progress",
    startedAt: new Date().toISOString(),
    seconds: 0,
    phases: phaseNames.map((name) => ({ name, status: name === "create" ? "running" : "waiting", seconds: 0, evidence: {} })),
  };
}
