import { isNode } from "./extract";
import type { Labels } from "./FillForm";

/** labelsOf takes the template's own words for the buttons, where it has some. */
export function labelsOf(presentation: unknown, usual: Labels): Labels {
  const own = isNode(presentation) && isNode(presentation.buttonLabels) ? presentation.buttonLabels : {};
  const pick = (key: string, words: string) => (typeof own[key] === "string" && own[key] !== "" ? own[key] : words);
  return { back: pick("backButtonText", usual.back), review: pick("reviewButtonText", usual.review), create: pick("createButtonText", usual.create) };
}
