// What the mock knows before anything is done in it.

export const domain = "pronto.localhost";
export const phaseNames = ["create", "build", "sync", "expose", "live"];
const usual = { create: 0.9, build: 3.4, sync: 1.6, expose: 0.7, live: 0.3 };
const digest = `sha256:${"3f1a9c0e".repeat(8)}`;

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
export const hex = (seed) => Array.from({ length: 40 }, (_, i) => ((seed * 31 + i * 7) % 16).toString(16)).join("");

export function appNamed(name, more = {}) {
  return {
    name,
    status: "in_progress",
    host: `${name}.${domain}`,
    public: true,
    description: "",
    owner: "group:default/developers",
    template: "template:default/nodejs",
    createdBy: "user:default/dev",
    repository: `https://git.${domain}/apps/idp-${name}`,
    repositoryName: `apps/idp-${name}`,
    namespace: name,
    createdAt: new Date().toISOString(),
    ...more,
  };
}

export function evidenceOf(app, phase, revision) {
  switch (phase) {
    case "create":
      return { task: "t-1", repository: app.repository, commit: revision, entity: `component:default/${app.name}` };
    case "build":
      return { run: 7, runUrl: `${app.repository}/actions/runs/7`, image: `registry.${domain}/idp-${app.name}:sha-${revision.slice(0, 7)}`, digest, deployRevision: hex(9) };
    case "sync":
      return { application: `idp-${app.name}`, sync: "Synced", health: "Healthy", revision: hex(9), ready: 2, desired: 2, digest };
    case "expose":
      return { host: app.host, address: "127.0.0.1", issuer: "Pronto CA", certificateUntil: ago(-7_776_000) };
    default:
      return { url: `https://${app.host}/`, code: 200, revision, answeredAt: new Date().toISOString() };
  }
}

export function deliveryOf(app, states, more = {}) {
  const revision = more.revision ?? hex(app.name.length);
  const startedAt = more.startedAt ?? ago(500);
  let offset = 0;
  const moment = (seconds) => new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
  const phases = phaseNames.map((name, i) => {
    const status = states[i];
    const begun = status === "done" || status === "failed" || status === "running";
    const seconds = begun ? usual[name] * (0.8 + ((i * 7 + app.name.length) % 5) / 10) : 0;
    const from = Math.max(0, offset - (name === "expose" ? 0.4 : 0)); // expose begins while the pods start
    if (begun) offset = from + seconds;
    return {
      name,
      status,
      seconds,
      ...(begun ? { usualSeconds: usual[name], startedAt: moment(from), ...(status === "running" ? {} : { finishedAt: moment(offset) }) } : {}),
      evidence: begun ? evidenceOf(app, name, revision) : {},
    };
  });
  return { id: `d-${revision.slice(0, 8)}`, app: app.name, status: "live", revision, message: "Greet in two languages", author: "Ana Lima", startedAt, finishedAt: moment(offset), seconds: offset, image: `registry.${domain}/idp-${app.name}:sha-${revision.slice(0, 7)}@${digest}`, runId: 7, runUrl: `${app.repository}/actions/runs/7`, phases, ...more };
}

const again = " and push; the old version stays live until then.";
const testLog = ["> node --test", "ok 1 - answers 200 on /healthz", "not ok 2 - rounds half up", "  expected: 1.25", "  actual: 1.24", "# fail 1", "##[error]Process completed with exit code 1."];
const refusal = 'Readiness probe failed: Get "http://10.42.0.9:8080/readyz": dial tcp 10.42.0.9:8080: connect: connection refused';
const causes = {
  test: { code: "test_fails", phase: "build", sentence: 'The test "rounds half up" fails.', remedy: `Mend the code or the test${again}`, lines: testLog },
  port: { code: "wrong_port", phase: "sync", sentence: "Nothing listens on port 8080 of the container app.", remedy: `Let the application listen on 0.0.0.0:8080, or set containerPort in deploy/deployment.yaml to the port that it listens on${again}`, lines: [`Unhealthy Pod/invoices-5c9: ${refusal}`] },
  unknown: { code: "unknown", phase: "build", sentence: "The build failed for a reason that is not known here; what was observed stands below.", remedy: "Read the facts; when you know what it was, tell the maintainers of the platform, so that it is recognised next time.", facts: ['phase: build: workflow run "ci" ended as failure', 'run "ci": completed failure, job "", step ""'] },
};

