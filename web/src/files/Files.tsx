import { Button } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { maintains } from "../api/access";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { ReadOnly } from "../application/ReadOnly";
import { useEntry } from "../application/useEntry";
import { Empty } from "../components/Empty";
import { Failure } from "../components/Failure";
import { Icon } from "../components/Icon";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import { EditFile } from "./EditFile";
import { FilePane } from "./FilePane";
import classes from "./Files.module.css";
import { FileTree } from "./FileTree";
import { NewFileDialog } from "./NewFileDialog";

/** Files is the repository: its tree, one file of it, and the way to change it. */
export default function Files() {
  const { t } = useWords();
  const { app } = useEntry();
  const may = maintains(app, useMe());
  const [search, setSearch] = useSearchParams();
  const [naming, setNaming] = useState(false);
  const path = search.get("path") ?? undefined;
  const fresh = search.get("new") ?? undefined;
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/files", { params: { path: { name: app.name } } })), [app.name, app.delivery?.revision]);
  const open = (to: Record<string, string>) => setSearch(to, { preventScrollReset: true });
  if (problem && !data) return <Failure problem={problem} again={again} />;
  if (!data) return <RowsSkeleton rows={8} />;
  const add = may && (
    <Button variant="default" size="sm" leftSection={<Icon name="plus" size={14} />} onClick={() => setNaming(true)}>
      {t("files.new")}
    </Button>
  );
  return (
    <>
      {!may && <ReadOnly app={app} />}
      <div className={classes.files} data-chosen={path !== undefined || fresh !== undefined}>
        <div className={classes.side}>
          <div className={classes.sideHead}>{add}</div>
          <FileTree files={data.files} chosen={path} onChoose={(chosen) => open({ path: chosen })} />
        </div>
        <div className={classes.main}>
          {(path ?? fresh) !== undefined && (
            <Button className={classes.toTree ?? ""} variant="subtle" size="compact-sm" leftSection={<Icon name="back" size={14} />} onClick={() => open({})}>
              {t("files.tree")}
            </Button>
          )}
          {fresh !== undefined ? (
            <EditFile key={`new ${fresh}`} app={app.name} path={fresh} base={{ content: "" }} onLeave={() => open({})} />
          ) : path !== undefined ? (
            <FilePane key={path} app={app} path={path} may={may} find={search.get("find") ?? undefined} />
          ) : (
            <Empty title={t(data.files.length > 0 ? "files.choose" : "files.empty")} text={t(data.files.length > 0 ? "files.chooseText" : "files.emptyText")} />
          )}
        </div>
      </div>
      {naming && (
        <NewFileDialog
          existing={data.files.map((file) => file.path)}
          onClose={() => setNaming(false)}
          onBegin={(chosen) => {
            setNaming(false);
            open({ new: chosen });
          }}
        />
      )}
    </>
  );
}
