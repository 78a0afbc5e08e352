import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import { Failure } from "../components/Failure";
import { useWords } from "../i18n/I18n";
import { useLiveStore } from "../live/LiveContext";

/** DeleteDialog deletes once the application's name was typed. */
export function DeleteDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useWords();
  const store = useLiveStore();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    setBusy(true);
    try {
      store.put(await unwrap(api.DELETE("/api/pronto/v1/apps/{name}", { params: { path: { name } } })));
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setWrong(typed !== name);
    if (typed === name) void remove();
  };

  return (
    <Modal opened onClose={onClose} title={t("delete.confirmTitle", { name })} centered closeButtonProps={{ "aria-label": t("delete.cancel") }}>
      <form onSubmit={submit}>
        <p>{t("delete.confirmText")}</p>
        <TextInput label={t("delete.field")} value={typed} autoComplete="off" spellCheck={false} data-autofocus error={wrong && t("delete.mismatch", { name })} onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }} />
        {problem && <Failure problem={problem} />}
        <Group mt="lg" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("delete.cancel")}
          </Button>
          <Button type="submit" color="red" bg="#b3261e" c="#ffffff" loading={busy}>
            {t("delete.confirm")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
