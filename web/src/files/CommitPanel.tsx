import { Button, TextInput } from "@mantine/core";
import { useMemo, useState, type SyntheticEvent } from "react";
import type { Problem } from "../api/problem";
import { Failure } from "../components/Failure";
import { useWords } from "../i18n/I18n";
import { changesOf } from "./changes";
import { DiffView } from "./DiffView";
import classes from "./Files.module.css";

type Props = {
  path: string;
  before: string;
  after: string;
  /** Whether the file is new, so that it may also be empty. */
  fresh: boolean;
  busy: boolean;
  problem: Problem | undefined;
  onCommit: (message: string) => void;
  onDiscard: () => void;
};

/** CommitPanel is what a change comes to, and the commit that delivers it. */
export function CommitPanel({ path, before, after, fresh, busy, problem, onCommit, onDiscard }: Props) {
  const { t } = useWords();
  const [message, setMessage] = useState(t(fresh ? "files.add" : "files.update", { path }));
  const [empty, setEmpty] = useState(false);
  const changes = useMemo(() => changesOf(before, after), [before, after]);
  const changed = fresh || before !== after;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setEmpty(message.trim() === "");
    if (message.trim() !== "") onCommit(message.trim());
  };
  return (
    <form className={classes.commit} onSubmit={submit}>
      <div className={classes.title}>
        <h3>{t("files.change")}</h3>
        <span className={classes.quiet} role="status">
          {changed ? t("files.lines", { added: changes.added, removed: changes.removed }) : t("files.unchanged")}
        </span>
      </div>
      {changes.lines.length > 0 && <DiffView changes={changes} />}
      <TextInput label={t("files.message")} value={message} maxLength={200} error={empty && t("files.messageEmpty")} onChange={(event) => {
          setMessage(event.currentTarget.value);
          setEmpty(false);
        }} />
      {problem && <Failure problem={problem} />}
      <p className={classes.quiet}>{t("files.commitText")}</p>
      <div className={classes.buttons}>
        <Button type="submit" loading={busy} disabled={!changed}>
          {t("files.commit")}
        </Button>
        <Button variant="default" onClick={onDiscard}>
          {t(changed ? "files.discard" : "files.stop")}
        </Button>
      </div>
    </form>
  );
}
