import { Outlet, ScrollRestoration } from "react-router";
import { useWords } from "../i18n/I18n";
import { OfflineBar } from "./OfflineBar";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";
import { Tools } from "./Tools";

/** Shell is what stands around every page. */
export function Shell() {
  const { t } = useWords();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t("nav.skip")}
      </a>
      <Rail />
      <div className={classes.side}>
        <OfflineBar />
        <section className={classes.top} aria-label={t("account.label")}>
          <Tools />
        </section>
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <ScrollRestoration />
    </div>
  );
}
