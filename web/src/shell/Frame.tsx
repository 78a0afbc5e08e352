import type { ReactNode } from "react";
import { useWords } from "../i18n/I18n";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";

/** Frame is the navigation and the places for what else stands on every page. */
export function Frame({ notice, tools, children }: { notice?: ReactNode; tools?: ReactNode; children: ReactNode }) {
  const { t } = useWords();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t("nav.skip")}
      </a>
      <Rail />
      <div className={classes.side}>
        {notice}
        <section className={classes.top} aria-label={t("account.label")}>
          {tools}
        </section>
        <main id="content" className={classes.content} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}
