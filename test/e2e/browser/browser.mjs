// The browser of the test: Chromium that trusts the platform's CA and finds
// the zone's hosts at the edge.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);

/** home is a directory whose NSS database holds the CA, as Chromium on Linux reads it. */
async function home(ca) {
  const dir = await mkdtemp(join(tmpdir(), "pronto-browser-"));
  if (ca) {
    const file = join(dir, "ca.pem");
    await writeFile(file, ca);
    const database = join(dir, ".pki", "nssdb");
    await mkdir(database, { recursive: true });
    await run("certutil", ["-N", "--empty-password", "-d", `sql:${database}`]);
    await run("certutil", ["-A", "-t", "C,,", "-n", "pronto", "-i", file, "-d", `sql:${database}`]);
  }
  return dir;
}

/** launch starts the browser; close ends it and takes its home away. */
export async function launch({ ca, domain, edge }) {
  const dir = await home(ca);
  const rules = edge ? [`--host-resolver-rules=MAP *.${domain} ${edge}`] : [];
  const browser = await chromium.launch({
    executablePath: process.env.PRONTO_CHROMIUM ?? "/usr/bin/chromium",
    env: { ...process.env, HOME: dir },
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...rules],
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
