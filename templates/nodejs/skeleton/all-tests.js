// All tests in this one process: `node --test` starts one more for every file,
// and starting takes longer than these tests do.
import { readdir } from 'node:fs/promises';

const tests = new URL('./test/', import.meta.url);
for (const name of await readdir(tests)) {
  if (name.endsWith('.test.js')) await import(new URL(name, tests));
}
