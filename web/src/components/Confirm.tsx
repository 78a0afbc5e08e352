import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { opened: boolean; title: string; text: string; yes: string; no: string; busy: boolean; onYes: () => void; onNo: () => void; children?: ReactNode };

/** Confirm asks before something that cannot be undone. */
export function Confirm({ opened, title, text, yes, no, busy, onYes, onNo, children }: Props) {
  return (
    <Modal opened={opened} onClose={onNo} title={title} centered closeButtonProps={{ "aria-label": no }}>
      <p style={{ marginTop: 0, overflowWrap: "anywhere" }}>{text}</p>
      {children}
      <Group mt="lg" gap="sm">
        <Button color="red.8" loading={busy} onClick={onYes}>
          {yes}
        </Button>
        <Button variant="default" disabled={busy} onClick={onNo} data-autofocus>
          {no}
        </Button>
      </Group>
    </Modal>
  );
}
