import { ActionIcon, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import classes from "./LogView.module.css";

type Props = {
  query: string;
  onQuery: (query: string) => void;
  matches: number | undefined;
  times: boolean;
  onTimes: (times: boolean) => void;
  hasTimes: boolean;
  text: () => string;
  name: string;
};

/** LogTools are what one does with a log. */
export function LogTools({ query, onQuery, matches, times, onTimes, hasTimes, text, name }: Props) {
  const { t } = useWords();
  const clipboard = useClipboard({ timeout: 1500 });
  const copy = t(clipboard.copied ? "log.copied" : "log.copy");
  return (
    <div className={classes.tools}>
      <TextInput size="xs" className={classes.search ?? ""} leftSection={<Icon name="search" size={14} />} placeholder={t("log.search")} aria-label={t("log.search")} value={query} onChange={(event) => onQuery(event.currentTarget.value)} />
      <span role="status" className={classes.matches}>
        {matches !== undefined && t("log.matches", { count: matches })}
      </span>
      {hasTimes && (
        <ActionIcon variant={times ? "light" : "subtle"} color={times ? "green" : "gray"} aria-pressed={times} aria-label={t("log.timestamps")} title={t("log.timestamps")} onClick={() => onTimes(!times)}>
          <Icon name="clock" size={16} />
        </ActionIcon>
      )}
      <ActionIcon variant="subtle" color="gray" aria-label={copy} title={copy} onClick={() => clipboard.copy(text())}>
        <Icon name={clipboard.copied ? "check" : "copy"} size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t("log.download")} title={t("log.download")} onClick={() => download(`${name}.log`, text())}>
        <Icon name="download" size={16} />
      </ActionIcon>
    </div>
  );
}

function download(file: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}
