// A page that is left open while the server is restarted. It needs the built
// app (web/dist) and no platform: the server is web/dev/mock.mjs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";

const port = 5198;
const url = `http://127.0.0.1:${port}`;
const mock = new URL("../../../web/dev/mock.mjs", import.meta.url).pathname;

let server;
let opened;

/** serve starts the mock, and returns when it listens. */
async function serve(env = {}) {
  server = spawn(process.execPath, [mock], { env: { ...process.env, PORT: String(port), ...env }, stdio: ["ignore", "pipe", "inherit"] });
  await once(server.stdout, "data");
}

async function stop() {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

before(async () => {
  await serve();
  opened = await launch({ domain: "pronto.localhost" });
});

after(async () => {
  await opened?.close();
  await stop();
});

test("a page left open is right after a restart, without being read anew", { timeout: 60_000 }, async () => {
  const context = await opened.browser.newContext({ locale: "en-GB" });
  await context.addCookies([{ name: "mock", value: "1", url }]);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("link", { name: "hello", exact: true }).waitFor();
  await page.evaluate(() => (window.opened = "before the restart"));

  await stop();
  await page.getByText("The connection is lost.", { exact: false }).waitFor();
  assert.ok(await page.getByRole("link", { name: "hello", exact: true }).isVisible(), "what was known stays readable");

  await serve({ EMPTY: "1" }); // meanwhile every application was deleted
  await page.getByText("No application yet").waitFor();
  await page.getByText("The connection is lost.", { exact: false }).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => window.opened), "before the restart");
});
