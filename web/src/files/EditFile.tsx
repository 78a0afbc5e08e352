import { lazy, Suspense, useState } from "react";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { CommitPanel } from "./CommitPanel";
import { Conflict } from "./Conflict";
import classes from "./Files.module.css";
import { LeaveGuard } from "./LeaveGuard";
import { useCommit, type Base } from "./useCommit";

const Editor = lazy(() => import("./Editor"));

type Props = { app: string; path: string; base: Base; find?: string | undefined; onLeave: () => void };

/** EditFile changes a file, or writes a new one, until it is committed or dropped. */
export function EditFile({ app, path, base: first, find, onLeave }: Props) {
  const { t } = useWords();
  const [base, setBase] = useState(first);
  const [text, setText] = useState(first.content);
  const [turn, setTurn] = useState(0);
  const { commit, busy, problem, clash, settle, done } = useCommit(app, path);
  const fresh = base.sha === undefined;

  const restart = (from: Base) => {
    settle();
    setBase(from);
    setText(from.content);
    setTurn(turn + 1);
  };
  const keep = () => {
    settle();
    setBase({ content: clash?.content ?? "", ...(clash?.sha ? { sha: clash.sha } : {}) });
  };
  return (
    <>
      <article className={classes.pane}>
        <header className={classes.head}>
          <h2 title={path}>{path}</h2>
        </header>
        <Suspense fallback={<RowsSkeleton rows={9} />}>
          <Editor key={turn} path={path} text={text} editing label={t("files.editor", { path })} find={find} onChange={setText} />
        </Suspense>
        <p className={classes.keys}>{t("files.keys")}</p>
      </article>
      {clash ? (
        <Conflict before={base.content} now={clash.content} onReload={() => (clash.sha ? restart({ content: clash.content ?? "", sha: clash.sha }) : onLeave())} onKeep={keep} />
      ) : (
        <CommitPanel path={path} before={base.content} after={text} fresh={fresh} busy={busy} problem={problem} onCommit={(message) => void commit(base, text, message)} onDiscard={onLeave} />
      )}
      <LeaveGuard path={path} dirty={text !== base.content} done={done} />
    </>
  );
}
