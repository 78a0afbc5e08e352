// What is looked at on each page: a picture of it, whether it fits, and axe.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const looks = [
  { name: "desktop-light-en", viewport: { width: 1280, height: 860 }, colorScheme: "light", locale: "en-GB" },
  { name: "desktop-dark-pt", viewport: { width: 1280, height: 860 }, colorScheme: "dark", locale: "pt-BR" },
  { name: "phone-light-pt", viewport: { width: 360, height: 740 }, colorScheme: "light", locale: "pt-BR" },
  { name: "phone-dark-en", viewport: { width: 360, height: 740 }, colorScheme: "dark", locale: "en-GB" },
];

/** wide is a screen on which lines must not grow without end. */
export const wide = { name: "wide-light-en", viewport: { width: 2560, height: 1200 }, colorScheme: "light", locale: "en-GB" };

/** measure refuses a page whose content is broader than can be read on a wide screen. */
export async function measure(page, label) {
  const broadest = await page.evaluate(() => Math.max(...[...document.querySelectorAll("main p, main li")].filter((e) => e.textContent.length > 200).map((e) => e.getBoundingClientRect().width), 0));
  assert.ok(broadest <= 1200, `${label}: a text is ${broadest} px wide`);
  const main = await page.evaluate(() => document.querySelector("main").getBoundingClientRect().width);
  assert.ok(main <= 1600, `${label}: the content is ${main} px wide`);
}

/** still holds every motion, so that a colour is not measured half-way through one. */
export async function still(page) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))));
}

/** inspect takes the picture and refuses a page that is too wide or that axe finds fault with. */
export async function inspect(page, label, artifacts) {
  await still(page);
  await page.screenshot({ path: join(artifacts, `${label}.png`), fullPage: true });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(excess <= 0, `${label}: the page is ${excess} px wider than the window`);
  assert.deepEqual(await violations(page), [], `${label}: axe finds violations`);
}

/** axe comes through the protocol, not by a script tag, so the page's own policy stays in force. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ target, any }) => `${target.join(" ")}: ${any[0]?.message ?? ""}`) }));
}
