import { useRouteError } from "react-router";
import { Failure } from "../components/Failure";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/I18n";
import classes from "./Shell.module.css";

/** Crash is shown instead of a page that could not be drawn. */
export function Crash() {
  const { t } = useWords();
  const thrown = useRouteError();
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return (
    <main className={classes.alone}>
      <Failure problem={new Problem(500, t("page.crash"), detail)} again={() => location.reload()} />
    </main>
  );
}
