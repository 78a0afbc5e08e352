import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { distinct, matching, typeOf, type Wanted } from "./filter";
import { GallerySkeleton } from "./GallerySkeleton";
import { TemplateCards } from "./TemplateCards";

const nothing: Wanted = { text: "", type: null, tags: [] };

/** Gallery offers the templates. */
export function Gallery() {
  const { t } = useWords();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: ["kind=template"] } } })), []);
  return (
    <>
      <PageHead title={t("create.title")} lead={t("create.choose")}>
        <Button component={Link} to="/templates" variant="default">
          {t("gallery.manage")}
        </Button>
      </PageHead>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <GallerySkeleton />}
      {data?.length === 0 && (
        <Empty title={t("create.noTemplates")} text={t("create.noTemplatesText")}>
          <Button component={Link} to="/platform">
            {t("nav.platform")}
          </Button>
        </Empty>
      )}
      {data && data.length > 0 && <Choosing templates={data} />}
    </>
  );
}

function Choosing({ templates }: { templates: readonly Entity[] }) {
  const { t } = useWords();
  const [wanted, setWanted] = useState(nothing);
  const found = matching(templates, wanted);
  const types = distinct(templates.map(typeOf));
  const tags = distinct(templates.flatMap(({ metadata }) => metadata.tags ?? []));
  return (
    <>
      {templates.length > 3 && (
        <div className={page.filters} role="search">
          <TextInput w={320} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("gallery.search")} placeholder={t("gallery.search")} value={wanted.text} onChange={(event) => setWanted({ ...wanted, text: event.currentTarget.value })} />
          {types.length > 1 && <Select w={180} aria-label={t("gallery.type")} placeholder={t("gallery.allTypes")} data={types} value={wanted.type} onChange={(type) => setWanted({ ...wanted, type })} clearable clearButtonProps={{ "aria-label": t("gallery.allTypes") }} />}
          {tags.length > 1 && <MultiSelect miw={180} maw="100%" aria-label={t("gallery.tags")} placeholder={wanted.tags.length === 0 ? t("gallery.allTags") : undefined} data={tags} value={[...wanted.tags]} onChange={(chosen) => setWanted({ ...wanted, tags: chosen })} clearable clearButtonProps={{ "aria-label": t("gallery.allTags") }} />}
        </div>
      )}
      {found.length > 0 ? (
        <TemplateCards templates={found} />
      ) : (
        <Empty title={t("gallery.noMatch")} text={t("gallery.noMatchText")}>
          <Button variant="default" onClick={() => setWanted(nothing)}>
            {t("gallery.clear")}
          </Button>
        </Empty>
      )}
    </>
  );
}
