// Tasks of the past, with their logs and what they made.

import { steps } from "./data.mjs";

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

function task(id, name, status, age, more = {}) {
  return { id, status, createdAt: ago(age), createdBy: "user:default/dev", spec: { templateInfo: { entityRef: "template:default/nodejs" }, parameters: { name }, steps, ...more } };
}

function log(id, age, bodies) {
  return bodies.map(([type, body], i) => ({ id: i + 1, taskId: id, type, createdAt: ago(age - i * 0.7), body }));
}

const begin = (step) => ["log", { stepId: step.id, status: "processing", message: `Beginning step ${step.name}` }];
const finish = (step) => ["log", { stepId: step.id, status: "completed", message: `Finished step ${step.name}` }];
const output = {
  links: [{ title: "Repository", url: "https://git.pronto.localhost/apps/idp-hello" }, { title: "In the catalog", entityRef: "component:default/hello" }, { title: "Not a good one", url: "javascript:alert(1)" }],
  text: [{ title: "What now", content: "## First steps\n\nClone it and **change** something:\n\n```\ngit clone https://git.pronto.localhost/apps/idp-hello\n```\n\n- edit `index.js`\n- push to `main`\n\nMore in the [handbook](https://wiki.example/hello). <b>Not bold</b>." }],
};

/** pastTasks are tasks that ended, each in another way. */
export function pastTasks() {
  const [fetch, publish, register] = steps;
  const usual = task("x", "x", "x", 0).spec;
  return [
    { task: task("t-done", "hello", "completed", 90_000), things: [{ kind: "repository", name: "apps/idp-hello", url: "https://git.pronto.localhost/apps/idp-hello", step: "publish", gone: false }, { kind: "location", name: "https://git.pronto.localhost/apps/idp-hello/blob/main/catalog-info.yaml", step: "register", gone: false }], events: log("t-done", 90_000, [begin(fetch), ["log", { stepId: "fetch", message: "Fetched 14 files from templates/nodejs/skeleton" }], finish(fetch), begin(publish), finish(publish), begin(register), finish(register), ["completion", { message: "Run completed with status: completed", output }]]) },
    { task: { ...task("t-failed", "late", "failed", 4_000), state: { secrets: ["token"] }, spec: { ...usual, templateInfo: { entityRef: "template:default/everything" }, parameters: { name: "late" } } }, things: [{ kind: "repository", name: "apps/idp-late", url: "https://git.pronto.localhost/apps/idp-late", step: "publish", gone: false }], events: log("t-failed", 4_000, [begin(fetch), finish(fetch), begin(publish), ["log", { stepId: "publish", message: "Made the repository apps/idp-late" }], ["log", { stepId: "publish", status: "failed", message: "Error: pushing to apps/idp-late: the forge does not answer" }], ["completion", { message: "Run completed with status: failed", error: { name: "Error", message: "pushing to apps/idp-late: the forge does not answer" } }]]) },
    { task: { ...task("t-cancelled", "never", "cancelled", 200_000), createdBy: "user:default/ana" }, things: [], events: log("t-cancelled", 200_000, [begin(fetch), ["cancelled", { message: "Cancelled by ana" }]]) },
    { task: task("t-running", "slow", "processing", 12), things: [], events: log("t-running", 12, [begin(fetch), finish(fetch), begin(publish)]) },
  ];
}
