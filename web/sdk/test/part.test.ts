import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64Url, toBase64Url } from '../src/bytes.js';
import { type Manifest, manifestText } from '../src/manifest.js';
import { importKey, writePart } from '../src/part.js';
import vectors from '../../../crates/liveness/vectors/capture-package-1.json' with { type: 'json' };

for (const vector of vectors.read) {
  test(`writes byte for byte: ${vector.name}`, async () => {
    const key = await importKey(vectors.key);
    const macs: Uint8Array[] = [];
    for (const { manifest, bodies, part } of vector.parts) {
      const said = JSON.parse(manifest) as Manifest;
      assert.equal(manifestText(said), manifest);
      const written = await writePart(said, bodies.map(fromBase64Url), key);
      assert.equal(toBase64Url(written.bytes), part);
      macs.push(fromBase64Url(written.mac));
    }
    const all = new Uint8Array(macs.flatMap((mac) => [...mac]));
    assert.equal(toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', all))), vector.digest);
  });
}

test('members come in the order of the document, whatever order they were made in', () => {
  const [part] = vectors.read[0]?.parts ?? [];
  const said = JSON.parse(part?.manifest ?? '') as Manifest;
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : value && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).reverse().map(([name, of]) => [name, turned(of)]))
        : value;
  const other = turned(said) as Manifest;
  assert.notEqual(JSON.stringify(other), part?.manifest);
  assert.equal(manifestText(other), part?.manifest);
});
