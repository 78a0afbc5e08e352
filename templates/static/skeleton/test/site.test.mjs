// What every page of public/ keeps: its tags are closed and what it links to is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { links, unbalanced } from './html.mjs';

const root = path.join(import.meta.dirname, '..', 'public');
const files = readdirSync(root, { recursive: true }).map(String);
const pages = files.filter((file) => file.endsWith('.html'));

test('there is a first page', () => { assert.ok(pages.includes('index.html')); });

for (const page of pages) {
  const html = readFileSync(path.join(root, page), 'utf8');

  test(`${page} is a whole page`, () => {
    assert.match(html, /^<!doctype html>/i);
    assert.match(html, /<html[^>]* lang="[a-z-]+"/i, 'its language is not named');
    assert.match(html, /<title>[^<]+<\/title>/i, 'it has no title');
    assert.match(html, /<meta[^>]* name="viewport"/i, 'it is not made for small screens');
  });

  test(`${page} closes every tag that it opens`, () => { assert.deepEqual(unbalanced(html), []); });

  test(`${page} links to nothing that is not there`, () => {
    const missing = links(html).filter((link) => !resolves(page, link));
    assert.deepEqual(missing, []);
  });
}

for (const file of files.filter((name) => name.endsWith('.css'))) {
  test(`${file} closes every brace that it opens`, () => {
    const css = readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    assert.equal(css.split('{').length, css.split('}').length);
  });
}

// resolves is true for other sites and for paths without an ending, which are
// the application's own.
function resolves(page, link) {
  if (/^([a-z][a-z0-9+.-]*:|\/\/|#)/i.test(link)) return true;
  const [name] = link.split(/[?#]/);
  if (!path.extname(name)) return true;
  return existsSync(name.startsWith('/') ? path.join(root, name) : path.join(root, path.dirname(page), name));
}
