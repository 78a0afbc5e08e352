import { NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import type { AppStatus } from "../api/types";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import type { Choice } from "./choose";

type Props = { choice: Choice; onChoice: (choice: Choice) => void; /** Whether some are one's own and some are not. */ scoped: boolean; /** Whether there are so many that one looks for them. */ many: boolean };

const statuses: readonly AppStatus[] = ["live", "in_progress", "failed", "deleting"];

/** Filters chooses which applications the table shows. */
export function Filters({ choice, onChoice, scoped, many }: Props) {
  const { t } = useWords();
  if (!scoped && !many) {
    return null;
  }
  return (
    <div className={page.filters}>
      {scoped && (
        <SegmentedControl
          aria-label={t("home.scope")}
          data={[
            { value: "mine", label: t("home.mineShort") },
            { value: "all", label: t("home.allShort") },
          ]}
          value={choice.scope}
          onChange={(scope) => onChoice({ ...choice, scope: scope })}
        />
      )}
      {many && (
        <>
          <TextInput w={320} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("home.search")} placeholder={t("home.search")} value={choice.query} onChange={(event) => onChoice({ ...choice, query: event.currentTarget.value })} />
          <NativeSelect aria-label={t("home.filter")} data={[{ value: "", label: t("home.anyStatus") }, ...statuses.map((status) => ({ value: status, label: t(`status.${status}`) }))]} value={choice.status} onChange={(event) => onChoice({ ...choice, status: event.currentTarget.value as Choice["status"] })} />
        </>
      )}
    </div>
  );
}
