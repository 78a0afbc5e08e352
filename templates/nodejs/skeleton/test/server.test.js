import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { json } from 'node:stream/consumers';
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

// Not fetch: node takes longer to load it than all of this takes.
async function get(path) {
  const [response] = await once(http.get(base + path), 'response');
  return { status: response.statusCode, headers: response.headers, body: await json(response) };
}

test('answers in JSON and says which revision answers', async () => {
  const { status, headers, body } = await get('/');
  assert.equal(status, 200);
  assert.match(headers['content-type'], /^application\/json/);
  assert.ok(headers['x-revision']);
  assert.equal(body.name, ${{ values.name | dump }});
});

test('says that it does not know a path', async () => {
  assert.equal((await get('/nowhere')).status, 404);
});

test('is ready until it is told to stop, and healthy to the end', async () => {
  assert.equal((await get('/readyz')).status, 200);
  let drain;
  const stopped = stop(server, state, new Promise((resolve) => { drain = resolve; }));
  assert.equal((await get('/readyz')).status, 503);
  assert.equal((await get('/healthz')).status, 200);
  drain();
  await stopped;
});
