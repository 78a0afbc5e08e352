import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { stringify } from "yaml";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { PageSkeleton } from "../components/PageSkeleton";
import { refOf } from "../form/entityRefs";
import { isSafe } from "../format/markdown";
import { createPath } from "../gallery/TemplateCard";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import classes from "./Catalog.module.css";
import { EntityActions } from "./EntityActions";
import { EntityFacts } from "./EntityFacts";
import { EntityStatus } from "./EntityStatus";
import { RelationGraph } from "./RelationGraph";
import { Relations } from "./Relations";
import { relatedTo } from "./relations";

/** EntityPage is one entity of the catalog. */
export default function EntityPage() {
  const { t } = useWords();
  const { namespace = "default", kind = "", name = "" } = useParams();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/catalog/entities/by-name/{kind}/{namespace}/{name}", { params: { path: { kind, namespace, name } } })), [kind, namespace, name]);
  const current = data?.metadata.name.toLowerCase() === name.toLowerCase() && data.kind.toLowerCase() === kind.toLowerCase() ? data : undefined;
  if (problem?.status === 404) {
    return (
      <Empty alone title={t("entity.notFound", { name: `${kind}:${name}` })} text={t("entity.notFoundText")}>
        <Button component={Link} to="/catalog">
          {t("entity.toCatalog")}
        </Button>
      </Empty>
    );
  }
  if (problem && !current) {
    return (
      <>
        <PageHead title={name} />
        <Failure problem={problem} again={again} />
      </>
    );
  }
  if (!current) return <PageSkeleton rows={8} />;
  return <Known entity={current} />;
}



function Known({ entity }: { entity: Entity }) {
  const { t, said } = useWords();
  const { apps } = useLive();
  const { name, title, description, links } = entity.metadata;
  const related = relatedTo(entity);
  const definition = entity.kind === "API" && typeof entity.spec?.definition === "string" ? entity.spec.definition : undefined;
  return (
    <>
      <PageHead title={said(title ?? name)} lead={description && said(description)}>
        <div className={classes.actions}>
          <EntityActions entity={entity} />
          {entity.kind === "Component" && apps[name] && (
            <Button component={Link} to={`/apps/${name}`}>
              {t("entity.toApp")}
            </Button>
          )}
          {entity.kind === "Template" && (
            <Button component={Link} to={createPath(entity)}>
              {t("entity.toForm")}
            </Button>
          )}
        </div>
      </PageHead>
      <EntityStatus entity={entity} />
      <div className={classes.columns}>
        <section className={page.section} aria-labelledby="about">
          <h2 id="about">{t("entity.about")}</h2>
          <EntityFacts entity={entity} />
        </section>
        <section className={page.section} aria-labelledby="relations">
          <h2 id="relations">{t("entity.relations")}</h2>
          <Relations related={related} />
        </section>
      </div>
      <RelationGraph name={said(title ?? name)} related={related} />
      {links && links.length > 0 && (
        <section className={page.section} aria-labelledby="links">
          <h2 id="links">{t("entity.links")}</h2>
          <ul className={classes.links}>{links.map((link) => <li key={link.url}>{isSafe(link.url) ? <OutLink href={link.url}>{link.title ?? link.url}</OutLink> : link.url}</li>)}</ul>
        </section>
      )}
      {definition && <Folded title={t("entity.definition")} text={definition} open />}
      <Folded key={refOf(entity)} title={t("entity.yaml")} text={stringify(entity)} />
    </>
  );
}

function Folded({ title, text, open = false }: { title: string; text: string; open?: boolean }) {
  return (
    <details className={classes.folded} open={open}>
      <summary>{title}</summary>
      <pre tabIndex={0} aria-label={title} role="region">
        {text}
      </pre>
    </details>
  );
}
