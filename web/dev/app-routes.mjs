// Applications, their deliveries, and the event stream.

import { fail, json, stream } from "./answer.mjs";
import { runLog, runOf } from "./data.mjs";

/** appRoutes are the routes below /apps, and /events. */
export const appRoutes = (world) => {
  const events = (req, res) => {
    const send = stream(res);
    send("snapshot", { apps: [...world.apps.values()] });
    const listener = (id, kind, data) => send(kind, data, id);
    world.listeners.add(listener);
    req.on("close", () => world.listeners.delete(listener));
  };
  return [
    ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/deliveries$/, (req, res, [name]) => json(res, 200, { deliveries: world.deliveries(name) })],
    ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/runs\/7$/, (req, res, [name]) => json(res, 200, runOf(world.apps.get(name)?.status === "failed"))],
    ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/runs\/7\/log$/, (req, res, [name]) => res.writeHead(200, { "Content-Type": "text/plain" }).end(runLog(world.apps.get(name)?.status === "failed"))],
    ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)\/logs$/, podLogs],
    ["GET", /^\/api\/pronto\/v1\/apps\/([^/]+)$/, (req, res, [name]) => (world.apps.has(name) ? json(res, 200, world.apps.get(name)) : fail(res, 404, "NotFoundError", `there is no application ${name}`))],
    ["DELETE", /^\/api\/pronto\/v1\/apps\/([^/]+)$/, (req, res, [name]) => json(res, 202, world.remove(name))],
    ["GET", /^\/api\/pronto\/v1\/events$/, events],
  ];
};

function podLogs(req, res, [name]) {
  const send = stream(res);
  let n = 0;
  const line = () => send("log", { pod: `${name}-6c9f-x${n % 2 ? "4k2p" : "9zqa"}`, container: "app", time: new Date().toISOString(), text: `{"level":"info","msg":"request","path":"/","status":200,"ms":${(n++ % 7) + 1}}` });
  for (let i = 0; i < 40; i += 1) line();
  const timer = setInterval(line, 400);
  req.on("close", () => clearInterval(timer));
}
