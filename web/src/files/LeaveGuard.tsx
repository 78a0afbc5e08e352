import { Button, Group, Modal } from "@mantine/core";
import { useEffect, type RefObject } from "react";
import { useBlocker } from "react-router";
import { useWords } from "../i18n/I18n";

type Props = { path: string; dirty: boolean; /** Set once the change is safe. */ done: RefObject<boolean> };

/** LeaveGuard asks before a change that is not committed is lost. */
export function LeaveGuard({ path, dirty, done }: Props) {
  const { t } = useWords();
  const blocker = useBlocker(() => dirty && !done.current);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  if (blocker.state !== "blocked") {
    return null;
  }
  return (
    <Modal opened onClose={() => blocker.reset()} title={t("files.unsaved")} centered closeButtonProps={{ "aria-label": t("files.stay") }}>
      <p>{t("files.unsavedText", { path })}</p>
      <Group mt="lg" justify="flex-end">
        <Button variant="default" onClick={() => blocker.proceed()}>
          {t("files.leave")}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset()}>
          {t("files.stay")}
        </Button>
      </Group>
    </Modal>
  );
}
