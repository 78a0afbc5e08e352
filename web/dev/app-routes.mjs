// Applications, their deliveries, and the event stream.

import { readFile } from "node:fs/promises";
import { body, fail, json, stream } from "./answer.mjs";
import { leftovers, metricsOf, podsOf, resourcesOf, runOf, summaryOf } from "./cluster.mjs";
import { runLog } from "./data.mjs";
import { Repository } from "./repository.mjs";

const base = "/api/pronto/v1/apps/([^/]+)";
const at = (rest) => new RegExp(`^${base}${rest}$`);

/** appRoutes are the routes below /apps, and /events. */
export const appRoutes = (world) => {
  const repositories = new Map();
  const repository = (name) => {
    if (!repositories.has(name)) repositories.set(name, new Repository(name));
    return repositories.get(name);
  };
  /** of answers for an application that is there. */
  const of = (answer) => (req, res, [name, ...rest], query) => {
    const app = world.apps.get(name);
    return app ? answer(app, req, res, rest, query) : fail(res, 404, "NotFoundError", `there is no application ${name}`);
  };
  const deliveryOf = (app, run) => world.deliveries(app.name).find(({ runId }) => runId === Number(run)) ?? app.delivery;

  const versionsOf = (app) => {
    const lived = world.deliveries(app.name).filter(({ status, phases }) => status === "live" && phases[4].status === "done");
    const was = lived.filter(({ revision }, i) => lived.findIndex((newer) => newer.revision === revision) === i);
    return was.map((delivery, i) => {
      const live = delivery.revision === app.liveRevision;
      const old = i === was.length - 1 && i > 1;
      const rollback = live ? { allowed: false, reason: "it is live" } : old ? { allowed: false, reason: `the registry does not have the image of ${delivery.revision.slice(0, 7)} any more` } : { allowed: true };
      return { revision: delivery.revision, message: delivery.message, author: delivery.author, image: delivery.image, deliveryId: delivery.id, liveAt: delivery.finishedAt, seconds: delivery.seconds, live, rollback };
    });
  };

  async function rollback(app, req, res) {
    const { to } = await body(req);
    const made = repository(app.name).write({ path: ".rollback", content: to + Math.random(), sha: repository(app.name).read(".rollback")?.sha });
    repository(app.name).files.delete(".rollback");
    setTimeout(() => world.push(app, made.revision, `Revert to ${to.slice(0, 7)}`), 900);
    json(res, 202, { revision: made.revision, to });
  }

  async function put(app, req, res) {
    const change = await body(req);
    const made = repository(app.name).write(change);
    if (!made) return fail(res, 409, "ConflictError", `path: ${change.path} changed since it was read; read it again`);
    setTimeout(() => world.push(app, made.revision, change.message), 900);
    return json(res, 200, made);
  }

  function read(app, req, res, _, query) {
    const file = repository(app.name).read(query.get("path"));
    return file ? json(res, 200, file) : fail(res, 404, "NotFoundError", `path: there is no file ${query.get("path")}`);
  }

  function events(req, res) {
    const send = stream(res);
    send("snapshot", { apps: [...world.apps.values()] });
    const listener = (id, kind, data) => send(kind, data, id);
    world.listeners.add(listener);
    req.on("close", () => world.listeners.delete(listener));
  }

  return [
    ["GET", at(""), of((app, _, res) => json(res, 200, app))],
    ["DELETE", at(""), of((app, _, res) => json(res, 202, world.remove(app.name), repositories.delete(app.name)))],
    ["GET", at("/deliveries"), of((app, _, res) => json(res, 200, { deliveries: world.deliveries(app.name) }))],
    ["GET", at("/deliveries/[^/]+/timeline\\.svg"), of((app, _, res) => picture(res, app))],
    ["GET", at("/versions"), of((app, _, res) => json(res, 200, { versions: versionsOf(app) }))],
    ["POST", at("/rollback"), of(rollback)],
    ["GET", at("/runs"), of((app, _, res) => json(res, 200, { runs: world.deliveries(app.name).filter(({ runId }) => runId).map((delivery) => summaryOf(app, delivery)) }))],
    ["GET", at("/runs/(\\d+)"), of((app, _, res, [id]) => json(res, 200, runOf(app, deliveryOf(app, id))))],
    ["GET", at("/runs/(\\d+)/log"), of((app, _, res, [id]) => res.writeHead(200, { "Content-Type": "text/plain" }).end(runLog(deliveryOf(app, id).phases[1].status === "failed")))],
    ["POST", at("/runs/\\d+/(?:rerun|cancel)"), of((app, _, res) => res.writeHead(202).end())],
    ["GET", at("/resources"), of((app, _, res) => json(res, 200, resourcesOf(app)))],
    ["GET", at("/metrics"), of(metrics)],
    ["GET", at("/files"), of((app, _, res) => json(res, 200, repository(app.name).list()))],
    ["GET", at("/file"), of(read)],
    ["PUT", at("/file"), of(put)],
    ["GET", at("/logs"), of(podLogs)],
    ["GET", /^\/api\/pronto\/v1\/deleted$/, (req, res) => json(res, 200, { apps: [...world.deleted.values()].map((app) => ({ ...app, until: new Date(Date.parse(app.deletedAt) + 7 * 86_400_000).toISOString() })) })],
    ["POST", /^\/api\/pronto\/v1\/deleted\/([^/]+)\/restore$/, (req, res, [name]) => (world.deleted.has(name) ? json(res, 202, world.restore(name)) : fail(res, 404, "NotFoundError", `there is no deleted application "${name}"`))],
    ["GET", /^\/api\/pronto\/v1\/leftovers$/, (req, res) => json(res, 200, { tasks: process.env.EMPTY ? [] : leftovers })],
    ["GET", /^\/api\/pronto\/v1\/events$/, events],
  ];
};

/** picture is a timeline as the documentation shows one. */
async function picture(res, app) {
  const name = app.status === "failed" ? "timeline-failed.svg" : "timeline.svg";
  res.writeHead(200, { "Content-Type": "image/svg+xml" }).end(await readFile(new URL(`../../docs/images/${name}`, import.meta.url)));
}

function metrics(app, req, res) {
  const send = stream(res);
  send("metrics", metricsOf(app));
  const timer = setInterval(() => send("metrics", metricsOf(app)), Number(process.env.METRICS ?? 5_000));
  req.on("close", () => clearInterval(timer));
}

function podLogs(app, req, res, _, query) {
  const send = stream(res);
  const pods = podsOf(app).filter((pod) => !query.get("pod") || pod === query.get("pod"));
  let n = 0;
  const line = () => {
    const pod = pods[n % pods.length];
    if (pod) send("log", { pod, container: "app", time: new Date().toISOString(), text: `{"level":"info","msg":"request","path":"/","status":200,"ms":${(n % 7) + 1}}` });
    n += 1;
  };
  for (let i = 0; i < 40; i += 1) line();
  const timer = setInterval(line, 400);
  req.on("close", () => clearInterval(timer));
}
