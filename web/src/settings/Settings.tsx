import { maintains } from "../api/access";
import { ReadOnly } from "../application/ReadOnly";
import { useEntry } from "../application/useEntry";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import { DangerZone } from "../pages/DangerZone";
import { useMe } from "../shell/MeContext";
import { AppFacts } from "./AppFacts";
import { Places } from "./Places";
import classes from "./Settings.module.css";

/** Settings is what an application is, where each of its settings stands, and the danger zone. */
export default function Settings() {
  const { t } = useWords();
  const { app } = useEntry();
  const may = maintains(app, useMe());
  return (
    <>
      <div className={classes.halves}>
        <section className={page.section} aria-labelledby="about">
          <h2 id="about">{t("settings.about")}</h2>
          <AppFacts app={app} />
        </section>
        <section className={page.section} aria-labelledby="where">
          <h2 id="where">{t("settings.where")}</h2>
          <p className={classes.lead}>{t("settings.whereText")}</p>
          <Places app={app} />
        </section>
      </div>
      {may ? <DangerZone name={app.name} /> : <ReadOnly app={app} />}
    </>
  );
}
