/**
 * A head before a screen: a photograph for its colours, a relief for its shape,
 * lit by a room from above and by the screen's two halves from the front. Not an
 * optical model, but real normals: what a flat picture lacks. It can turn, nod, open its
 * mouth and close its eyes (`pose.ts`).
 */

import { INSIDE, Mesh, type Pose } from './pose.js';

/** A picture, four bytes a pixel. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Red, green and blue, each 0 to 1 of the screen's full light. */
export type Light = readonly [number, number, number];

/** What stands before the camera. */
export type Kind = 'face' | 'photograph' | 'unlit';

/** Frames' size, and how many centimetres they are wide at the face. */
export const SIZE = { width: 360, height: 480, cm: 21 };

/** So much lower than the origin of its measures is the middle of the picture, in centimetres. */
const LOW = 0.5;

/** Where eyes, nose tip and mouth corners lie on a face, in centimetres. */
const PLACES = [
  [-3.15, 2.62],
  [3.15, 2.62],
  [0, -1.13],
  [-2.46, -4.34],
  [2.46, -4.34],
] as const;

/** The room's light, from above and a little from the side. */
const ROOM = normal(0.25, 0.85, 0.5);
/** Its colour: warmer than the screen's white. */
const WARM = [1.2, 1, 0.72] as const;
/** What little light comes out of an open mouth. */
const THROAT = [0.05, 0.012, 0.012] as const;
/** Half of an eye's width, lids and lashes included, in centimetres. */
const LID = 1.7;
/** From the camera's plane to the face, in centimetres. */
const DISTANCE = 30;
/** Screen light over room light, about. */
const RATIO = 0.4;

function normal(x: number, y: number, z: number): [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

const bump = (x: number, y: number, width: number, height: number): number =>
  Math.exp(-((x / width) ** 2) - (y / height) ** 2);

/** Half of the face's width at heights from under the chin to the crown. */
const WIDTHS = [
  [-10.2, 1.8],
  [-9.4, 3.0],
  [-8.4, 4.1],
  [-7.0, 5.15],
  [-5.0, 6.3],
  [-3.0, 6.95],
  [0.0, 7.35],
  [3.0, 7.5],
  [6.0, 7.2],
  [8.4, 6.3],
  [10.2, 4.6],
] as const;

function halfWidth(y: number): number {
  for (let i = 1; i < WIDTHS.length; i += 1) {
    const [[low, narrow], [high, wide]] = [WIDTHS[i - 1] ?? [0, 1], WIDTHS[i] ?? [0, 1]];
    if (y >= low && y <= high) return narrow + ((wide - narrow) * (y - low)) / (high - low);
  }
  return 1.8;
}

/**
 * How far the face stands out at a place, in centimetres: the measures of a mean of scanned
 * heads, as the simulator of the evaluation has them.
 */
function relief(x: number, y: number): number {
  const side = Math.abs(x);
  const across = Math.min(0.985, side / halfWidth(y));
  const round = 6.04 * (1 - Math.sqrt(1 - across ** 2));
  const along = (y > 2.5 ? 0.001 : 0.013) * (y - 2.5) ** 2;
  const chin = Math.min(3.5, 2.73 * Math.max(0, -8.5 - y) ** 2);
  const up = Math.min(1, (y + 0.9) / 4.37);
  const soft = 0.07 * Math.exp(-((Math.max(0, y + 0.6) + 0.9) ** 2));
  const [rise, width] =
    y > -0.9
      ? [(1 - up) * (1 - soft), 1.21 + 0.21 * bump(0, y + 0.9, 1, 0.9)]
      : [bump(0, y + 0.9, 1, 1.34), 1.27];
  const nose =
    2.7 * rise * Math.exp(-((side / width) ** 2.57) / 1.1) +
    0.66 * bump(side - 1.41, y + 1.26, 0.33, 0.45);
  return (
    4.76 -
    round -
    along -
    chin +
    nose +
    0.81 * bump(x, y - 5.2, 2.64, 2.64) +
    0.45 * bump(side - 2.75, y - 5.3, 1.39, 1.65) +
    0.7 * bump(side - 4.5, y - 4.04, 1.27, 2.17) -
    1.11 * bump(side - 3.15, y - 2.29, 2.53, 1.38) +
    0.75 * bump(side - 3.34, y - 2.22, 1.24, 1.06) +
    0.2 * bump(side - 5.1, y + 0.8, 1.03, 2.11) +
    0.7 * bump(side - 3.5, y + 3.6, 2.0, 3.15) -
    0.31 * bump(side - 2.84, y + 3.9, 1.1, 2.12) +
    1.25 * bump(x, y + 3.53, 2.4, 1.2) -
    0.22 * bump(x, y + 4.46, 2.42, 0.37) +
    0.87 * bump(x, y + 5.15, 1.92, 1.1) -
    0.16 * bump(x, y + 5.99, 1.36, 0.42) +
    1.08 * bump(x, y + 7.76, 3.74, 2.36)
  );
}

/** Light of half a screen that a place with this normal gets. */
function half(x: number, y: number, n: readonly number[], from: number, to: number): number {
  let sum = 0;
  const steps = 4;
  for (let i = 0; i < steps; i += 1) {
    for (const across of [-2, 2]) {
      const at = from + ((to - from) * (i + 0.5)) / steps;
      const [dx, dy, dz] = [across - x, at - y, DISTANCE];
      const d = Math.hypot(dx, dy, dz);
      const facing = ((n[0] ?? 0) * dx + (n[1] ?? 0) * dy + (n[2] ?? 0) * dz) / d;
      sum += (Math.max(0, facing) * (dz / d) * DISTANCE ** 2) / d ** 2;
    }
  }
  return (RATIO * sum) / (2 * steps) / 2;
}

/** sRGB to linear light, for bytes. */
export const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const v = byte / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

const TONES = 4096;
const SRGB = Uint8ClampedArray.from({ length: TONES }, (_, i) => {
  const v = i / (TONES - 1);
  return Math.round(255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055));
});

