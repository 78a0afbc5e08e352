// From one form to a running application, in a real browser, in both languages.
//
//   PRONTO_URL        the portal's address, https://portal.<domain>
//   PRONTO_DOMAIN     the zone
//   PRONTO_EDGE       the edge's IP address
//   PRONTO_CA         file with the CA's certificate (PEM)
//   PRONTO_USER       email to sign in with
//   PRONTO_PASSWORD   its password
//   APP               beginning of the names of the applications (default browser)
//   ARTIFACTS         directory for the pictures
//   DELETE=1          delete the applications through the pages afterwards
//
// Without PRONTO_PASSWORD and PRONTO_CA it plays against web/dev/mock.mjs.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { launch } from "./browser.mjs";
import { inspect, looks } from "./looks.mjs";
import { Story } from "./story.mjs";
import { languages } from "./words.mjs";

const { PRONTO_URL, PRONTO_DOMAIN = "pronto.localhost", PRONTO_EDGE, PRONTO_CA, PRONTO_USER, PRONTO_PASSWORD, APP = "browser", ARTIFACTS = "artifacts", DELETE } = process.env;
const patience = 120_000; // ms for a whole delivery on a slow machine

let opened;
const sessions = {};
const faults = [];

before(async () => {
  assert.ok(PRONTO_URL, "PRONTO_URL is needed: the portal's address");
  await mkdir(ARTIFACTS, { recursive: true });
  opened = await launch({ ca: PRONTO_CA && (await readFile(PRONTO_CA)), domain: PRONTO_DOMAIN, edge: PRONTO_EDGE });
});

after(() => opened?.close());

/** newPage opens a page, signed in as the language's story is, whose faults are noted. */
async function newPage({ name: _, ...options }, language) {
  const context = await opened.browser.newContext({ ...options, storageState: sessions[language] });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => /Content Security Policy/i.test(message.text()) && faults.push(message.text()));
  return page;
}

for (const [language, words] of Object.entries(languages)) {
  const app = `${APP}-${language}`;
  const story = new Story({ url: PRONTO_URL, app, domain: PRONTO_DOMAIN, words, patience, real: Boolean(PRONTO_CA), see: (page, label) => inspect(page, `${language}-${label}`, ARTIFACTS) });
  /** told plays a part of the story on a page of its own. */
  const told = (title, part, options = {}) =>
    test(title, { timeout: patience + 60_000, ...options }, async () => {
      const page = await newPage({ ...looks[0], locale: words.locale }, language);
      await part(page);
      await page.context().close();
    });

  describe(`the story in ${words.locale}`, () => {
    told("signing in leads back to the page one wanted", async (page) => {
      await story.signIn(page, PRONTO_PASSWORD && { user: PRONTO_USER, password: PRONTO_PASSWORD });
      sessions[language] = await page.context().storageState();
    });
    told("the form says at the field what to change", (page) => story.refuse(page));
    told("the form brings an application live, station by station", (page) => story.create(page));
    told("each station opens what is behind it, and a finished delivery is replayed", (page) => story.lookBehind(page));
    told("a file changed in the editor goes live", (page) => story.change(page));
    told("rolling back brings the earlier version live", (page) => story.rollBack(page));
  });
}

test("every page reads well on each screen, in both colours and languages", { timeout: 300_000 }, async (t) => {
  for (const [i, look] of looks.entries()) {
    await t.test(look.name, async () => {
      const language = look.locale.slice(0, 2);
      const app = `/apps/${APP}-${language}`;
      const everywhere = { home: "/", "create-form": "/create/nodejs", application: app, resources: `${app}/resources`, metrics: `${app}/metrics`, file: `${app}/files?path=src/server.js`, settings: `${app}/settings` };
      const others = { gallery: "/create", versions: `${app}/versions`, runs: `${app}/runs`, files: `${app}/files`, catalog: "/catalog", platform: "/platform", help: "/help", missing: "/nowhere", "no-app": "/apps/nobody" };
      const page = await newPage(look, language);
      for (const [name, path] of Object.entries(i % 3 === 0 ? { ...everywhere, ...others } : everywhere)) {
        await page.goto(PRONTO_URL + path);
        await page.locator("main :is(h1, h2)").first().waitFor();
        await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
        await inspect(page, `${name}-${look.name}`, ARTIFACTS);
      }
      await page.context().close();
    });
  }
});

for (const [language, words] of Object.entries(languages)) {
  test(`deleting asks for the name and shows the proof (${words.locale})`, { skip: DELETE !== "1", timeout: patience }, async () => {
    const page = await newPage({ ...looks[0], locale: words.locale }, language);
    await new Story({ url: PRONTO_URL, app: `${APP}-${language}`, words, patience, see: (shown, label) => inspect(shown, `${language}-${label}`, ARTIFACTS) }).remove(page);
    await page.context().close();
  });
}

test("no page failed or broke its own policy", () => assert.deepEqual(faults, []));
