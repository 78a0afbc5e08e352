import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { refOf } from "../form/entityRefs";
import { entityPath, shortRef } from "../format/entity";
import { isSafe } from "../format/markdown";
import { ownerOf } from "../gallery/filter";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import catalog from "../catalog/Catalog.module.css";
import classes from "./Authoring.module.css";
import { Register } from "./Register";

const columns: readonly Column[] = ["templates.template", "catalog.owner", "templates.source"];

/** TemplatesPage is for those who write templates: what there is, where it comes from, and how to add one. */
export default function TemplatesPage() {
  const { t } = useWords();
  const me = useMe();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: ["kind=template"] } } })), []);
  return (
    <>
      <PageHead title={t("templates.title")} lead={t("templates.lead")}>
        <div className={classes.actions}>
          <Button component={Link} to="/templates/actions" variant="default">
            {t("templates.actions")}
          </Button>
          <Button component={Link} to="/templates/edit">
            {t("templates.write")}
          </Button>
        </div>
      </PageHead>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={5} />}
      {data?.length === 0 && <Empty title={t("templates.none")} text={t("templates.noneText")} />}
      {data && data.length > 0 && (
        <div className={page.section}>
          <TemplateTable templates={data} />
        </div>
      )}
      {me.permissions.includes("catalog.write") && <Register onRegistered={again} />}
    </>
  );
}

function TemplateTable({ templates }: { templates: readonly Entity[] }) {
  const { said, saying } = useWords();
  return (
    <Table columns={columns}>
      {templates.map((template) => {
        const { name, title, annotations } = template.metadata;
        const error = (template.status?.items ?? []).find(({ level }) => level === "error");
        return (
          <tr key={refOf(template)}>
            <td>
              <Link to={entityPath(refOf(template))} className={table.name} title={name}>
                {said(title ?? name)}
              </Link>
              {error && <span className={catalog.broken}>{saying(error.message)}</span>}
            </td>
            <td className={table.quiet}>{shortRef(ownerOf(template))}</td>
            <td>
              <Source address={annotations?.["backstage.io/managed-by-location"] ?? ""} />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

function Source({ address }: { address: string }) {
  const { t } = useWords();
  const url = address.replace(/^url:/, "");
  if (address.startsWith("builtin:")) return <span className={table.quiet}>{t("templates.builtin")}</span>;
  return isSafe(url) ? <OutLink href={url}>{url.replace(/^https?:\/\//, "")}</OutLink> : address;
}
