import { Button } from "@mantine/core";
import { useWords } from "../i18n/I18n";
import classes from "./Catalog.module.css";
import { pageSize } from "./query";

type Props = { page: number; total: number; onPage: (page: number) => void };

/** Pages leads through a list that does not fit. */
export function Pages({ page, total, onPage }: Props) {
  const { t } = useWords();
  const from = (page - 1) * pageSize + 1;
  const to = Math.min(total, page * pageSize);
  return (
    <nav className={classes.pages} aria-label={t("catalog.pages")}>
      <span role="status">{t("catalog.range", { from, to, total })}</span>
      {total > pageSize && (
        <>
          <Button variant="default" size="compact-sm" disabled={page <= 1} onClick={() => onPage(page - 1)}>
            {t("catalog.previous")}
          </Button>
          <Button variant="default" size="compact-sm" disabled={to >= total} onClick={() => onPage(page + 1)}>
            {t("catalog.next")}
          </Button>
        </>
      )}
    </nav>
  );
}
