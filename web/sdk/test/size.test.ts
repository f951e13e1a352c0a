import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

test('the library is below 30 KB as it is sent', () => {
  const bytes = gzipSync(readFileSync('sdk/dist/index.js'), { level: 9 }).length;
  console.log(`sdk/dist/index.js: ${bytes} bytes gzipped`);
  assert.ok(bytes < 30_000, `${bytes} bytes`);
});
