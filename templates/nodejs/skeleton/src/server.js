// The service: node:http and nothing else, so that there is nothing to update.
import http from 'node:http';
import os from 'node:os';
import { pathToFileURL } from 'node:url';

const revision = process.env.APP_REVISION ?? 'unknown';

// How long new requests are still taken after SIGTERM: the load balancer needs
// a moment to notice that the pod is not ready any more.
const drainMilliseconds = Number(process.env.DRAIN_MS ?? 2000);

export function createServer() {
  const state = { ready: false };
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [status, body] = route(pathname, state);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'x-revision': revision });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body) + '\n');
  });
  // Longer than a load balancer keeps an idle connection (60 s), or it would
  // now and then send a request on one that is just being closed.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 66_000;
  server.on('listening', () => { state.ready = true; });
  return { server, state };
}

function route(pathname, state) {
  switch (pathname) {
    case '/':
      return [200, { name: ${{ values.name | dump }}, message: `Hello from ${{ values.name }}`, revision, pod: os.hostname() }];
    case '/healthz': // the process runs; says nothing of anything it depends on
      return [200, { status: 'ok' }];
    case '/readyz': // takes traffic
      return state.ready ? [200, { status: 'ready' }] : [503, { status: 'not ready' }];
    default:
      return [404, { error: 'not found' }];
  }
}

function after(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

// stop takes requests until drained, lets those under way end, and resolves
// when the last has.
export async function stop(server, state, drained = after(drainMilliseconds)) {
  state.ready = false;
  await drained;
  await new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  });
}

function log(level, message, fields = {}) {
  process.stdout.write(JSON.stringify({ time: new Date().toISOString(), level, message, revision, ...fields }) + '\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.env.PORT ?? 3000);
  const { server, state } = createServer();
  server.listen(port, () => log('info', 'listening', { port }));
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, async () => {
      log('info', 'stopping', { signal });
      await stop(server, state);
      process.exit(0);
    });
  }
}
