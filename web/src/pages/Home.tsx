import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Empty } from "../components/Empty";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { PageSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import { inOrder, underWay, type Entry } from "../live/reducer";
import { AppTable } from "./AppTable";
import { UnderWay } from "./UnderWay";

const many = 8; // from here on a search helps

/** Home is what is under way, then every application. */
export function Home() {
  const { t } = useWords();
  const live = useLive();
  const [query, setQuery] = useState("");
  const all = inOrder(live);
  if (!live.loaded) {
    return <PageSkeleton />;
  }
  if (all.length === 0) {
    return (
      <>
        <PageHead title={t("home.title")} />
        <Empty title={t("home.emptyTitle")} text={t("home.emptyText")}>
          <CreateButton />
        </Empty>
      </>
    );
  }
  const moving = all.filter(({ app }) => underWay(app));
  const found = all.filter((entry) => matches(entry, query));
  return (
    <>
      <PageHead title={t("home.title")}>
        <CreateButton />
      </PageHead>
      {moving.length > 0 && (
        <section className={page.section} aria-labelledby="moving">
          <h2 id="moving">{t("home.underWay")}</h2>
          {moving.map((entry) => (
            <UnderWay key={entry.app.name} entry={entry} />
          ))}
        </section>
      )}
      <section className={page.section} aria-labelledby="all">
        <h2 id="all">{t("home.all")}</h2>
        {all.length >= many && (
          <div className={page.filters}>
            <TextInput w={320} maw="100%" leftSection={<Icon name="search" size={15} />} aria-label={t("home.search")} placeholder={t("home.search")} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
          </div>
        )}
        {found.length > 0 ? <AppTable entries={found.sort((a, b) => a.app.name.localeCompare(b.app.name))} /> : <p>{t("home.noMatch", { query })}</p>}
      </section>
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

function matches({ app }: Entry, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  return [app.name, app.owner, app.repositoryName].some((text) => text?.toLowerCase().includes(wanted));
}
