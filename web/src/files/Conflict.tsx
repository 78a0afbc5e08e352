import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useWords } from "../i18n/I18n";
import { changesOf } from "./changes";
import { DiffView } from "./DiffView";
import classes from "./Files.module.css";

type Props = {
  /** What one began with, and what is there now; undefined when it was deleted. */
  before: string;
  now: string | undefined;
  onReload: () => void;
  onKeep: () => void;
};

/** Conflict shows what somebody else changed meanwhile; nothing is written over unseen. */
export function Conflict({ before, now, onReload, onKeep }: Props) {
  const { t } = useWords();
  const changes = useMemo(() => changesOf(before, now ?? ""), [before, now]);
  return (
    <section className={`${classes.commit ?? ""} ${classes.conflict ?? ""}`} role="alert" aria-labelledby="conflict">
      <h3 id="conflict">{t("files.conflict")}</h3>
      <p>{t(now === undefined ? "files.conflictGone" : "files.conflictText")}</p>
      {now !== undefined && <DiffView changes={changes} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onReload}>
          {t("files.reload")}
        </Button>
        <Button variant="default" onClick={onKeep}>
          {t("files.keep")}
        </Button>
      </div>
    </section>
  );
}
