/** Span is a piece of a line of text. */
export type Span = { kind: "text" | "code" | "strong" | "em"; text: string } | { kind: "link"; text: string; href: string };

/** Block is a piece of a text in Markdown; only what task outputs use is known, the rest stays text. */
export type Block =
  | { kind: "heading" | "paragraph" | "quote"; spans: readonly Span[] }
  | { kind: "list"; ordered: boolean; items: readonly (readonly Span[])[] }
  | { kind: "code"; text: string };

const inline = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)|<?(https?:\/\/[^\s<>)]+)>?/g;

/** spansOf reads a line; an address that is not http(s), mail or of this site is no link. */
export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of line.matchAll(inline)) {
    if (match.index > at) spans.push({ kind: "text", text: line.slice(at, match.index) });
    spans.push(spanOf(match));
    at = match.index + match[0].length;
  }
  if (at < line.length) spans.push({ kind: "text", text: line.slice(at) });
  return spans;
}

function spanOf([whole, code, strong, strong2, em, text, href, bare]: RegExpMatchArray): Span {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined || strong2 !== undefined) return { kind: "strong", text: strong ?? strong2 ?? "" };
  if (em !== undefined) return { kind: "em", text: em };
  if (bare !== undefined) return { kind: "link", text: bare, href: bare };
  return href !== undefined && text !== undefined && isSafe(href) ? { kind: "link", text, href } : { kind: "text", text: text ?? whole };
}

/** isSafe tells whether an address that somebody else wrote may be followed; browsers read /\ as //. */
export function isSafe(href: string): boolean {
  return /^(?:https?:\/\/|mailto:|\/(?![/\\])|#)/i.test(href);
}

const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

/** blocksOf reads a text in Markdown. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): [Block | undefined, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [undefined, at + 1];
  if (/^\s*(```|~~~)/.test(line)) return fenced(lines, at);
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [{ kind: "heading", spans: spansOf(heading[1] ?? "") }, at + 1];
  if (item.test(line)) return list(lines, at);
  if (/^\s*>/.test(line)) return gathered(lines, at, "quote", (each) => /^\s*>/.test(each), (each) => each.replace(/^\s*>\s?/, ""));
  return gathered(lines, at, "paragraph", (each) => each.trim() !== "" && !/^\s*(```|~~~|#{1,6}\s|>)/.test(each) && !item.test(each), (each) => each.trim());
}

function fenced(lines: readonly string[], at: number): [Block, number] {
  const end = lines.findIndex((line, i) => i > at && /^\s*(```|~~~)\s*$/.test(line));
  const stop = end < 0 ? lines.length : end;
  return [{ kind: "code", text: lines.slice(at + 1, stop).join("\n") }, stop + 1];
}

function list(lines: readonly string[], at: number): [Block, number] {
  const items: Span[][] = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const found = item.exec(lines[next] ?? "");
    if (!found) break;
    items.push(spansOf(found[2] ?? ""));
  }
  return [{ kind: "list", ordered: item.exec(lines[at] ?? "")?.[1] !== undefined, items }, next];
}

function gathered(lines: readonly string[], at: number, kind: "quote" | "paragraph", belongs: (line: string) => boolean, strip: (line: string) => string): [Block, number] {
  let next = at + 1;
  while (next < lines.length && belongs(lines[next] ?? "")) next += 1;
  return [{ kind, spans: spansOf(lines.slice(at, next).map(strip).join(" ")) }, next];
}
