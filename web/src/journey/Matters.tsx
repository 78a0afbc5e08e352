import { Button } from "@mantine/core";
import type { Phase } from "../api/types";
import { useWords } from "../i18n/I18n";
import { matterOf } from "./cause";
import classes from "./Matters.module.css";

type Props = { phase: Phase; onWhole: () => void };

/** Matters is the few lines that say why a phase failed or does not go on, those that decide marked. */
export function Matters({ phase, onWhole }: Props) {
  const { t } = useWords();
  const matter = matterOf(phase);
  if (!matter) {
    return null;
  }
  const { known, lines, deciding } = matter;
  return (
    <section className={classes.matters} aria-labelledby="matters" data-status={phase.status}>
      <header className={classes.head}>
        <h2 id="matters">{t(known ? "journey.matters" : "journey.observed")}</h2>
        {phase.name === "build" && (
          <Button variant="default" size="compact-sm" onClick={onWhole}>
            {t("journey.wholeLog")}
          </Button>
        )}
      </header>
      <ol className={classes.lines}>
        {lines.map((line, i) => (
          <li key={i} data-tone={line.tone} {...(deciding.has(i) ? { "data-deciding": true } : {})}>
            {line.text === "" ? "\u00a0" : line.text}
            {deciding.has(i) && deciding.size < lines.length && <span className="visually-hidden"> ({t("log.deciding")})</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
