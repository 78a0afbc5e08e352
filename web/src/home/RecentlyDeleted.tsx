import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { maintains } from "../api/access";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { DeletedApp } from "../api/types";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { When } from "../components/When";
import { exact } from "../format/time";
import { useWords } from "../i18n/I18n";
import classes from "../pages/Home.module.css";
import { useMe } from "../shell/MeContext";

/** RecentlyDeleted is what can still be brought back. */
export function RecentlyDeleted({ apps }: { apps: readonly DeletedApp[] }) {
  const { t } = useWords();
  return (
    <section className={page.section} aria-labelledby="deleted">
      <h2 id="deleted">{t("home.deleted")}</h2>
      <ul className={classes.needs}>
        {apps.map((app) => (
          <Row key={app.name} app={app} />
        ))}
      </ul>
    </section>
  );
}

function Row({ app }: { app: DeletedApp }) {
  const { t, lang } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const restore = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await unwrap(api.POST("/api/pronto/v1/deleted/{name}/restore", { params: { path: { name: app.name } } }));
      void navigate(`/apps/${app.name}`);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <li className={classes.deleted}>
      <p>
        <strong>{app.name}</strong> <span className={classes.reason}>{t("home.deletedUntil", { until: exact(new Date(app.until), lang) })}</span>
      </p>
      <span className={classes.quiet}>
        <When at={app.deletedAt} />
      </span>
      {maintains(app, me) && (
        <Button variant="default" size="sm" loading={busy} onClick={() => void restore()}>
          {t("home.restore")}
          <span className="visually-hidden"> {app.name}</span>
        </Button>
      )}
      {problem && <Failure problem={problem} />}
    </li>
  );
}
