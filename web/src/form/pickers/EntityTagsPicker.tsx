import { TagsInput } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useState } from "react";
import { api } from "../../api/client";
import { unwrap } from "../../api/problem";
import { useFetched } from "../../api/useFetched";
import { useWords } from "../../i18n/I18n";
import { filtersOf } from "../entityRefs";
import { useFieldProps } from "../useFieldProps";

const valid = /^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$/;

/** EntityTagsPicker takes tags, and offers those that the catalog has. */
export function EntityTagsPicker(props: WidgetProps) {
  const { t } = useWords();
  const { onBlur, ...common } = useFieldProps(props);
  const [refused, setRefused] = useState<string>();
  const { kinds, helperText, showCounts } = props.options as Record<string, unknown>;
  const filter = Array.isArray(kinds) ? filtersOf({ kind: kinds as string[] }) : [];
  const { data } = useFetched(() => unwrap(api.GET("/api/catalog/entity-facets", { params: { query: { facet: ["metadata.tags"], filter } } })), [filter.join("|")]);
  const known = data?.facets["metadata.tags"] ?? [];
  const counts = new Map(known.map(({ value, count }) => [value, count]));
  const value = Array.isArray(props.value) ? props.value.filter((each): each is string => typeof each === "string") : [];
  const change = (tags: readonly string[]) => {
    const small = tags.map((tag) => tag.trim().toLowerCase());
    setRefused(small.find((tag) => !valid.test(tag) || tag.length > 63));
    props.onChange(small.filter((tag) => valid.test(tag) && tag.length <= 63));
  };
  return (
    <TagsInput
      {...common}
      description={common.description ?? (typeof helperText === "string" ? helperText : undefined)}
      error={refused === undefined ? common.error : t("form.tag", { tag: refused })}
      placeholder={value.length === 0 ? t("form.tagsPrompt") : undefined}
      data={known.map((tag) => tag.value)}
      renderOption={({ option }) => (showCounts === true ? `${option.value} (${counts.get(option.value) ?? 0})` : option.value)}
      acceptValueOnBlur
      splitChars={[",", " "]}
      value={value}
      onChange={change}
    />
  );
}
