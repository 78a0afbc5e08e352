import { Select, TextInput } from "@mantine/core";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { shortRef } from "../format/entity";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { facetPaths, filterOf, type FilterKey, type Query } from "./query";

const filters: readonly { key: FilterKey; path: string; label: Key; all: Key }[] = [
  { key: "kind", path: "kind", label: "catalog.kind", all: "catalog.allKinds" },
  { key: "type", path: "spec.type", label: "catalog.type", all: "catalog.allTypes" },
  { key: "owner", path: "relations.ownedBy", label: "catalog.owner", all: "catalog.allOwners" },
  { key: "tag", path: "metadata.tags", label: "catalog.tag", all: "catalog.allTags" },
];

type Props = { query: Query; onChange: (part: Partial<Query>) => void };

/** CatalogFilters offers the values that there are, each with how often. */
export function CatalogFilters({ query, onChange }: Props) {
  const { t } = useWords();
  const ofKind = filterOf({ ...query, type: "", owner: "", tag: "" });
  const all = useFetched(() => unwrap(api.GET("/api/catalog/entity-facets", { params: { query: { facet: ["kind"] } } })), []);
  const some = useFetched(() => unwrap(api.GET("/api/catalog/entity-facets", { params: { query: { facet: facetPaths.slice(1), filter: ofKind } } })), [ofKind.join()]);
  const facets = { ...some.data?.facets, ...all.data?.facets };
  return (
    <div className={page.filters} role="search">
      <TextInput w={280} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("catalog.search")} placeholder={t("catalog.search")} value={query.text} onChange={(event) => onChange({ text: event.currentTarget.value })} />
      {filters.map(({ key, path, label, all: none }) => (
        <Select
          key={key}
          w={165}
          searchable={(facets[path]?.length ?? 0) > 8}
          aria-label={t(label)}
          placeholder={t(none)}
          data={optionsOf(facets[path] ?? [], query[key], key === "owner")}
          value={query[key] === "" ? null : query[key]}
          onChange={(value) => onChange(key === "kind" ? { kind: value ?? "", type: "", tag: "" } : { [key]: value ?? "" })}
          clearable
          clearButtonProps={{ "aria-label": t(none) }}
          comboboxProps={{ width: "max-content", position: "bottom-start" }}
        />
      ))}
    </div>
  );
}

/** What is chosen stays on offer, although nothing has it any more. */
function optionsOf(values: readonly { value: string; count: number }[], chosen: string, refs: boolean) {
  const known = values.map(({ value, count }) => ({ value, label: `${refs ? shortRef(value) : value} (${count})` })).sort((a, b) => a.label.localeCompare(b.label));
  return chosen === "" || known.some(({ value }) => value === chosen) ? known : [...known, { value: chosen, label: refs ? shortRef(chosen) : chosen }];
}
