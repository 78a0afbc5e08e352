import { useWords } from "../i18n/I18n";
import type { Changes } from "./changes";
import classes from "./DiffView.module.css";

const signs = { added: "+", removed: "−", same: "", gap: "" } as const;

/** DiffView is the lines of a change. */
export function DiffView({ changes: { lines } }: { changes: Changes }) {
  const { t } = useWords();
  return (
    <div className={classes.diff} tabIndex={0} role="region" aria-label={t("files.diff")}>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t("files.before")}</th>
            <th scope="col">{t("files.after")}</th>
            <th scope="col">{t("files.change")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, i) => (
            <tr key={i} data-kind={line.kind}>
              <td className={classes.number}>{line.before}</td>
              <td className={classes.number}>{line.after}</td>
              <td className={classes.text}>
                <span className={classes.sign}>{signs[line.kind]}</span>
                {line.kind === "gap" ? "…" : line.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