const done = ["done", "done", "done", "done", "done"];

/** firstDeleted can still be brought back. */
export const firstDeleted = () => [
  appNamed("customer-notification-preferences-2025", { description: "What came before", deletedAt: ago(7_200) }),
  appNamed("price-list", { owner: "group:default/shop", deletedAt: ago(260_000) }),
];

export function firstApps() {
  const hello = appNamed("hello", { status: "live", url: `https://hello.${domain}`, description: "Says hello to whoever asks", createdAt: ago(90_000), liveRevision: hex(5) });
  hello.delivery = deliveryOf(hello, done, { revision: hex(5), startedAt: ago(1_260), taskId: "t-hello" });
  const shop = appNamed("shop-api", { status: "failed", url: `https://shop-api.${domain}`, createdAt: ago(400_000), liveRevision: hex(3), owner: "group:default/shop" });
  shop.delivery = deliveryOf(shop, ["skipped", "failed", "waiting", "waiting", "waiting"], { status: "failed", startedAt: ago(320), message: "Round prices half up" });
  shop.delivery.phases[0].reason = "this delivery began with a push";
  shop.delivery.phases[1].evidence = { run: 7, runUrl: `${shop.repository}/actions/runs/7`, log: testLog };
  Object.assign(shop.delivery.phases[1], { reason: 'step "Test" of job "build" failed: exit code 1', cause: causes.test });
  const inside = appNamed("reports", { status: "live", public: false, createdAt: ago(2_000_000) });
  inside.delivery = deliveryOf(inside, ["done", "done", "done", "skipped", "done"], { startedAt: ago(172_800) });
  inside.delivery.phases[3].reason = "the application is not public";
  const long = appNamed("customer-notification-preferences-svc", { status: "live", url: `https://customer-notification-preferences-svc.${domain}`, createdAt: ago(9_000_000) });
  long.delivery = deliveryOf(long, done, { startedAt: ago(700_000) });
  const invoices = appNamed("invoices", { createdAt: ago(300_000) });
  invoices.delivery = deliveryOf(invoices, ["skipped", "done", "running", "waiting", "waiting"], { status: "in_progress", startedAt: ago(45), finishedAt: undefined, seconds: 45, message: "Listen on another port" });
  Object.assign(invoices.delivery.phases[2], { reason: "waits for the readiness probe (GET /readyz on port 8080)", cause: causes.port, seconds: 41 });
  return [hello, shop, inside, long, invoices];
}

export const earlier = (app) => {
  const strange = deliveryOf(app, ["skipped", "failed", "waiting", "waiting", "waiting"], { revision: hex(19), runId: 5, status: "failed", startedAt: ago(60_000), message: "Answer in French" });
  Object.assign(strange.phases[1], { reason: 'workflow run "ci" ended as failure', cause: causes.unknown });
  return [
    deliveryOf(app, ["skipped", "skipped", "done", "done", "done"], { id: "d-heal", revision: hex(17), startedAt: ago(20_000), startedBy: { kind: "self-heal", heals: 1 }, message: "Read the greeting from the environment" }),
    deliveryOf(app, ["skipped", "done", "done", "done", "done"], { id: "d-dispatch", revision: hex(17), runId: 8, startedAt: ago(30_000), startedBy: { kind: "dispatch", run: 8, by: "dev" }, message: "Read the greeting from the environment" }),
    deliveryOf(app, ["skipped", "done", "done", "done", "done"], { revision: hex(17), runId: 6, startedAt: ago(40_000), message: "Read the greeting from the environment, and say it in the language that the caller's Accept-Language header asks for" }),
    strange,
    deliveryOf(app, done, { revision: hex(22), runId: 4, startedAt: ago(90_000), message: "Create hello from the nodejs template" }),
  ];
};

