/**
 * QR codes of a text, by ISO/IEC 18004: byte mode, the low level of error
 * correction, versions 1 to 20 (up to 858 bytes).
 */

/** Code words of error correction in a block, and how many blocks, by version. */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];
/** The two bits that name the low level. */
const LOW = 1;

/** The modules of a code, row by row; `true` is dark. */
export function qr(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= CORRECTION.length; version += 1) {
    const blocks = BLOCKS[version - 1] as number;
    const correction = CORRECTION[version - 1] as number;
    const data = Math.floor(modules(version) / 8) - blocks * correction;
    const lengthBits = version < 10 ? 8 : 16;
    if (4 + lengthBits + bytes.length * 8 > data * 8) continue;
    const words = interleave(encode(bytes, lengthBits, data), blocks, correction);
    return best(version, words);
  }
  throw new RangeError('the text is too long for a code');
}

/** How many modules carry data. */
function modules(version: number): number {
  const all = (16 * version + 128) * version + 64;
  const marks = Math.floor(version / 7) + 2;
  const aligned = version === 1 ? 0 : (25 * marks - 10) * marks - 55;
  return all - aligned - (version >= 7 ? 36 : 0);
}

function encode(bytes: Uint8Array, lengthBits: number, capacity: number): number[] {
  const bits: number[] = [];
  const push = (value: number, count: number): void => {
    for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  push(4, 4);
  push(bytes.length, lengthBits);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const words: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    words.push(bits.slice(i, i + 8).reduce((word, bit) => word * 2 + bit, 0));
  }
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function interleave(words: number[], blocks: number, correction: number): number[] {
  const short = Math.floor(words.length / blocks);
  const long = words.length % blocks;
  const cut: number[][] = [];
  for (let i = 0, at = 0; i < blocks; i += 1) {
    const length = short + (i >= blocks - long ? 1 : 0);
    cut.push(words.slice(at, at + length));
    at += length;
  }
  const divisor = polynomial(correction);
  const corrected = cut.map((block) => remainder(block, divisor));
  const mixed: number[] = [];
  for (let i = 0; i <= short; i += 1) {
    for (const block of cut) if (i < block.length) mixed.push(block[i] as number);
  }
  for (let i = 0; i < correction; i += 1) for (const block of corrected) mixed.push(block[i] as number);
  return mixed;
}

/** Product in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> i) & 1) * a;
  }
  return product;
}

function polynomial(degree: number): number[] {
  const result = Array.from({ length: degree }, (_, i): number => (i === degree - 1 ? 1 : 0));
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) {
      result[j] = times(result[j] as number, root) ^ (result[j + 1] ?? 0);
    }
    root = times(root, 2);
  }
  return result;
}

function remainder(block: number[], divisor: number[]): number[] {
  const result = divisor.map(() => 0);
  for (const word of block) {
    const factor = word ^ (result.shift() as number);
    result.push(0);
    divisor.forEach((coefficient, i) => {
      result[i] = (result[i] as number) ^ times(coefficient, factor);
    });
  }
  return result;
}

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The code with the mask that reads best. */
function best(version: number, words: number[]): boolean[][] {
  const codes = MASKS.map((_, mask) => new Code(version, words, mask).dark);
  const penalties = codes.map(penalty);
  return codes[penalties.indexOf(Math.min(...penalties))] as boolean[][];
}

class Code {
  readonly dark: boolean[][];
  private readonly fixed: boolean[][];
  private readonly size: number;

  constructor(version: number, words: number[], mask: number) {
    this.size = 17 + 4 * version;
    const grid = (): boolean[][] =>
      Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    this.dark = grid();
    this.fixed = grid();
    this.timing();
    for (const [x, y] of [[3, 3], [this.size - 4, 3], [3, this.size - 4]] as const) this.finder(x, y);
    this.alignment(version);
    this.format(mask);
    this.version(version);
    this.draw(words, mask);
  }

  private set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    if (!row || x < 0 || x >= this.size) return;
    row[x] = dark;
    (this.fixed[y] as boolean[])[x] = true;
  }

  private timing(): void {
    for (let i = 0; i < this.size; i += 1) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
  }

  private finder(x: number, y: number): void {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const distance = Math.max(Math.abs(dx), Math.abs(dy));
        this.set(x + dx, y + dy, distance !== 2 && distance !== 4);
      }
    }
  }

  private alignment(version: number): void {
    if (version === 1) return;
    const count = Math.floor(version / 7) + 2;
    const step = Math.ceil((this.size - 13) / (2 * count - 2)) * 2;
    const places = [6];
    for (let i = count - 2; i >= 0; i -= 1) places.push(this.size - 7 - i * step);
    const last = places.length - 1;
    places.forEach((y, row) => {
      places.forEach((x, column) => {
        const corner = (row === 0 && column === 0) || (row === 0 && column === last) || (row === last && column === 0);
        if (corner) return;
        for (let dy = -2; dy <= 2; dy += 1) {
          for (let dx = -2; dx <= 2; dx += 1) {
            this.set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
          }
        }
      });
    });
  }

  private format(mask: number): void {
    const data = (LOW << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number): boolean => ((bits >> i) & 1) === 1;
    for (let i = 0; i <= 5; i += 1) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i += 1) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i += 1) this.set(this.size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i += 1) this.set(8, this.size - 15 + i, bit(i));
    this.set(8, this.size - 8, true);
  }

  private version(version: number): void {
    if (version < 7) return;
    let rest = version;
    for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (version << 12) | rest;
    for (let i = 0; i < 18; i += 1) {
      const dark = ((bits >> i) & 1) === 1;
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, dark);
      this.set(b, a, dark);
    }
  }

  private draw(words: number[], mask: number): void {
    const masked = MASKS[mask] as (x: number, y: number) => boolean;
    let i = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      const pair = right <= 6 ? right - 1 : right;
      for (let along = 0; along < this.size; along += 1) {
        for (const x of [pair, pair - 1]) {
          const upward = ((pair + 1) & 2) === 0;
          const y = upward ? this.size - 1 - along : along;
          if (this.fixed[y]?.[x]) continue;
          const bit = ((words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
          i += 1;
          (this.dark[y] as boolean[])[x] = (bit === 1) !== masked(x, y);
        }
      }
    }
  }
}

/** How badly a code reads: runs, squares, false finders, uneven light. */
function penalty(dark: boolean[][]): number {
  const size = dark.length;
  const at = (x: number, y: number): number => (dark[y]?.[x] ? 1 : 0);
  let sum = 0;
  for (const turned of [false, true]) {
    for (let a = 0; a < size; a += 1) {
      let line = '';
      for (let b = 0; b < size; b += 1) line += turned ? at(a, b) : at(b, a);
      for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
      sum += 40 * (line.match(/(?=00001011101|10111010000)/g) ?? []).length;
    }
  }
  let total = 0;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      total += at(x, y);
      if (x + 1 < size && y + 1 < size) {
        const square = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
        if (square % 4 === 0) sum += 3;
      }
    }
  }
  return sum + 10 * Math.floor(Math.abs(total * 20 - size * size * 10) / (size * size));
}
