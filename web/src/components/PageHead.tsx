import type { ReactNode } from "react";
import classes from "./Page.module.css";
import { usePageTitle } from "./usePageTitle";

type Props = { title: string; lead?: ReactNode; children?: ReactNode };

/** PageHead is the page's title and its one primary action. */
export function PageHead({ title, lead, children }: Props) {
  usePageTitle(title);
  return (
    <header className={classes.head}>
      <div className={classes.titles}>
        <h1 title={title}>{title}</h1>
        {lead && <p>{lead}</p>}
      </div>
      {children}
    </header>
  );
}