/** Numbers that look random and are the same every time. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** From centimetres on the face to pixels of the photograph, and back. */
function placing(landmarks: readonly (readonly [number, number])[]): {
  inPhoto: (x: number, y: number) => [number, number];
  onFace: (px: number, py: number) => [number, number];
} {
  const mean = (of: readonly (readonly [number, number])[], i: 0 | 1): number =>
    of.reduce((sum, p) => sum + p[i], 0) / of.length;
  const flipped = PLACES.map(([x, y]) => [x, -y] as const);
  const [mx, my, px, py] = [mean(flipped, 0), mean(flipped, 1), mean(landmarks, 0), mean(landmarks, 1)];
  let [a, b, norm] = [0, 0, 0];
  flipped.forEach(([fx, fy], i) => {
    const [lx, ly] = landmarks[i] as readonly [number, number];
    const [x, y, u, v] = [fx - mx, fy - my, lx - px, ly - py];
    a += x * u + y * v;
    b += x * v - y * u;
    norm += x * x + y * y;
  });
  [a, b] = [a / norm, b / norm];
  const scale = a * a + b * b;
  return {
    inPhoto(x, y) {
      const [u, v] = [x - mx, -y - my];
      return [px + a * u - b * v, py + b * u + a * v];
    },
    onFace(x, y) {
      const [dx, dy] = [x - px, y - py];
      return [mx + (a * dx + b * dy) / scale, -my - (a * dy - b * dx) / scale];
    },
  };
}

/** A head, ready to be lit. */
export class Head {
  /** For each pixel and channel: light by the room, and by either half. */
  private readonly room: Float32Array;
  private readonly top: Float32Array;
  private readonly bottom: Float32Array;
  private readonly noise: Float32Array;
  private readonly random: () => number;
  private readonly mesh: Mesh;
  /** The head under the light that was asked for last. */
  private readonly lit: Float32Array;
  /** The same in a pose. */
  private readonly moved: Float32Array;
  private halves = '';

