import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsqr from 'jsqr';
import { qr } from '../src/qr.js';

/** What an independent reader makes of a code. */
function read(modules: boolean[][]): string | undefined {
  const [scale, quiet] = [3, 4];
  const side = (modules.length + 2 * quiet) * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const dark = modules[Math.floor(y / scale) - quiet]?.[Math.floor(x / scale) - quiet];
      if (dark) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return (jsqr as unknown as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null)(pixels, side, side)?.data;
}

test('another reader reads what was written, in every version', () => {
  const lengths = [1, 17, 18, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858];
  for (const length of lengths) {
    const text = Array.from({ length }, (_, i) => 'https://verify.example/#bfv_Aa0-'[(i * 7 + length) % 32]).join('');
    assert.equal(read(qr(text)), text, `${length} bytes`);
  }
});

test('what is too long is refused', () => {
  assert.throws(() => qr('x'.repeat(859)), RangeError);
});
