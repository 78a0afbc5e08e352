import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Spoken is a sentence of a Go source, with samples in place of what is filled in. */
export type Spoken = { file: string; text: string };

const literal = /"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/y;
const constant = /^\s*(?:const )?(\w+)\s+= ("[^"\n]* [^"\n]*")$/gm;
const tokens = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\b[a-z]\w*\b/g;
const samples: Record<string, string> = { d: "3", q: '"sample"', f: "1.5" };

/** goFiles lists the sources below a directory that are no tests. */
export function goFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"))
    .map((name) => join(root, name));
}

/** spokenAfter takes the sentence that follows each match of a pattern, e.g. `fault\.Inputf\(`. */
export function spokenAfter(file: string, before: RegExp): Spoken[] {
  const source = bare(readFileSync(file, "utf8"));
  return [...source.matchAll(before)].flatMap((match) => {
    const at = source.slice(0, match.index + match[0].length).length;
    const line = source.slice(at, source.indexOf("\n", source.indexOf("\n", at) + 1));
    const start = line.search(/["`]/);
    return start < 0 ? [] : said(file, source, at + start);
  });
}

/** spokenIn takes every sentence of a file: each text of two words and more. */
export function spokenIn(file: string): Spoken[] {
  return allIn(file, bare(readFileSync(file, "utf8")));
}

/**
 * spokenByRules takes the sentences of files that recognise something: there,
 * raw literals are patterns, and how several sentences end is a constant.
 */
export function spokenByRules(files: readonly string[]): Spoken[] {
  const sources = files.map((file) => ({ file, source: bare(readFileSync(file, "utf8")) }));
  const shared = new Map(sources.flatMap(({ source }) => [...source.matchAll(constant)].map(([, name = "", text = ""]) => [name, text])));
  const plain = (token: string) => (token.startsWith("`") ? '""' : (shared.get(token) ?? token));
  return sources.flatMap(({ file, source }) => allIn(file, source.replace(tokens, plain))).filter(({ text }) => /^[A-Z`$]/.test(text));
}

function allIn(file: string, source: string): Spoken[] {
  const all: Spoken[] = [];
  for (let at = 0; at < source.length; at += 1) {
    const found = literalAt(source, at);
    if (!found) continue;
    all.push(...said(file, source, at));
    at = chained(source, at).end - 1;
  }
  return all;
}

/** bare takes the comments and what only the log gets out of a source. */
function bare(source: string): string {
  return source.replace(/^\s*\/\/.*$|(?<=[\s;{}])\/\/ .*$/gm, "").replace(/fmt\.Errorf\("[^"]*%w[^\n]*/g, "");
}

function said(file: string, source: string, at: number): Spoken[] {
  const led = /\+\s*$/.test(source.slice(0, at)) ? "sample" : "";
  const text = filled(led + chained(source, at).text);
  return /^["'`$\w].*[a-z] .*[a-z]/s.test(text) ? [{ file, text }] : [];
}

function literalAt(source: string, at: number): { text: string; end: number } | undefined {
  literal.lastIndex = at;
  const found = literal.exec(source);
  return found ? { text: found[2] ?? unescaped(found[1] ?? ""), end: literal.lastIndex } : undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
}

/** chained reads literals and other expressions joined by +. */
function chained(source: string, at: number): { text: string; end: number } {
  let { text, end } = literalAt(source, at) ?? { text: "", end: at };
  for (;;) {
    const plus = /^\s*\+\s*/.exec(source.slice(end, end + 80));
    if (!plus) return { text, end };
    const next = literalAt(source, end + plus[0].length);
    text += next ? next.text : "sample";
    end = next ? next.end : operand(source, end + plus[0].length);
  }
}

function operand(source: string, at: number): number {
  let depth = 0;
  for (let end = at; end < source.length; end += 1) {
    const sign = source[end] ?? "";
    if (depth === 0 && /[,;)}\n+]/.test(sign)) return end;
    if (sign === "(" || sign === "[") depth += 1;
    if (sign === ")" || sign === "]") depth -= 1;
  }
  return source.length;
}

function filled(text: string): string {
  return text.replace(/\$\{\d\}/g, "sample").replace(/%%/g, "%").replace(/%[-+.\d]*([a-zA-Z])/g, (_, verb: string) => samples[verb] ?? "sample").trim();
}
