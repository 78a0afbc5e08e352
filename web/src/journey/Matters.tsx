import { Button } from "@mantine/core";
import type { Phase } from "../api/types";
import { useWords } from "../i18n/I18n";
import { decidingLine, parseLine } from "../logs/parse";
import classes from "./Matters.module.css";

type Props = { phase: Phase; onWhole: () => void };

/** Matters is the few lines of a failed phase's log that say why, the deciding one marked. */
export function Matters({ phase, onWhole }: Props) {
  const { t } = useWords();
  const lines = linesOf(phase).map(parseLine);
  if (lines.length === 0) {
    return null;
  }
  const deciding = decidingLine(lines);
  return (
    <section className={classes.matters} aria-labelledby="matters">
      <header className={classes.head}>
        <h2 id="matters">{t("journey.matters")}</h2>
        <Button variant="default" size="compact-sm" onClick={onWhole}>
          {t("journey.wholeLog")}
        </Button>
      </header>
      <ol className={classes.lines}>
        {lines.map((line, i) => (
          <li key={i} data-tone={line.tone} {...(i === deciding ? { "data-deciding": true } : {})}>
            {line.text === "" ? "\u00a0" : line.text}
            {i === deciding && <span className="visually-hidden"> ({t("log.deciding")})</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** linesOf is the log lines in a phase's evidence. */
function linesOf({ evidence }: Phase): string[] {
  const { log } = evidence;
  return Array.isArray(log) ? log.filter((line) => typeof line === "string") : [];
}
