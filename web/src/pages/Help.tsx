import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { phaseNames, type PhaseStatus } from "../api/types";
import { Facts } from "../components/Facts";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { Station } from "../journey/Station";
import { KeysList } from "../palette/KeysList";
import classes from "./Help.module.css";

const shapes: readonly PhaseStatus[] = ["waiting", "running", "done", "failed", "skipped"];
const topics: readonly (readonly [Key, Key])[] = [
  ["help.changeTitle", "help.changeText"],
  ["help.failTitle", "help.failText"],
  ["help.rollbackTitle", "help.rollbackText"],
];

const first: readonly Key[] = ["help.first1", "help.first2", "help.first3", "help.first4"];

/** Help is how to read the line and what to do with it. */
export default function Help() {
  const { t } = useWords();
  return (
    <div className={classes.help}>
      <PageHead title={t("help.title")} />
      <section className={page.section}>
        <h2>{t("help.firstTitle")}</h2>
        <ol className={classes.first}>
          {first.map((words) => (
            <li key={words}>{t(words)}</li>
          ))}
        </ol>
      </section>
      <section className={page.section}>
        <h2>{t("help.lineTitle")}</h2>
        <p>{t("help.lineText")}</p>
        <ul className={classes.shapes}>
          {shapes.map((status) => (
            <li key={status}>
              <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
                <path d="M0 20H40" stroke="var(--mantine-color-default-border)" strokeWidth="4" />
                <Station x={20} y={20} r={10} status={status} />
              </svg>
              {t(`phaseStatus.${status}`)}
            </li>
          ))}
        </ul>
      </section>
      <section className={page.section}>
        <h2>{t("help.stationsTitle")}</h2>
        <Facts facts={phaseNames.map((name) => ({ key: name, label: t(`phase.${name}`), value: t(`help.${name}`) }))} />
      </section>
      {topics.map(([title, text]) => (
        <section key={title} className={page.section}>
          <h2>{t(title)}</h2>
          <p>{t(text)}</p>
        </section>
      ))}
      <section className={page.section}>
        <h2>{t("help.keysTitle")}</h2>
        <KeysList />
      </section>
      <section className={page.section}>
        <h2>{t("help.api")}</h2>
        <p>
          {t("help.apiText")}{" "}
          <Anchor component={Link} to="/help/api" inherit underline="always">
            {t("help.apiLink")}
          </Anchor>
        </p>
      </section>
      <section className={page.section}>
        <h2>{t("help.commandTitle")}</h2>
        <p>{t("help.commandText")}</p>
        <pre className={classes.command} tabIndex={0}>{"pronto login\npronto create hello --template nodejs --wait\npronto app hello\npronto logs hello --follow"}</pre>
      </section>
    </div>
  );
}
