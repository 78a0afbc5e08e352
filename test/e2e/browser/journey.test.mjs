// From one form to a running application, in a real browser.
//
//   PRONTO_URL        the portal's address, https://portal.<domain>
//   PRONTO_DOMAIN     the zone
//   PRONTO_EDGE       the edge's IP address
//   PRONTO_CA         file with the CA's certificate (PEM)
//   PRONTO_USER       email to sign in with
//   PRONTO_PASSWORD   its password
//   APP               name of the application to create (default browser)
//   ARTIFACTS         directory for the pictures
//   DELETE=1          delete the application through the pages afterwards

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { inspect, looks } from "./looks.mjs";

const { PRONTO_URL, PRONTO_DOMAIN = "pronto.localhost", PRONTO_EDGE, PRONTO_CA, PRONTO_USER, PRONTO_PASSWORD, APP = "browser", ARTIFACTS = "artifacts", DELETE } = process.env;
const patience = 120_000; // ms for a whole delivery on a slow machine
const stations = ["create", "build", "sync", "expose", "live"];

let opened;
let session;
const faults = [];

before(async () => {
  assert.ok(PRONTO_URL, "PRONTO_URL is needed: the portal's address");
  await mkdir(ARTIFACTS, { recursive: true });
  opened = await launch({ ca: PRONTO_CA && (await readFile(PRONTO_CA)), domain: PRONTO_DOMAIN, edge: PRONTO_EDGE });
});

after(() => opened?.close());

/** newPage opens a page that is signed in and whose faults are noted. */
async function newPage(look = looks[0]) {
  const { name: _, ...options } = look;
  const context = await opened.browser.newContext({ ...options, storageState: session });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => /Content Security Policy/i.test(message.text()) && faults.push(message.text()));
  return page;
}

test("signing in leads back to the page one wanted", async () => {
  const page = await newPage();
  await page.goto(`${PRONTO_URL}/platform`);
  const button = page.locator("main a[href^='/auth/login']");
  await button.waitFor();
  await inspect(page, "sign-in", ARTIFACTS);
  await button.click();
  if (PRONTO_PASSWORD) {
    await page.locator("#login").fill(PRONTO_USER);
    await page.locator("#password").fill(PRONTO_PASSWORD);
    await page.locator("#submit-login").click();
  }
  await page.waitForURL(`${PRONTO_URL}/platform`);
  await page.locator("main table").first().waitFor();
  session = await page.context().storageState();
  await page.context().close();
});

test("the form says at the field what to change", async () => {
  const page = await newPage();
  await page.goto(`${PRONTO_URL}/create/nodejs`);
  const name = page.locator("input[name=name]");
  await name.fill("Not A Name");
  await name.blur();
  const complaint = page.locator("[id$='-error']").first();
  await complaint.waitFor();
  await inspect(page, "create-refused", ARTIFACTS);
  await page.context().close();
});

test("the form brings an application live, station by station", { timeout: patience + 60_000 }, async () => {
  const page = await newPage();
  await page.goto(`${PRONTO_URL}/create/nodejs`);
  await page.locator("input[name=name]").fill(APP);
  await page.getByText("free", { exact: true }).nth(3).waitFor();
  await inspect(page, "create", ARTIFACTS);
  await page.locator("button[type=submit]").click();
  await page.locator("#review").waitFor();
  await inspect(page, "review", ARTIFACTS);
  await page.getByRole("button", { name: `Create ${APP}` }).click();
  await page.waitForURL(`${PRONTO_URL}/apps/${APP}`);

  for (const station of stations) {
    await page.locator(`[data-phase=${station}][data-status=done]`).waitFor({ timeout: patience });
    if (station === "create") await inspect(page, "under-way", ARTIFACTS);
  }
  const link = page.locator(`a[href^="https://${APP}.${PRONTO_DOMAIN}"]`).first();
  await link.waitFor();
  await inspect(page, "live", ARTIFACTS);

  const address = await link.getAttribute("href");
  if (PRONTO_CA) {
    const app = await page.context().newPage();
    const answer = await app.goto(address);
    assert.equal(answer.status(), 200);
    await app.screenshot({ path: join(ARTIFACTS, "the-application.png") });
  }
  await page.context().close();
});

test("every page reads well on each screen, in both colours and languages", { timeout: 300_000 }, async (t) => {
  const pages = { home: "/", "create-form": "/create/nodejs", application: `/apps/${APP}`, catalog: "/catalog", platform: "/platform", help: "/help", missing: "/nowhere", "no-app": "/apps/nobody" };
  for (const look of looks) {
    await t.test(look.name, async () => {
      const page = await newPage(look);
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(PRONTO_URL + path);
        await page.locator("main :is(h1, h2)").first().waitFor();
        await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
        await inspect(page, `${name}-${look.name}`, ARTIFACTS);
      }
      await page.context().close();
    });
  }
});

test("each station opens what is behind it, and the pods' logs follow", async () => {
  const page = await newPage();
  await page.goto(`${PRONTO_URL}/apps/${APP}`);
  for (const station of stations) {
    await page.locator(`[data-phase=${station}] button`).click();
    await page.locator("#behind dl, #behind ol").first().waitFor();
    await inspect(page, `behind-${station}`, ARTIFACTS);
  }
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.locator("[role=tabpanel] [role=log]").waitFor();
  await inspect(page, "logs", ARTIFACTS);
  await page.context().close();
});

test("deleting asks for the name and shows the proof", { skip: DELETE !== "1", timeout: patience }, async () => {
  const page = await newPage();
  await page.goto(`${PRONTO_URL}/apps/${APP}`);
  await page.getByRole("tab", { name: "About" }).click();
  await page.getByRole("button", { name: `Delete ${APP}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("another");
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await dialog.getByText(`Type exactly ${APP}.`).waitFor();
  await dialog.getByRole("textbox").fill(APP);
  await inspect(page, "delete", ARTIFACTS);
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("heading", { name: `${APP} is gone` }).waitFor({ timeout: patience });
  await inspect(page, "gone", ARTIFACTS);
  await page.context().close();
});

test("no page failed or broke its own policy", () => assert.deepEqual(faults, []));
