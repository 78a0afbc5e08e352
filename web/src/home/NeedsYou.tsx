import { Link } from "react-router";
import { Coded } from "../components/Coded";
import page from "../components/Page.module.css";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";
import { StepMark } from "../journey/RunSteps";
import classes from "../pages/Home.module.css";
import type { Need } from "./needs";

/** NeedsYou is what waits for the reader, each with the one thing to do. */
export function NeedsYou({ needs }: { needs: readonly Need[] }) {
  const { t } = useWords();
  return (
    <section className={page.section} aria-labelledby="needs">
      <h2 id="needs">{t("home.needsYou")}</h2>
      <ul className={classes.needs}>
        {needs.map((need) => (
          <li key={need.key} className={classes.need}>
            <StepMark status={need.kind === "failed" ? "failed" : "waiting"} />
            <Words need={need} />
            <span className={classes.quiet}>
              <When at={need.since} />
            </span>
            <Link className={classes.act} to={need.kind === "failed" ? `/apps/${need.app.name}` : `/tasks/${need.task.id}`}>
              {t(need.kind === "failed" ? "home.seeWhy" : "home.leftoverAction")}
              <span className="visually-hidden"> ({need.kind === "failed" ? need.app.name : need.what})</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Words({ need }: { need: Need }) {
  const { t, saying } = useWords();
  if (need.kind === "leftover") {
    return <p>{t("home.leftover", { what: need.what })}</p>;
  }
  return (
    <p>
      <strong>{need.app.name}</strong> {need.phase && `${t("home.failedAt", { phase: t(`phase.${need.phase}`) })}. `}
      {need.reason && <span className={classes.reason}><Coded text={saying(need.reason)} /></span>}
    </p>
  );
}
