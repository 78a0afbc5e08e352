import { useState } from "react";
import { isMine } from "../api/access";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import type { Entry } from "../live/reducer";
import { useMe } from "../shell/MeContext";
import { AppTable } from "./AppTable";
import { chosen, type Choice } from "./choose";
import { Filters } from "./Filters";

const many = 8; // from here on a search helps

/** Applications is one's own applications, or all of them. */
export function Applications({ entries }: { entries: readonly Entry[] }) {
  const { t } = useWords();
  const me = useMe();
  const mine = entries.filter(({ app }) => isMine(app, me)).length;
  const scoped = mine > 0 && mine < entries.length;
  const [choice, setChoice] = useState<Choice>({ scope: "mine", status: "", query: "" });
  const scope = scoped ? choice.scope : "all";
  const found = chosen(entries, me, { ...choice, scope });
  return (
    <section className={page.section} aria-labelledby="applications">
      <h2 id="applications">{t(scope === "mine" || mine === entries.length ? "home.mine" : "home.all")}</h2>
      <Filters choice={choice} onChoice={setChoice} scoped={scoped} many={entries.length >= many} />
      {found.length > 0 ? <AppTable entries={found} /> : <p>{t("home.noMatch", { query: choice.query || (choice.status && t(`status.${choice.status}`)) })}</p>}
    </section>
  );
}
