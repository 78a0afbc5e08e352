import { Button } from "@mantine/core";
import type { Problem } from "../api/problem";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import classes from "./Page.module.css";

type Props = { problem: Problem; again?: () => void };

type Sort = "network" | "notFound" | "forbidden" | "input" | "server";

function sortOf(status: number): Sort {
  if (status === 0) return "network";
  if (status === 404) return "notFound";
  if (status === 401 || status === 403) return "forbidden";
  return status < 500 ? "input" : "server";
}

/** Failure says what happened, what it means and what to do; the raw detail is folded. */
export function Failure({ problem, again }: Props) {
  const { t, saying } = useWords();
  const sort = sortOf(problem.status);
  const rows: readonly (readonly [Key, string])[] = [
    ["problem.what", problem.message === "" ? t(`problem.${sort}`) : saying(problem.message)],
    ["problem.meaning", t(`problem.${sort}Meaning`)],
    ["problem.todo", t(`problem.${sort}Todo`)],
  ];
  return (
    <div className={classes.failure} role="alert">
      <dl>
        {rows.map(([label, text]) => (
          <div key={label} style={{ display: "contents" }}>
            <dt>{t(label)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {again && (
        <Button variant="default" size="sm" onClick={again}>
          {t("problem.again")}
        </Button>
      )}
      {problem.detail !== "" && (
        <details>
          <summary>{t("problem.raw")}</summary>
          <pre>{problem.detail}</pre>
        </details>
      )}
    </div>
  );
}
