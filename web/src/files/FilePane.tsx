import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { App, RepositoryFile } from "../api/types";
import { useFetched } from "../api/useFetched";
import { CopyText } from "../components/CopyText";
import { Failure } from "../components/Failure";
import { Icon } from "../components/Icon";
import { OutLink } from "../components/OutLink";
import { RowsSkeleton } from "../components/PageSkeleton";
import { bytes } from "../format/amount";
import { useWords } from "../i18n/I18n";
import { EditFile } from "./EditFile";
import classes from "./Files.module.css";

const Editor = lazy(() => import("./Editor"));

type Props = { app: App; path: string; may: boolean; find: string | undefined };

/** FilePane is one file: to be read, and changed by who may. It follows the repository while it is read. */
export function FilePane({ app, path, may, find }: Props) {
  const { t, lang } = useWords();
  const [editing, setEditing] = useState<RepositoryFile>();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/file", { params: { path: { name: app.name }, query: { path } } })), [app.name, path, app.delivery?.revision]);
  if (editing) {
    return (
      <EditFile
        app={app.name}
        path={path}
        base={{ content: editing.content ?? "", sha: editing.sha }}
        find={find}
        onLeave={() => {
          setEditing(undefined);
          again();
        }}
      />
    );
  }
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={9} />;
  return (
    <article className={classes.pane}>
      <header className={classes.head}>
        <h2 title={path}>{path}</h2>
        <span className={classes.quiet}>{bytes(data.size, lang)}</span>
        <CopyText text={data.content ?? path} shown="" what={path} />
        {may && data.content !== undefined && (
          <Button size="compact-sm" variant="default" leftSection={<Icon name="edit" size={15} />} onClick={() => setEditing(data)}>
            {t("files.edit")}
          </Button>
        )}
      </header>
      {data.content === undefined ? (
        <p className={classes.note}>
          {t(data.binary ? "files.binary" : "files.large", { size: bytes(data.size, lang) })} <OutLink href={`${app.repository}/src/${data.revision}/${path}`}>{t("files.atForge")}</OutLink>
        </p>
      ) : (
        <Suspense fallback={<RowsSkeleton rows={9} />}>
          <Editor key={data.sha} path={path} text={data.content} editing={false} label={t("files.editor", { path })} find={find} onChange={() => undefined} />
        </Suspense>
      )}
    </article>
  );
}
