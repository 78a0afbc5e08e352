import { appEn } from "./app.en";
import { portalEn } from "./portal.en";

/** The words in English. Each key must be in every other language too. */
export const en = {
  ...appEn,
  ...portalEn,

  "problem.what": "What happened",
  "problem.meaning": "What it means",
  "problem.todo": "What to do",
  "problem.raw": "Raw detail",
  "problem.again": "Try again",
  "problem.network": "The portal did not answer.",
  "problem.networkMeaning": "Applications that are live stay live; only this page could not be read.",
  "problem.networkTodo": "Wait a moment and try again. If it stays so, look at pronto status.",
  "problem.notFound": "It was not found.",
  "problem.notFoundMeaning": "It was deleted, or the address is another.",
  "problem.notFoundTodo": "Go to the first page and open it from there.",
  "problem.forbidden": "You may not do this.",
  "problem.forbiddenMeaning": "Nothing was changed. Your role does not allow it.",
  "problem.forbiddenTodo": "Ask an administrator for the role you need.",
  "problem.input": "The request was not accepted.",
  "problem.inputMeaning": "Nothing was changed.",
  "problem.inputTodo": "Change what the message names and try again.",
  "problem.server": "Something failed on the platform's side.",
  "problem.serverMeaning": "Applications that are live stay live. What you asked for may not have happened.",
  "problem.serverTodo": "Try again. If it stays so, the portal's log says why.",
  "page.notFound": "There is no such page",
  "page.notFoundText": "The address is another, or the page has moved.",
  "page.crash": "This page could not be drawn.",

  "copy.copy": "Copy {what}",
  "copy.copied": "Copied",
  "loading": "Loading",
  "newTab": "opens in a new tab",
} as const;

export type Key = keyof typeof en;
