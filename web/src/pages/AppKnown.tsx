import { Tabs } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Delivery } from "../api/types";
import { useFetched } from "../api/useFetched";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { LiveButton } from "../journey/LiveButton";
import type { Entry } from "../live/reducer";
import { PodLogs } from "../logs/PodLogs";
import { useMe } from "../shell/MeContext";
import { AppFacts } from "./AppFacts";
import { DangerZone } from "./DangerZone";
import { DeletionSteps } from "./DeletionSteps";
import { Deliveries } from "./Deliveries";
import { DeliveryView } from "./DeliveryView";

/** AppKnown is the page of an application that is there. */
export function AppKnown({ entry: { app, at } }: { entry: Entry }) {
  const { t } = useWords();
  const me = useMe();
  const latest = app.delivery;
  const past = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/deliveries", { params: { path: { name: app.name } } })), [app.name, latest?.id, latest?.status]);
  const [chosen, setChosen] = useState<string>();
  const deliveries = withLatest(past.data?.deliveries ?? [], latest);
  const shown = deliveries.find(({ id }) => id === chosen) ?? latest;
  return (
    <>
      <PageHead title={app.name} lead={app.description}>
        <LiveButton app={app} />
      </PageHead>
      {app.deletion && (
        <section className={`${page.section ?? ""} ${page.panel ?? ""}`} aria-live="polite">
          <h2>{t("delete.progress")}</h2>
          <DeletionSteps deletion={app.deletion} />
        </section>
      )}
      {!app.deletion && shown && <DeliveryView key={shown.id} app={app} delivery={shown} at={at} earlier={shown.id !== latest?.id} onLatest={() => setChosen(undefined)} />}
      <Tabs defaultValue="deliveries" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="deliveries">{t("app.tab.deliveries")}</Tabs.Tab>
          <Tabs.Tab value="logs">{t("app.tab.logs")}</Tabs.Tab>
          <Tabs.Tab value="about">{t("app.tab.about")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="deliveries">
          <Deliveries deliveries={deliveries} shown={shown?.id} problem={past.problem} again={past.again} onChoose={setChosen} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <PodLogs app={app.name} />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <AppFacts app={app} />
          {me.role !== "viewer" && !app.deletion && <DangerZone name={app.name} />}
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** The stream knows the latest delivery better than the list that was asked for. */
function withLatest(list: readonly Delivery[], latest: Delivery | undefined): Delivery[] {
  if (!latest) return [...list];
  return [latest, ...list.filter(({ id }) => id !== latest.id)];
}
