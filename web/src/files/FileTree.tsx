import { TextInput } from "@mantine/core";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { FileList } from "../api/types";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import classes from "./FileTree.module.css";
import { around, flat, treeOf, type Flat } from "./tree";

type Props = { files: FileList["files"]; chosen: string | undefined; onChoose: (path: string) => void };

/** FileTree is the repository's files; arrows walk it, and open and close its directories. */
export function FileTree({ files, chosen, onChoose }: Props) {
  const { t } = useWords();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(["deploy", "src", ...around(chosen ?? "")]));
  const [cursor, setCursor] = useState(chosen);
  const list = useRef<HTMLUListElement>(null);
  const tree = useMemo(() => treeOf(files), [files]);
  const wanted = query.trim().toLowerCase();
  const found = files.filter(({ path }) => path.toLowerCase().includes(wanted));
  const rows: Flat[] = wanted === "" ? flat(tree, open) : found.map(({ path, size }) => ({ item: { name: path, path, size }, depth: 0 }));
  const at = Math.max(0, rows.findIndex(({ item }) => item.path === cursor));

  const toggle = (path: string, to: boolean) => setOpen((before) => new Set(to ? [...before, path] : [...before].filter((each) => each !== path)));
  const act = ({ item }: Flat) => {
    setCursor(item.path);
    if (item.children) toggle(item.path, !open.has(item.path));
    else onChoose(item.path);
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) focus(to);
    else if (event.key === "ArrowRight" && row.item.children) toggle(row.item.path, true);
    else if (event.key === "ArrowLeft" && row.item.children && open.has(row.item.path)) toggle(row.item.path, false);
    else if (event.key === "ArrowLeft") focus(rows.findLastIndex((other, i) => i < at && other.depth < row.depth));
    else if (event.key === "Enter" || event.key === " ") act(row);
    else return;
    event.preventDefault();
  };
  const focus = (to: number) => {
    const row = rows[to];
    if (!row) return;
    setCursor(row.item.path);
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[to]?.focus();
  };

  return (
    <>
      <TextInput size="sm" className={classes.find ?? ""} leftSection={<Icon name="search" size={14} />} placeholder={t("files.find")} aria-label={t("files.find")} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
      {rows.length === 0 && <p className={classes.none}>{t("files.noMatch")}</p>}
      {rows.length > 0 && (
        <ul ref={list} className={classes.tree} role="tree" aria-label={t("files.tree")} onKeyDown={onKey}>
          {rows.map((row, i) => (
            <li
              key={row.item.path}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={row.item.path === chosen}
              {...(row.item.children ? { "aria-expanded": open.has(row.item.path) } : {})}
              tabIndex={i === at ? 0 : -1}
              title={row.item.path}
              style={{ "--depth": row.depth }}
              onClick={() => act(row)}
            >
              {row.item.children && <span className={classes.turn} aria-hidden="true" />}
              <Icon name={row.item.children ? "folder" : "page"} size={15} />
              <span className={classes.name}>{row.item.name}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
