import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { createServer, stop } from '../src/server.js';

const { server, state } = createServer();
let base;

before(async () => {
  server.listen(0);
  await once(server, 'listening');
  base = `http://localhost:${server.address().port}`;
});
after(() => { server.closeAllConnections(); });

test('answers in JSON and says which revision answers', async () => {
  const response = await fetch(base);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  assert.ok(response.headers.get('x-revision'));
  assert.equal((await response.json()).name, ${{ values.name | dump }});
});

test('says that it does not know a path', async () => {
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
});

test('is ready until it is told to stop, and healthy to the end', async () => {
  assert.equal((await fetch(`${base}/readyz`)).status, 200);
  let drain;
  const stopped = stop(server, state, new Promise((resolve) => { drain = resolve; }));
  assert.equal((await fetch(`${base}/readyz`)).status, 503);
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
  drain();
  await stopped;
});
