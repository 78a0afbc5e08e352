import { Button, Modal } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import tools from "../shell/Tools.module.css";
import { isTyping, meantBy } from "./keys";
import { KeysList } from "./KeysList";
import { Palette } from "./Palette";

/** Keyboard is the palette with its button, the list of keys, and the keys themselves. */
export function Keyboard() {
  const { t } = useWords();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "keys">();
  const gAt = useRef<number>(undefined);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      const meant = meantBy({ key: event.key, ctrl: event.ctrlKey, meta: event.metaKey, alt: event.altKey, typing: isTyping(event.target), at: event.timeStamp }, gAt.current);
      gAt.current = meant?.kind === "wait" ? event.timeStamp : undefined;
      if (!meant || meant.kind === "wait") return;
      // Another dialog has the word while it is there.
      if (meant.kind !== "palette" && document.querySelector("[role='dialog']")) return;
      event.preventDefault();
      if (meant.kind === "go") void navigate(meant.to);
      else setOpen((before) => (meant.kind === "help" ? "keys" : before === "palette" ? undefined : "palette"));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
  const close = () => setOpen(undefined);
  return (
    <>
      <Button variant="default" size="compact-sm" fw={400} c="dimmed" leftSection={<Icon name="search" size={15} />} className={tools.search ?? ""} aria-keyshortcuts="Control+K" onClick={() => setOpen("palette")}>
        <span className={tools.words}>
          {t("palette.open")} <kbd>Ctrl K</kbd>
        </span>
      </Button>
      <Palette opened={open === "palette"} onClose={close} showKeys={() => setOpen("keys")} />
      <Modal opened={open === "keys"} onClose={close} title={t("keys.title")} centered closeButtonProps={{ "aria-label": t("keys.close") }}>
        <KeysList />
      </Modal>
    </>
  );
}
