import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";
import type { Page } from "./schema";

type Props = { pages: readonly Page[]; at: number; onGo: (page: number) => void };

/** PageSteps is where one is in the form; what was filled in can be gone back to. */
export function PageSteps({ pages, at, onGo }: Props) {
  const { t, said } = useWords();
  const titles = [...pages.map(({ title }) => said(title)), t("create.reviewTitle")];
  return (
    <ol className={classes.steps} aria-label={t("form.steps")}>
      {titles.map((title, i) => (
        <li key={i} data-state={i < at ? "done" : i === at ? "now" : "next"} aria-current={i === at ? "step" : undefined}>
          {i < at ? (
            <button type="button" onClick={() => onGo(i)}>
              {title}
            </button>
          ) : (
            <span>{title}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