const parts = ["cluster", "forge", "actions", "registry", "gitops", "edge", "dns", "identity", "portal"];

export const platform = {
  domain,
  organization: "apps",
  version: "v0.1.0",
  urls: { portal: `https://portal.${domain}`, forge: `https://git.${domain}`, registry: `https://registry.${domain}`, login: `https://login.${domain}` },
  architectures: ["amd64"],
  templates: ["template:default/nodejs"],
  parts: parts.map((name) => ({ name, status: name === "gitops" ? "starting" : "ready", since: ago(4_000), ...(name === "gitops" ? { reason: "compares the applications with their repositories" } : {}) })),
};

export const form = {
  title: "Node.js service",
  description: "An HTTP service on Node.js, live at its own address in seconds, with tests, image, manifests and pipeline.",
  steps: [
    {
      title: "The application",
      schema: {
        required: ["name"],
        properties: {
          name: { title: "Name", type: "string", description: "Names the repository, the image, the namespace and the host.", pattern: "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", maxLength: 40, "ui:autofocus": true, "ui:placeholder": "hello", "ui:help": "1 to 40 of a-z, 0-9 and -, beginning with a letter." },
          description: { title: "Description", type: "string", maxLength: 200, "ui:placeholder": "What it does, in one sentence" },
          owner: { title: "Owner", type: "string", description: "The group that looks after it.", default: "group:default/developers", "ui:field": "OwnerPicker", "ui:options": { catalogFilter: { kind: ["Group"] } } },
        },
      },
    },
    {
      title: "How it runs",
      schema: {
        properties: {
          architecture: { title: "Architecture", type: "string", description: "Of the processors it runs on; those that the cluster has.", "ui:options": { pronto: "architectures" } },
          replicas: { title: "Replicas", type: "integer", description: "How many pods answer at the same time.", minimum: 1, maximum: 10, default: 2 },
          public: { title: "Expose publicly", type: "boolean", description: "Give it a host name and a certificate.", default: true },
        },
      },
    },
  ],
};

/** pastTask is a task that ended when its application's delivery began. */
export const pastTask = (delivery, name) => ({
  id: delivery.taskId,
  status: "completed",
  createdAt: delivery.startedAt,
  createdBy: "user:default/dev",
  spec: { parameters: { name }, steps },
  state: { steps: steps.map((step, i) => ({ ...step, status: "completed", startedAt: new Date(Date.parse(delivery.startedAt) + i * 240).toISOString(), finishedAt: new Date(Date.parse(delivery.startedAt) + (i + 1) * 240).toISOString() })) },
  events: [],
});

export const steps = [
  { id: "fetch", name: "Fetch the skeleton", action: "fetch:template" },
  { id: "publish", name: "Publish the repository", action: "publish:github" },
  { id: "register", name: "Register it in the catalog", action: "catalog:register" },
];

export function runLog(failed) {
  const text = [
    "=== job build",
    "##[group]Set up job",
    "pod build-7-x2x4 on amd64, image base/runner:1",
    "##[endgroup]",
    "##[group]Check out",
    "git fetch --depth=1 origin",
    "HEAD is now at 5c1a9e2",
    "##[endgroup]",
    "##[group]Test",
    "> node --test",
    "ok 1 - answers 200 on /healthz",
    ...(failed
      ? ["not ok 2 - rounds half up", "  expected: 1.25", "  actual: 1.24", "# fail 1", "##[error]Process completed with exit code 1."]
      : ["ok 2 - rounds half up", "##[endgroup]", "##[group]Build and push", "#5 [2/4] COPY package*.json ./", "#8 exporting to image", "#8 pushing layers 0.3s done", "##[endgroup]"]),
  ];
  return text.map((line, i) => (line.startsWith("===") ? line : `${new Date(Date.now() - 60_000 + i * 137).toISOString()} ${line}`)).join("\n") + "\n";
}
