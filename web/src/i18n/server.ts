import type { Lang } from "../format/time";
import { appPhrases } from "./phrases.app";
import { catalogPhrases } from "./phrases.catalog";
import { causePhrases } from "./phrases.causes";
import { deliveryPhrases } from "./phrases.delivery";
import { portalPhrases } from "./phrases.portal";
import { refusalPhrases } from "./phrases.refusals";
import { taskPhrases } from "./phrases.tasks";

/**
 * Phrase is a sentence of the platform as it comes, and how it reads in
 * Portuguese: $1 is a part as it is, {1} a part that is a sentence itself.
 */
export type Phrase = readonly [RegExp, string];

/*
 * What the platform says itself (reasons, proofs, the titles in a template)
 * is in English. These are its sentences in Portuguese; one that is not here
 * is shown as it came, so nothing is ever hidden.
 */
const phrases: readonly Phrase[] = [...appPhrases, ...portalPhrases, ...deliveryPhrases, ...taskPhrases, ...refusalPhrases, ...catalogPhrases, ...causePhrases];

/** The field that a sentence is about stands before it; where it is shown, the field is plain. */
const field = /^(?:approve|architecture|before|collaborators|content|context|days|directoryContents|files|format|id|Last-Event-ID|message|name|owner|path|paths|replicas|service\.\w+(?:\[\d+\])?|sourcePath|template|to): /;

/** serverText is a sentence of the platform in the reader's language. */
export function serverText(lang: Lang, text: string): string {
  return lang === "en" ? text.replace(/^[a-z]+: (?=")|^name: /, "") : (translated(text) ?? text.replace(field, ""));
}

/** translated is a sentence of the platform in Portuguese, if it is known; of several, those that are. */
export function translated(text: string): string | undefined {
  const said = text.replace(field, "");
  const parts = said.split("; ");
  for (let count = parts.length; count > 0; count -= 1) {
    const first = parts.slice(0, count).join("; ");
    const found = (count === parts.length ? whole(text) : undefined) ?? whole(first);
    if (found !== undefined) return [found, ...(count < parts.length ? [inner(parts.slice(count).join("; "))] : [])].join("; ");
  }
  const rest = parts.length > 1 ? translated(parts.slice(1).join("; ")) : undefined;
  return rest === undefined ? undefined : `${parts[0] ?? ""}; ${rest}`;
}

function whole(text: string): string | undefined {
  for (const [pattern, words] of phrases) {
    const parts = pattern.exec(text);
    if (parts) return words.replace(/\$(\d)|\{(\d)\}/g, (_, plain?: string, sentence?: string) => (plain ? (parts[Number(plain)] ?? "") : inner(parts[Number(sentence)] ?? ""))).trim();
  }
  return undefined;
}

function inner(text: string): string {
  return translated(text) ?? text;
}
