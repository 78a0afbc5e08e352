import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import { Failure } from "../components/Failure";
import { useWords } from "../i18n/I18n";
import classes from "./Runs.module.css";

type Props = { app: string; id: number; over: boolean; onDone: () => void };

/** RunActions runs one that has ended again, or stops one that has not. */
export function RunActions({ app, id, over, onDone }: Props) {
  const { t } = useWords();
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState<"again" | "cancel">();
  const ask = async () => {
    const params = { params: { path: { name: app, id } } };
    setProblem(undefined);
    setAsked(over ? "again" : "cancel");
    try {
      await unwrap(over ? api.POST("/api/pronto/v1/apps/{name}/runs/{id}/rerun", params) : api.POST("/api/pronto/v1/apps/{name}/runs/{id}/cancel", params));
      onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setAsked(undefined);
    }
  };
  const said = asked && (asked === "again") === over; // until the run says so itself
  return (
    <span className={classes.actions}>
      <span role="status">{said && t(asked === "again" ? "runs.asked" : "runs.stopping")}</span>
      {!said && (
        <Button variant="default" size="compact-sm" aria-label={t(over ? "runs.againOf" : "runs.cancelOf", { id })} onClick={() => void ask()}>
          {t(over ? "runs.again" : "runs.cancel")}
        </Button>
      )}
      {problem && <Failure problem={problem} />}
    </span>
  );
}
