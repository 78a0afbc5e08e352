import type { ReactNode } from "react";
import { useWords } from "../i18n/I18n";
import type { Key } from "../i18n/translate";
import classes from "./Table.module.css";

/** Column is a heading's words; one at the end stands at the right, a hidden one is only read aloud. */
export type Column = Key | { words: Key; end?: boolean; hidden?: boolean };

type Props = {
  columns: readonly Column[];
  /** A table that is narrow enough keeps its shape on a phone; the rows of another become small cards. */
  narrow?: boolean;
  /** What it is called, where it can be scrolled and nothing within takes the focus. */
  label?: string;
  children: ReactNode;
};

/** Table is the frame of every table: headings, and rows that are given. */
export function Table({ columns, narrow = false, label, children }: Props) {
  return (
    <div className={classes.wrap} {...(label === undefined ? {} : { tabIndex: 0, role: "region", "aria-label": label })}>
      <table className={`${classes.table ?? ""} ${narrow ? "" : (classes.cards ?? "")}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={typeof column === "string" ? column : column.words} {...(typeof column === "string" ? { words: column } : column)} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Heading({ words, end = false, hidden = false }: Exclude<Column, string>) {
  const { t } = useWords();
  return (
    <th scope="col" className={end ? classes.end : undefined}>
      {hidden ? <span className="visually-hidden">{t(words)}</span> : t(words)}
    </th>
  );
}
