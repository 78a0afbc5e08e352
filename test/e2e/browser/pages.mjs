// Every page of the portal: where it is, by the pattern that the app routes.

/**
 * visits says for each route the addresses that are looked at; app is an
 * application, and the ids are of a task, a delivery and a run of it.
 */
export function visits({ app, task, delivery, run }) {
  return {
    "/": ["/"],
    "/create": ["/create"],
    "/create/:template": ["/create/nodejs"],
    "/create/:namespace/:template": ["/create/default/nodejs"],
    "/tasks": ["/tasks"],
    "/tasks/:id": [`/tasks/${task}`],
    "/apps/:name": [`/apps/${app}`, "/apps/nobody"],
    "/apps/:name/deliveries/:id": [`/apps/${app}/deliveries/${delivery}`],
    "/apps/:name/versions": [`/apps/${app}/versions`],
    "/apps/:name/runs": [`/apps/${app}/runs`],
    "/apps/:name/runs/:id": [`/apps/${app}/runs/${run}`],
    "/apps/:name/resources": [`/apps/${app}/resources`],
    "/apps/:name/logs": [`/apps/${app}/logs`],
    "/apps/:name/metrics": [`/apps/${app}/metrics`],
    "/apps/:name/files": [`/apps/${app}/files`, `/apps/${app}/files?path=src/server.js`],
    "/apps/:name/settings": [`/apps/${app}/settings`],
    "/catalog": ["/catalog"],
    "/catalog/:namespace/:kind/:name": [`/catalog/default/component/${app}`],
    "/platform": ["/platform"],
    "/platform/audit": ["/platform/audit"],
    "/account": ["/account"],
    "/device": ["/device"],
    "/templates": ["/templates"],
    "/templates/edit": ["/templates/edit"],
    "/templates/actions": ["/templates/actions"],
    "/help": ["/help"],
    "/help/api": ["/help/api"],
    "/*": ["/nowhere"],
  };
}

/** idsOf asks the portal, as the page's person, for what an application's addresses need. */
export async function idsOf(page, app) {
  return page.evaluate(async (name) => {
    const read = async (path) => (await fetch(path)).json();
    const { deliveries } = await read(`/api/pronto/v1/apps/${name}/deliveries`);
    const { runs } = await read(`/api/pronto/v1/apps/${name}/runs`);
    const { tasks } = await read("/api/scaffolder/v2/tasks");
    return { app: name, task: tasks[0].id, delivery: deliveries[0].id, run: runs[0].runId ?? runs[0].id };
  }, app);
}

/** settled waits until a page shows what it has to show. */
export async function settled(page) {
  await page.locator("main :is(h1, h2)").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("main [aria-busy=true], main .loading-container"));
}
