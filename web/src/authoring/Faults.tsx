import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";
import type { Fault } from "./parse";

/** Faults is what keeps the text from being a template, line by line. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const { t, saying } = useWords();
  return (
    <div role="status">
      {faults.length > 0 && (
        <div className={classes.faults}>
          <p>{t("author.faults")}</p>
          <ul>
            {faults.map((fault, i) => (
              <li key={i}>
                {fault.line !== undefined && <strong>{t("author.line", { line: fault.line })}: </strong>}
                {"key" in fault ? t(fault.key, fault.values) : saying(fault.message)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
