import { Button, Modal, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { Task } from "../api/types";
import { Failure } from "../components/Failure";
import { useWords } from "../i18n/I18n";
import { useSecretNames } from "./useSecretNames";

type Props = { task: Task; status: string; onRetried: () => void };

/** TaskActions stop a task that runs, and go on with one that did not come to its end. */
export function TaskActions({ task, status, onRetried }: Props) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState(false);
  const unsuccessful = status === "failed" || status === "cancelled";
  const secrets = useSecretNames(task.id, unsuccessful);
  const path = { path: { id: task.id } };
  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  const retry = (values: Record<string, string>) =>
    attempt(async () => {
      await unwrap(api.POST("/api/scaffolder/v2/tasks/{id}/retry", { params: path, body: secrets.length > 0 ? { secrets: values } : {} }));
      setAsking(false);
      onRetried();
    });
  const cancel = () => attempt(() => unwrap(api.POST("/api/scaffolder/v2/tasks/{id}/cancel", { params: path })));
  if (status === "completed" || status === "skipped") return null;
  return (
    <>
      {unsuccessful ? (
        <Button loading={busy && !asking} onClick={() => (secrets.length > 0 ? setAsking(true) : void retry({}))}>
          {t("task.retry")}
        </Button>
      ) : (
        <Button variant="default" loading={busy} onClick={() => void cancel()}>
          {t("task.cancel")}
        </Button>
      )}
      {problem && !asking && <Failure problem={problem} />}
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("task.retryTitle")} centered closeButtonProps={{ "aria-label": t("station.close") }}>
        <SecretsForm names={secrets} busy={busy} problem={problem} onDone={(values) => void retry(values)} />
      </Modal>
    </>
  );
}

type SecretsProps = { names: readonly string[]; busy: boolean; problem: Problem | undefined; onDone: (values: Record<string, string>) => void };

function SecretsForm({ names, busy, problem, onDone }: SecretsProps) {
  const { t, said } = useWords();
  const [values, setValues] = useState<Record<string, string>>({});
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onDone(values);
      }}
    >
      <Stack>
        <p style={{ margin: 0 }}>{t("task.retryText")}</p>
        {names.map((name) => (
          <PasswordInput key={name} label={said(name)} autoComplete="new-password" value={values[name] ?? ""} onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })} />
        ))}
        {problem && <Failure problem={problem} />}
        <Button type="submit" loading={busy}>
          {t("task.retry")}
        </Button>
      </Stack>
    </form>
  );
}
