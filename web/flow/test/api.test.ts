import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verificationOf } from '../src/api.js';

const token = (payload: string): string => `bfv_${Buffer.from(payload).toString('base64url')}.${'a'.repeat(43)}`;

test('a token names its verification', () => {
  const id = `ver_${'a2'.repeat(13)}`;
  assert.equal(verificationOf(token(`1400000001|app_x|sandbox|apac|${id}|1800000000000`)), id);
});

test('what is no token names none', () => {
  for (const text of ['', 'bfv_', 'bfv_!!.aa', 'bfk_abc.def', token('a|b'), token('a|b|c|d|../x|e'), token('a|b|c|d|ver_UP|e')]) {
    assert.equal(verificationOf(text), undefined, text);
  }
});
