// Every page, in four looks and on a wide screen: axe, and that it fits. It
// needs the built app (web/dist) and no platform: the server is web/dev/mock.mjs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { launch } from "./browser.mjs";
import { inspect, looks, measure, wide } from "./looks.mjs";
import { idsOf, settled, visits } from "./pages.mjs";

const { ARTIFACTS = "artifacts" } = process.env;
const port = 5197;
const url = `http://127.0.0.1:${port}`;
const mock = new URL("../../../web/dev/mock.mjs", import.meta.url).pathname;
const patience = 400_000; // ms for a look at every page on a slow machine
const faults = [];

let server;
let opened;

before(async () => {
  await mkdir(ARTIFACTS, { recursive: true });
  server = spawn(process.execPath, [mock], { env: { ...process.env, PORT: String(port) }, stdio: ["ignore", "pipe", "inherit"] });
  await once(server.stdout, "data");
  opened = await launch({ domain: "pronto.localhost" });
});

after(async () => {
  await opened?.close();
  server.kill("SIGKILL");
  await once(server, "exit");
});

async function newPage({ name: _, ...look }) {
  const context = await opened.browser.newContext(look);
  context.setDefaultTimeout(20_000);
  await context.addCookies([{ name: "mock", value: "1", url }]);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(url);
  await settled(page);
  return page;
}

/** labelOf is an address as a part of a file's name. */
const labelOf = (path, look) => `page${path.replace(/[^a-z0-9]+/gi, "-")}-${look.name}`;

/** causes is where a delivery says why: one that failed, one that waits, and one whose cause is not known. */
async function causes(page) {
  const unknown = await page.evaluate(async () => {
    const { deliveries } = await (await fetch("/api/pronto/v1/apps/hello/deliveries")).json();
    return deliveries.find(({ status }) => status === "failed").id;
  });
  return ["/apps/shop-api", "/apps/invoices", `/apps/hello/deliveries/${unknown}`];
}

// Two looks at a time: a page keeps one processor busy, and makes and draws by turns.
describe("every page can be used by everybody", { concurrency: 2 }, () => {
  for (const look of [...looks, wide]) {
    test(look.name, { timeout: patience }, async (t) => {
      const page = await newPage(look);
      const paths = [...Object.values(visits(await idsOf(page, "hello"))).flat(), ...(await causes(page))];
      for (const path of paths) {
        await t.test(path, async () => {
          await page.goto(url + path);
          await settled(page);
          await inspect(page, labelOf(path, look), ARTIFACTS);
          if (look === wide) await measure(page, labelOf(path, look));
        });
      }
      await t.test("the open palette", async () => {
        await page.goto(url);
        await settled(page);
        await page.keyboard.press("ControlOrMeta+K");
        await page.getByRole("combobox").waitFor();
        await inspect(page, labelOf("/palette", look), ARTIFACTS);
      });
      await page.context().close();
    });
  }
});

test("no page failed", () => assert.deepEqual(faults, []));
