import { Outlet, useLocation } from "react-router";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { LiveButton } from "../journey/LiveButton";
import type { Entry } from "../live/reducer";
import { DeletionSteps } from "../pages/DeletionSteps";
import { AppTabs } from "./AppTabs";
import { OnTheWay } from "./OnTheWay";

/** AppLayout is what every section of an application's page has around it. */
export function AppLayout({ entry }: { entry: Entry }) {
  const { t } = useWords();
  const { app } = entry;
  const { pathname } = useLocation();
  const elsewhere = pathname !== `/apps/${app.name}`;
  return (
    <>
      <PageHead title={app.name} lead={app.description}>
        <LiveButton app={app} />
      </PageHead>
      {app.deletion ? (
        <section className={`${page.section ?? ""} ${page.panel ?? ""}`} aria-live="polite">
          <h2>{t("delete.progress")}</h2>
          <DeletionSteps deletion={app.deletion} />
        </section>
      ) : (
        <>
          <AppTabs name={app.name} />
          {elsewhere && app.delivery?.status === "in_progress" && <OnTheWay name={app.name} delivery={app.delivery} at={entry.at} />}
          <Outlet context={entry} />
        </>
      )}
    </>
  );
}
