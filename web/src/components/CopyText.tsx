import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useWords } from "../i18n/I18n";
import classes from "./CopyText.module.css";
import { Icon } from "./Icon";

type Props = { text: string; shown?: string; what: string };

/** CopyText is an identifier, shortened, with a button that copies all of it. */
export function CopyText({ text, shown = text, what }: Props) {
  const { t } = useWords();
  const clipboard = useClipboard({ timeout: 1500 });
  const label = clipboard.copied ? t("copy.copied") : t("copy.copy", { what });
  return (
    <span className={classes.whole}>
      <code title={text}>{shown}</code>
      <ActionIcon variant="subtle" color="gray" size="sm" c="dimmed" aria-label={label} title={label} onClick={() => clipboard.copy(text)}>
        <Icon name={clipboard.copied ? "check" : "copy"} size={14} />
      </ActionIcon>
    </span>
  );
}
