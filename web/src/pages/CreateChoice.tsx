import { Button } from "@mantine/core";
import { Link, Navigate } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { PageSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import classes from "./Create.module.css";

/** CreateChoice offers the templates; when there is only one, there is nothing to choose. */
export function CreateChoice() {
  const { t } = useWords();
  const { data, problem, again } = useFetched(
    () => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: ["kind=template"] } } })),
    [],
  );
  if (problem) {
    return (
      <>
        <PageHead title={t("create.title")} />
        <Failure problem={problem} again={again} />
      </>
    );
  }
  if (!data) return <PageSkeleton />;
  const only = data.length === 1 ? data[0] : undefined;
  if (only) return <Navigate to={`/create/${only.metadata.name}`} replace />;
  return (
    <>
      <PageHead title={t("create.title")} lead={data.length > 0 && t("create.choose")} />
      {data.length === 0 ? (
        <Empty title={t("create.noTemplates")} text={t("create.noTemplatesText")}>
          <Button component={Link} to="/platform">
            {t("nav.platform")}
          </Button>
        </Empty>
      ) : (
        <div className={classes.cards}>
          {data.map((entity) => (
            <TemplateCard key={entity.metadata.name} entity={entity} />
          ))}
        </div>
      )}
    </>
  );
}

function TemplateCard({ entity: { metadata } }: { entity: Entity }) {
  const { t, said } = useWords();
  return (
    <Link to={`/create/${metadata.name}`} className={classes.card}>
      <h2>{said(metadata.title ?? metadata.name)}</h2>
      {metadata.description && <p>{said(metadata.description)}</p>}
      {metadata.tags && <span className={classes.tags}>{metadata.tags.join(" · ")}</span>}
      <span className={classes.use}>{t("create.use")} →</span>
    </Link>
  );
}
