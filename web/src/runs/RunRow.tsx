import { Link } from "react-router";
import type { RunSummary } from "../api/types";
import page from "../components/Page.module.css";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { RunActions } from "./RunActions";
import { RunMark } from "./RunMark";
import { runState, tookOf } from "./runState";
import classes from "./Runs.module.css";

type Props = { app: string; run: RunSummary; may: boolean; again: () => void };

/** RunRow is a run in the list. */
export function RunRow({ app, run, may, again }: Props) {
  const { seconds } = useWords();
  const took = tookOf(run);
  return (
    <tr>
      <td>
        <span className={classes.run}>
          <RunMark run={run} />
          <Link to={`/apps/${app}/runs/${run.id}`} className={classes.name}>
            {run.name} #{run.id}
          </Link>
        </span>
      </td>
      <td className={table.quiet}>{run.event}</td>
      <td className={table.wide}>
        <span className={page.cut} title={run.message}>
          {run.revision && <code className={table.code}>{shortSHA(run.revision)}</code>} {run.message}
        </span>
      </td>
      <td className={table.quiet}>{took === undefined ? "–" : seconds(took)}</td>
      <td className={table.quiet}>{run.startedAt ? <When at={run.startedAt} /> : "–"}</td>
      {may && (
        <td className={table.end}>
          <RunActions app={app} id={run.id} over={runState(run).over} onDone={again} />
        </td>
      )}
    </tr>
  );
}
