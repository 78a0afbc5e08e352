import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { useWords } from "../i18n/I18n";
import { pathFault } from "./tree";

type Props = { existing: readonly string[]; onClose: () => void; onBegin: (path: string) => void };

/** NewFileDialog asks where a new file shall stand. */
export function NewFileDialog({ existing, onClose, onBegin }: Props) {
  const { t } = useWords();
  const [path, setPath] = useState("");
  const [fault, setFault] = useState<ReturnType<typeof pathFault>>();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = pathFault(path.trim(), existing);
    setFault(found);
    if (!found) onBegin(path.trim());
  };
  return (
    <Modal opened onClose={onClose} title={t("files.new")} centered closeButtonProps={{ "aria-label": t("station.close") }}>
      <form onSubmit={submit}>
        <TextInput label={t("files.newPath")} description={t("files.newHint")} value={path} data-autofocus autoComplete="off" spellCheck={false} error={fault && t(fault)} onChange={(event) => {
            setPath(event.currentTarget.value);
            setFault(undefined);
          }} />
        <Group mt="lg" justify="flex-end">
          <Button type="submit">{t("files.newGo")}</Button>
        </Group>
      </form>
    </Modal>
  );
}
