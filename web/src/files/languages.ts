import type { LanguageSupport } from "@codemirror/language";

type Load = () => Promise<LanguageSupport>;

const yaml: Load = async () => (await import("@codemirror/lang-yaml")).yaml();
const markdown: Load = async () => (await import("@codemirror/lang-markdown")).markdown();
const html: Load = async () => (await import("@codemirror/lang-html")).html();
const css: Load = async () => (await import("@codemirror/lang-css")).css();
const json: Load = async () => (await import("@codemirror/lang-json")).json();
const python: Load = async () => (await import("@codemirror/lang-python")).python();
const go: Load = async () => (await import("@codemirror/lang-go")).go();
const javascript: Load = async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true });
const typescript: Load = async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true, typescript: true });

const byEnding: Record<string, Load> = {
  yaml, yml: yaml, md: markdown, html, htm: html, css, json, py: python, go, js: javascript, mjs: javascript, cjs: javascript, jsx: javascript, ts: typescript, tsx: typescript,
};

/** languageOf loads the language of a file by its name; undefined for plain text. */
export function languageOf(path: string): Load | undefined {
  return byEnding[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
}
