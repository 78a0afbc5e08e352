import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { Applications } from "../home/Applications";
import classes from "./Home.module.css";
import { HomeSkeleton } from "../home/HomeSkeleton";
import { RecentlyDeleted } from "../home/RecentlyDeleted";
import { NeedsYou } from "../home/NeedsYou";
import { needsOf } from "../home/needs";
import { UnderWay } from "../home/UnderWay";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import { inOrder, underWay } from "../live/reducer";
import { useMe } from "../shell/MeContext";

/** Home is what is under way, what needs the reader, and the applications. */
export function Home() {
  const { t } = useWords();
  const live = useLive();
  const me = useMe();
  const all = inOrder(live);
  const failed = all.filter(({ app }) => app.status === "failed").length;
  const leftovers = useFetched(() => unwrap(api.GET("/api/pronto/v1/leftovers")), [live.loaded, all.length, failed]);
  const deleted = useFetched(() => unwrap(api.GET("/api/pronto/v1/deleted")), [live.loaded, all.length]);
  if (!live.loaded) {
    return <HomeSkeleton />;
  }
  const moving = all.filter(({ app }) => underWay(app));
  const needs = needsOf(all.map(({ app }) => app), leftovers.data?.tasks ?? [], me);
  return (
    <>
      <PageHead title={t("home.title")}>
        {all.length > 0 && <CreateButton />}
      </PageHead>
      {moving.length > 0 && (
        <section className={page.section} aria-labelledby="moving">
          <h2 id="moving">{t("home.underWay")}</h2>
          {moving.map((entry) => (
            <UnderWay key={entry.app.name} entry={entry} />
          ))}
        </section>
      )}
      {needs.length > 0 && <NeedsYou needs={needs} />}
      {leftovers.problem && <p className={classes.quiet}>{t("home.leftoverFault")}</p>}
      {all.length > 0 ? (
        <Applications entries={all} />
      ) : (
        <Empty title={t("home.emptyTitle")} text={t("home.emptyText")}>
          <CreateButton />
        </Empty>
      )}
      {deleted.problem && <p className={classes.quiet}>{t("home.deletedFault")}</p>}
      {deleted.data && deleted.data.apps.length > 0 && <RecentlyDeleted apps={deleted.data.apps} />}
    </>
  );
}

function CreateButton() {
  const { t } = useWords();
  return (
    <Button component={Link} to="/create" leftSection={<Icon name="plus" size={16} />}>
      {t("home.create")}
    </Button>
  );
}
