import { TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { TemplateAction } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";
import { SchemaTable } from "./SchemaTable";

/** ActionsPage is what the steps of a template may do. */
export default function ActionsPage() {
  const { t } = useWords();
  const [query, setQuery] = useState("");
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/scaffolder/v2/actions")), []);
  const wanted = query.trim().toLowerCase();
  const found = (data ?? []).filter(({ id, description = "" }) => `${id} ${description}`.toLowerCase().includes(wanted)).sort((a, b) => a.id.localeCompare(b.id));
  return (
    <>
      <PageHead title={t("actions.title")} lead={t("actions.lead")} />
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={10} />}
      {data && (
        <>
          <div className={page.filters} role="search">
            <TextInput w={320} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("actions.search")} placeholder={t("actions.search")} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
          </div>
          {found.length === 0 && <p className={classes.quiet}>{t("actions.none", { query })}</p>}
          {found.map((action) => (
            <Action key={action.id} action={action} />
          ))}
        </>
      )}
    </>
  );
}

function Action({ action: { id, description, schema, examples } }: { action: TemplateAction }) {
  const { t } = useWords();
  return (
    <details className={classes.action}>
      <summary>
        <code>{id}</code>
        {description && <span>{description}</span>}
      </summary>
      <div>
        <SchemaTable title={t("actions.input")} schema={schema?.input} />
        <SchemaTable title={t("actions.output")} schema={schema?.output} />
        {(examples ?? []).map((example) => (
          <div key={example.description}>
            <h3>
              {t("actions.example")}: {example.description}
            </h3>
            <pre className={classes.code} tabIndex={0}>
              {example.example}
            </pre>
          </div>
        ))}
      </div>
    </details>
  );
}