  constructor(
    photo: Picture,
    landmarks: readonly (readonly [number, number])[],
    kind: Kind = 'face',
    seed = 1,
  ) {
    const { width, height, cm } = SIZE;
    const { inPhoto, onFace } = placing(landmarks);
    const corner = ([px, py]: readonly [number, number]) => onFace(px, py);
    const [right, left] = landmarks.slice(3).map(corner) as [[number, number], [number, number]];
    const eyes = landmarks.slice(0, 2).map(corner).map(([x, y]) => ({ x, y: y + LOW, half: LID }));
    this.mesh = new Mesh(
      { width, height, cm, distance: DISTANCE },
      (x, y) => (kind === 'photograph' ? 0 : relief(x, y - LOW)),
      {
        mouth: { x: (left[0] + right[0]) / 2, y: (left[1] + right[1]) / 2 + LOW, half: (left[0] - right[0]) / 2 },
        eyes,
      },
    );
    this.random = numbers(seed);
    const pixels = width * height;
    this.room = new Float32Array(pixels * 3);
    this.top = new Float32Array(pixels * 3);
    this.bottom = new Float32Array(pixels * 3);
    this.lit = new Float32Array(pixels * 3);
    this.moved = new Float32Array(pixels * 3);
    const step = 0.05;
    for (let v = 0; v < height; v += 1) {
      for (let u = 0; u < width; u += 1) {
        const x = ((u + 0.5) / width - 0.5) * cm;
        const y = (0.5 - (v + 0.5) / height) * cm * (height / width) - LOW;
        const inside = (x / 7.7) ** 2 + ((y - 0.3) / 10.6) ** 2 < 0.985;
        const flat = kind === 'photograph';
        const n =
          flat || !inside
            ? [0, 0, 1]
            : normal(
                (relief(x - step, y) - relief(x + step, y)) / (2 * step),
                (relief(x, y - step) - relief(x, y + step)) / (2 * step),
                1,
              );
        const lit = Math.max(0, (n[0] ?? 0) * ROOM[0] + (n[1] ?? 0) * ROOM[1] + (n[2] ?? 0) * ROOM[2]);
        // What is behind the head is far from the screen.
        const near = kind === 'unlit' ? 0 : inside || flat ? 1 : 0.12;
        const [top, bottom] = [half(x, y, n, -0.5, -7.6), half(x, y, n, -7.6, -14.7)];
        const at = (v * width + u) * 3;
        const [px, py] = inPhoto(x, y);
        const column = Math.min(photo.width - 1, Math.max(0, Math.round(px)));
        const row = Math.min(photo.height - 1, Math.max(0, Math.round(py)));
        for (let k = 0; k < 3; k += 1) {
          const albedo = LINEAR[photo.data[(row * photo.width + column) * 4 + k] ?? 0] ?? 0;
          const own = Math.max(0.02, albedo) * 0.6;
          this.room[at + k] = own * (0.3 + 0.7 * lit) * (WARM[k] ?? 1);
          this.top[at + k] = own * near * top;
          this.bottom[at + k] = own * near * bottom;
        }
      }
    }
    this.noise = Float32Array.from({ length: 1 << 16 }, () => {
      const [a, b] = [this.random() || 1e-9, this.random()];
      return Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
    });
  }

  /** A frame at `time` (ms) under the screen's two halves; at rest, or in a pose. */
  render(top: Light, bottom: Light, time: number, out: Uint8ClampedArray, pose?: Pose): void {
    const { width, height } = SIZE;
    // Nobody holds quite still.
    const dx = Math.round(1.6 * Math.sin(time / 700) + 0.8 * Math.sin(time / 260));
    const dy = Math.round(1.2 * Math.sin(time / 900 + 1));
    const shift = Math.floor(this.random() * 65536);
    const still = this.under(top, bottom);
    const moved = pose && (pose.yaw || pose.pitch || pose.mouth || pose.lids);
    const lit = moved ? this.fetched(still, this.mesh.places(pose)) : still;
    for (let v = 0; v < height; v += 1) {
      const row = Math.min(height - 1, Math.max(0, v + dy)) * width;
      for (let u = 0; u < width; u += 1) {
        const from = row + Math.min(width - 1, Math.max(0, u + dx));
        const to = (v * width + u) * 4;
        for (let k = 0; k < 3; k += 1) {
          const light = lit[from * 3 + k] ?? 0;
          const noise = (this.noise[(to + k + shift) & 65535] ?? 0) * (0.002 + 0.008 * Math.sqrt(light));
          const tone = Math.min(TONES - 1, Math.max(0, Math.round((light + noise) * (TONES - 1))));
          out[to + k] = SRGB[tone] ?? 0;
        }
        out[to + 3] = 255;
      }
    }
  }

  /** The head at rest under the screen's two halves: the same for as long as they are. */
  private under(top: Light, bottom: Light): Float32Array {
    const halves = [...top, ...bottom].join();
    if (halves !== this.halves) {
      this.halves = halves;
      for (let i = 0; i < this.lit.length; i += 1) {
        const k = i % 3;
        this.lit[i] =
          (this.room[i] ?? 0) + (this.top[i] ?? 0) * (top[k] ?? 0) + (this.bottom[i] ?? 0) * (bottom[k] ?? 0);
      }
    }
    return this.lit;
  }

  /** Each pixel from its place on the head at rest, between four pixels of it. */
  private fetched(still: Float32Array, places: Float32Array): Float32Array {
    const { width, height } = SIZE;
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      const u = places[pixel * 2] ?? 0;
      const at = pixel * 3;
      if (u === INSIDE) {
        this.moved.set(THROAT, at);
        continue;
      }
      const x = Math.min(width - 1.001, Math.max(0, u));
      const y = Math.min(height - 1.001, Math.max(0, places[pixel * 2 + 1] ?? 0));
      const [left, above] = [Math.floor(x), Math.floor(y)];
      const [right, below] = [x - left, y - above];
      const first = (above * width + left) * 3;
      for (let i = first; i < first + 3; i += 1) {
        const under = i + width * 3;
        this.moved[at + i - first] =
          ((still[i] ?? 0) * (1 - right) + (still[i + 3] ?? 0) * right) * (1 - below) +
          ((still[under] ?? 0) * (1 - right) + (still[under + 3] ?? 0) * right) * below;
      }
    }
    return this.moved;
  }
}
