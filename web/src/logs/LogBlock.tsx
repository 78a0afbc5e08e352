import { useState } from "react";
import { clock, exact } from "../format/time";
import { useWords } from "../i18n/I18n";
import classes from "./LogView.module.css";
import type { Block, Numbered } from "./parse";

type Props = { block: Block; wanted: string; times: boolean; deciding: number | undefined };

/** LogBlock is a group, folded unless it holds what one looks for, or lines that stand free. */
export function LogBlock({ block, wanted, times, deciding }: Props) {
  const [chosen, setChosen] = useState<boolean>();
  const lines = wanted === "" ? block.lines : block.lines.filter(({ text }) => text.toLowerCase().includes(wanted));
  if (wanted !== "" && lines.length === 0) {
    return null;
  }
  const rows = lines.map((line) => <Row key={line.number} line={line} wanted={wanted} times={times} decides={line.number === deciding} />);
  if (block.title === undefined) {
    return <>{rows}</>;
  }
  const open = wanted !== "" || (chosen ?? block.decides);
  return (
    <div>
      <button type="button" className={classes.group} aria-expanded={open} onClick={() => setChosen(!open)}>
        <span aria-hidden="true">{open ? "▾" : "▸"}</span> {block.title}
      </button>
      {open && rows}
    </div>
  );
}

type RowProps = { line: Numbered; wanted: string; times: boolean; decides: boolean };

function Row({ line, wanted, times, decides }: RowProps) {
  const { t, lang } = useWords();
  const then = line.time === undefined ? undefined : new Date(line.time);
  return (
    <div className={classes.row} data-tone={line.tone} {...(decides ? { "data-deciding": true } : {})}>
      {times && then && (
        <time dateTime={line.time} title={exact(then, lang)}>
          {clock(then)}
        </time>
      )}
      {line.from && (
        <span className={classes.from} title={line.from}>
          {line.from}
        </span>
      )}
      <span className={classes.text}>{marked(line.text, wanted)}</span>
      {decides && <span className="visually-hidden"> ({t("log.deciding")})</span>}
    </div>
  );
}

function marked(text: string, wanted: string) {
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) {
    return text;
  }
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}
