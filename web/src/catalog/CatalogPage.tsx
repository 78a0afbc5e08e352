import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useSearchParams } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { CatalogFilters } from "./CatalogFilters";
import { EntityTable } from "./EntityTable";
import { Pages } from "./Pages";
import { filterOf, pageSize, paramsOf, queryOf, type Query } from "./query";

const fields = "apiVersion,kind,metadata.name,metadata.namespace,metadata.title,metadata.description,metadata.tags,metadata.uid,spec.type,spec.owner,spec.profile,relations,status";

/** CatalogPage is what exists, filtered and searched; the filters stand in the address. */
export function CatalogPage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const query = queryOf(params);
  const [settled] = useDebouncedValue(params.toString(), 200);
  const asked = queryOf(new URLSearchParams(settled));
  const { data, problem, again } = useFetched(
    () =>
      unwrap(
        api.GET("/api/catalog/entities/by-query", {
          params: { query: { filter: filterOf(asked), fields, limit: pageSize, offset: (asked.page - 1) * pageSize, ...(asked.text === "" ? { orderField: ["metadata.name,asc"] } : { fullTextFilterTerm: asked.text }) } },
        }),
      ),
    [settled],
  );
  const change = (part: Partial<Query>) => setParams(paramsOf({ ...query, page: 1, ...part }), { replace: true });
  const bare = paramsOf({ ...query, page: 1 }).toString() === "";
  return (
    <>
      <PageHead title={t("catalog.title")} lead={t("catalog.lead")}>
        <Button component={Link} to="/templates#register" variant="default">
          {t("catalog.register")}
        </Button>
      </PageHead>
      <CatalogFilters query={query} onChange={change} />
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={10} />}
      {data?.items.length === 0 && (
        <Empty title={t(bare ? "catalog.none" : "catalog.empty")} text={t(bare ? "catalog.noneText" : "catalog.emptyText")}>
          {!bare && (
            <Button variant="default" onClick={() => setParams({})}>
              {t("catalog.clear")}
            </Button>
          )}
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <>
          <EntityTable entities={data.items} />
          <Pages page={asked.page} total={data.totalItems} onPage={(page) => change({ page })} />
        </>
      )}
    </>
  );
}
