import { Button, Menu, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { AuditTable } from "./AuditTable";
import { exportPath, queryOf, type AuditWanted } from "./auditQuery";

const step = 100;
const most = 500;

/** AuditPage is who did what; what is found can be taken away as a file. */
export default function AuditPage() {
  const { t } = useWords();
  const [wanted, setWanted] = useState<AuditWanted>({ q: "", action: "", since: "", until: "" });
  const [limit, setLimit] = useState(step);
  const [settled] = useDebouncedValue(wanted, 250);
  const query = queryOf(settled);
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/audit", { params: { query: { ...query, limit } } })), [JSON.stringify(query), limit]);
  const set = (part: Partial<AuditWanted>) => {
    setLimit(step);
    setWanted({ ...wanted, ...part });
  };
  return (
    <>
      <PageHead title={t("nav.audit")} lead={t("audit.lead")}>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<Icon name="download" size={15} />}>
              {t("audit.export")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={exportPath("csv", query)} download>
              {t("audit.exportCsv")}
            </Menu.Item>
            <Menu.Item component="a" href={exportPath("jsonl", query)} download>
              {t("audit.exportJsonl")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </PageHead>
      <div className={page.filters} role="search">
        <TextInput w={300} maw="100%" leftSection={<Icon name="search" size={15} />} label={t("audit.search")} value={wanted.q} onChange={(event) => set({ q: event.currentTarget.value })} />
        <TextInput w={170} label={t("audit.action")} placeholder="apps.delete" value={wanted.action} onChange={(event) => set({ action: event.currentTarget.value.trim() })} />
        <TextInput type="date" label={t("audit.since")} value={wanted.since} onChange={(event) => set({ since: event.currentTarget.value })} />
        <TextInput type="date" label={t("audit.until")} value={wanted.until} onChange={(event) => set({ until: event.currentTarget.value })} />
      </div>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={10} />}
      {data?.entries.length === 0 && <Empty title={t("audit.none")} text={t("audit.noneText")} />}
      {data && data.entries.length > 0 && <AuditTable entries={data.entries} />}
      {data?.next !== undefined && limit < most && (
        <Button variant="default" mt="md" onClick={() => setLimit(Math.min(most, limit + step))}>
          {t("audit.more")}
        </Button>
      )}
    </>
  );
}
