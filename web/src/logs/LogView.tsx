import { useMemo, useState } from "react";
import { useWords } from "../i18n/I18n";
import { LogBlock } from "./LogBlock";
import { LogTools } from "./LogTools";
import classes from "./LogView.module.css";
import { asText, blocks, decidingLine, type Line } from "./parse";
import { useStickToEnd } from "./useStickToEnd";

type Props = { lines: readonly Line[]; name: string; failed?: boolean; following?: boolean; stamped?: boolean; /** Whether it is what the page is there for. */ tall?: boolean };

/**
 * LogView shows a log: groups folded, the deciding line marked and scrolled
 * to, search, copy and download. It follows the end until one scrolls up.
 */
export function LogView({ lines, name, failed = false, following = false, stamped = false, tall = false }: Props) {
  const { t } = useWords();
  const [query, setQuery] = useState("");
  const [times, setTimes] = useState(stamped);
  const deciding = useMemo(() => (failed ? decidingLine(lines) : undefined), [failed, lines]);
  const folded = useMemo(() => blocks(lines, deciding), [lines, deciding]);
  const wanted = query.trim().toLowerCase();
  const matches = useMemo(() => (wanted === "" ? 0 : lines.filter(({ text }) => text.toLowerCase().includes(wanted)).length), [lines, wanted]);
  const { box, sticking, stick } = useStickToEnd(lines.length, following, deciding);
  return (
    <div className={classes.view}>
      <LogTools query={query} onQuery={setQuery} matches={wanted === "" ? undefined : matches} times={times} onTimes={setTimes} hasTimes={lines.some(({ time }) => time !== undefined)} text={() => asText(lines, times)} name={name} />
      <div ref={box} className={classes.box} data-tall={tall} tabIndex={0} role="log" aria-label={t("log.label")} aria-live="off">
        {lines.length === 0 && <p className={classes.none}>{t("log.empty")}</p>}
        {folded.map((block, i) => (
          <LogBlock key={i} block={block} wanted={wanted} times={times} deciding={deciding} />
        ))}
      </div>
      <div className={classes.foot}>
        <span>{t("log.lines", { count: lines.length })}</span>
        {following && (
          <button type="button" className={classes.follow} onClick={stick} disabled={sticking}>
            {sticking ? t("log.following") : t("log.toEnd")}
          </button>
        )}
      </div>
    </div>
  );
}
