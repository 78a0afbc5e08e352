import type { Lang } from "../format/time";
import { en, type Key } from "./en";
import { pt } from "./pt";

export type { Key, Lang };

export type Values = Readonly<Record<string, string | number>>;

export const dictionaries: Record<Lang, Record<Key, string>> = { en, pt };

/** translate gives the words for a key, with {placeholders} filled in. */
export function translate(lang: Lang, key: Key, values: Values = {}): string {
  return dictionaries[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** preferred is the language of the first of the browser's that there is. */
export function preferred(languages: readonly string[]): Lang {
  for (const language of languages) {
    if (/^pt\b/i.test(language)) return "pt";
    if (/^en\b/i.test(language)) return "en";
  }
  return "en";
}
