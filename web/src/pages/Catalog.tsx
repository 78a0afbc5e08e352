import { Select, TextInput } from "@mantine/core";
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
import { EntityTable } from "./EntityTable";

/** Catalog is what exists and who looks after it. */
export function Catalog() {
  const { t } = useWords();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/catalog/entities")), []);
  const [kind, setKind] = useState<string | null>(null);
  const [query, setQuery] = useState("");
  const kinds = [...new Set((data ?? []).map((entity) => entity.kind))].sort();
  const wanted = query.trim().toLowerCase();
  const found = (data ?? []).filter(
    (entity) => (kind === null || entity.kind === kind) && [entity.metadata.name, entity.metadata.title, entity.metadata.description].some((text) => text?.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <PageHead title={t("catalog.title")} lead={t("catalog.lead")} />
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton />}
      {data?.length === 0 && <Empty title={t("catalog.none")} text={t("catalog.noneText")} />}
      {data && data.length > 0 && (
        <>
          <div className={page.filters}>
            <TextInput w={320} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("catalog.search")} placeholder={t("catalog.search")} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
            <Select w={200} aria-label={t("catalog.kind")} placeholder={t("catalog.allKinds")} data={kinds} value={kind} onChange={setKind} clearable clearButtonProps={{ "aria-label": t("catalog.allKinds") }} />
          </div>
          {found.length > 0 ? <EntityTable entities={found} /> : <Empty title={t("catalog.empty")} text={t("catalog.emptyText")} />}
        </>
      )}
    </>
  );
}
