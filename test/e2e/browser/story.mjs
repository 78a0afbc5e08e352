// The story of one application, told through the pages in one language.

import assert from "node:assert/strict";

const stations = ["create", "build", "sync", "expose", "live"];
const file = "src/server.js";
const before = "Hello from";
const after = "Good day from";

/** Story is one application's way through the portal. */
export class Story {
  /** see takes a picture of a page and refuses what axe finds; real says that applications can be opened. */
  constructor({ url, app, words, patience, real = false, see }) {
    Object.assign(this, { url, app, words, patience, real, see });
  }

  async signIn(page, account) {
    await page.goto(`${this.url}/platform`);
    const button = page.locator("main a[href^='/auth/login']");
    await button.waitFor();
    await this.see(page, "sign-in");
    await button.click();
    if (account) {
      await page.locator("#login").fill(account.user);
      await page.locator("#password").fill(account.password);
      await page.locator("#submit-login").click();
    }
    await page.waitForURL(`${this.url}/platform`);
    await page.locator("main summary").first().waitFor();
  }

  async refuse(page) {
    await page.goto(`${this.url}/create/nodejs`);
    const name = page.locator("input[name=name]");
    await name.fill("Not A Name");
    await name.blur();
    await page.locator("[id$='-error']").first().waitFor();
    await this.see(page, "create-refused");
  }

  async create(page) {
    await page.goto(`${this.url}/create/nodejs`);
    await page.locator("input[name=name]").fill(this.app);
    await page.getByText(this.words.free, { exact: true }).nth(3).waitFor();
    await this.see(page, "create");
    await this.toReview(page);
    await this.see(page, "review");
    await page.getByRole("button", { name: this.words.create(this.app) }).click();
    await page.waitForURL(`${this.url}/apps/${this.app}`);
    for (const station of stations) {
      await this.station(page, station, "done");
      if (station === "create") await this.see(page, "under-way");
    }
    await this.see(page, "live");
    await this.opens(page, before);
  }

  /** toReview goes through the form's pages, however many it has. */
  async toReview(page) {
    const review = page.locator("#review");
    for (let i = 0; i < 5 && !(await review.isVisible()); i += 1) {
      const form = await page.locator("main form").elementHandle();
      await page.locator("main form button[type=submit]").click();
      await page.waitForFunction((shown) => !shown.isConnected, form);
    }
    await review.waitFor();
  }

  async lookBehind(page) {
    await page.goto(`${this.url}/apps/${this.app}`);
    for (const station of stations) {
      await page.locator(`[data-phase=${station}] button`).click();
      await page.locator("#behind dl, #behind ol").first().waitFor();
      await this.see(page, `behind-${station}`);
    }
    await page.getByRole("link", { name: this.words.tabs.logs, exact: true }).click();
    await page.locator("[role=log]").waitFor();
    await this.see(page, "logs");
    await this.replay(page);
  }

  async replay(page) {
    await page.goto(`${this.url}/apps/${this.app}`);
    await page.getByRole("button", { name: this.words.replay, exact: true }).click();
    await this.station(page, "live", "waiting"); // motion is reduced here, so it stands at the beginning
    const forward = page.getByRole("button", { name: this.words.forward });
    await forward.click();
    await this.see(page, "replay");
    for (let i = 0; i < 100 && (await forward.isEnabled()); i += 1) await forward.click();
    await this.station(page, "live", "done");
    await page.getByRole("button", { name: this.words.endReplay }).click();
  }

  async change(page) {
    await page.goto(`${this.url}/apps/${this.app}/files?path=${file}`);
    const content = page.locator(".cm-content");
    await content.waitFor();
    await page.getByRole("button", { name: this.words.edit, exact: true }).click();
    const text = (await page.evaluate(async ([app, path]) => (await (await fetch(`/api/pronto/v1/apps/${app}/file?path=${path}`)).json()).content, [this.app, file])).replace(before, after);
    await page.locator(".cm-content[contenteditable=true]").click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(text);
    await page.getByText(after).last().waitFor();
    await this.see(page, "editor");
    const answer = page.waitForResponse((response) => response.request().method() === "PUT");
    await page.getByRole("button", { name: this.words.commit }).click();
    await this.follow(page, answer, "change");
    await this.opens(page, after);
  }

  async rollBack(page) {
    await page.goto(`${this.url}/apps/${this.app}`);
    await page.getByRole("link", { name: this.words.tabs.versions, exact: true }).click();
    const back = page.locator("main table button[aria-label]").filter({ hasNot: page.locator("svg") }).last();
    await back.waitFor();
    await this.see(page, "versions");
    const revision = (await back.getAttribute("aria-label")).split(" ").at(-1);
    await back.click();
    const confirm = page.getByRole("dialog").getByRole("button", { name: this.words.rollback(revision) });
    await confirm.waitFor();
    await this.see(page, "roll-back");
    const answer = page.waitForResponse((response) => response.url().endsWith("/rollback"));
    await confirm.click();
    await this.follow(page, answer, "rolled-back");
    await this.opens(page, before);
  }

  async remove(page) {
    await page.goto(`${this.url}/apps/${this.app}`);
    await page.getByRole("link", { name: this.words.tabs.settings, exact: true }).click();
    await page.getByRole("button", { name: this.words.remove(this.app) }).click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: this.words.confirm, exact: true });
    await dialog.getByRole("textbox").fill("another");
    await confirm.click();
    await dialog.getByText(this.words.mismatch(this.app)).waitFor();
    await dialog.getByRole("textbox").fill(this.app);
    await this.see(page, "delete");
    await confirm.click();
    await page.getByRole("heading", { name: this.words.gone(this.app) }).waitFor({ timeout: this.patience });
    await this.see(page, "gone");
  }

  /** follow waits until the commit that an answer tells of is live. */
  async follow(page, answer, label) {
    const { revision } = await (await answer).json();
    assert.match(revision, /^[0-9a-f]{40}$/);
    await page.waitForURL(`${this.url}/apps/${this.app}`);
    await page.locator(`main code[title="${revision}"]`).first().waitFor({ timeout: this.patience });
    await this.station(page, "live", "done");
    await this.see(page, label);
  }

  station(page, name, status) {
    return page.locator(`[data-phase=${name}][data-status=${status}]`).waitFor({ timeout: this.patience });
  }

  /** opens follows the link to the application, which says what it should. */
  async opens(page, says) {
    const link = page.locator(`main a[href^="https://${this.app}."]`).first();
    await link.waitFor();
    if (!this.real) return;
    const opened = await page.context().newPage();
    const answer = await opened.goto(await link.getAttribute("href"));
    assert.equal(answer.status(), 200);
    assert.match(await answer.text(), new RegExp(says));
    await opened.close();
  }
}
