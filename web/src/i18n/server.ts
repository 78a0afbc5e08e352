import type { Lang } from "../format/time";
import { appPhrases } from "./phrases.app";
import { portalPhrases } from "./phrases.portal";

/** Phrase is a sentence of the platform as it comes, and how it reads in Portuguese. */
export type Phrase = readonly [RegExp, string];

/*
 * What the platform says itself (reasons, proofs, the titles in a template)
 * is in English. These are its sentences in Portuguese; one that is not here
 * is shown as it came, so nothing is ever hidden.
 */
const phrases: readonly Phrase[] = [...appPhrases, ...portalPhrases];

/** serverText is a sentence of the platform in the reader's language. */
export function serverText(lang: Lang, text: string): string {
  const said = text.replace(/^[a-z]+: (?=")|^name: /, "");
  if (lang === "en") {
    return said;
  }
  const found = phrases.find(([pattern]) => pattern.test(said));
  return found ? said.replace(found[0], found[1]) : said;
}
