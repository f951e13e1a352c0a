/**
 * A head that moves: for a turn, a nod, an open mouth or closed eyes, where on the picture of the head at
 * rest each pixel of a frame comes from. The relief is turned in space about the neck and
 * seen in perspective; a head at rest is the picture itself.
 */

import type { Gesture } from '../../sdk/src/manifest.js';

/** How a head is held. */
export interface Pose {
  /** Degrees to the right of the picture: the person's own left. */
  yaw: number;
  /** Degrees up. */
  pitch: number;
  /** Centimetres between the lips. */
  mouth: number;
  /** How far the lids are closed, 0 to 1. */
  lids: number;
}

/** A frame's size, how many centimetres it is wide, and how far the camera is from the face. */
export interface View {
  width: number;
  height: number;
  cm: number;
  distance: number;
}

/** Where something of a face is, in centimetres: its middle, and half of its width. */
export interface Part {
  x: number;
  y: number;
  half: number;
}

/** What of a face moves by itself: the mouth by the height of its corners. */
export interface Parts {
  mouth: Part;
  eyes: readonly Part[];
}

const REST: Pose = { yaw: 0, pitch: 0, mouth: 0, lids: 0 };
/** What a person does who is asked: clearly, without straining. */
const MADE: Record<Gesture, Pose> = {
  rest: REST,
  turn_left: { ...REST, yaw: 25 },
  turn_right: { ...REST, yaw: -25 },
  nod: { ...REST, pitch: -18 },
  open_mouth: { ...REST, mouth: 2 },
  blink: { ...REST, lids: 1 },
};
/** From the request to the first movement; then there, held, and back, in milliseconds. */
const REACTION_MS = 400;
const THERE_MS = 500;
const HELD_MS = 600;
const BACK_MS = 500;

/** The pose of a person so long after he was asked. */
export function poseAfter(gesture: Gesture, ms: number): Pose {
  const begun = ms - REACTION_MS;
  const back = begun - THERE_MS - HELD_MS;
  const share = back < 0 ? ease(begun / THERE_MS) : 1 - ease(back / BACK_MS);
  const { yaw, pitch, mouth, lids } = MADE[gesture];
  return { yaw: yaw * share, pitch: pitch * share, mouth: mouth * share, lids: lids * share };
}

/** From 0 to 1, without a jerk at either end. */
function ease(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * (3 - 2 * t);
}

/** Pixels between two crossings of the mesh. */
const STEP = 5;
/** The neck's joint: under the ears, in centimetres from between the eyes and the mouth. */
const JOINT = { y: -6, z: -4 };
/** A mouth that smiles lies so much lower in its middle than at its corners. */
const SAG = 0.95;
/** An eye between its lids, the skin above it that is drawn down, and lashes, in halves of its width. */
const EYE = { high: 0.48, skin: 0.29, from: 0.26, lashes: 0.13 };
/** What is inside of a mouth, and lashes, have no place on the picture. */
export const INSIDE = -1;

/** A relief that can be turned. */
export class Mesh {
  private readonly columns: number;
  private readonly rows: number;
  private readonly points: Crossing[] = [];
  private readonly depth: Float32Array;
  /** Every pixel from itself. */
  private readonly still: Float32Array;
  private readonly out: Float32Array;

  constructor(
    private readonly view: View,
    relief: (x: number, y: number) => number,
    private readonly parts: Parts,
  ) {
    const { width, height, distance } = view;
    this.columns = Math.ceil(width / STEP) + 1;
    this.rows = Math.ceil(height / STEP) + 1;
    this.depth = new Float32Array(width * height);
    this.still = Float32Array.from({ length: width * height * 2 }, (_, i) => {
      const at = i >> 1;
      return i % 2 === 0 ? at % width : Math.floor(at / width);
    });
    this.out = this.still.slice();
    for (let row = 0; row < this.rows; row += 1) {
      for (let column = 0; column < this.columns; column += 1) {
        const from = [column * STEP, row * STEP] as const;
        const [x, y] = this.seen(...from);
        const z = relief(x, y);
        const near = (distance - z) / distance;
        this.points.push({ x: x * near, y: y * near, z, part: this.part(...from), from });
      }
    }
  }

  /** From pixels to centimetres on the plane of the face; from the middle of the picture, y up. */
  private seen(u: number, v: number): [number, number] {
    const { width, height, cm } = this.view;
    return [(u / width - 0.5) * cm, ((0.5 - v / height) * cm * height) / width];
  }

  /** The head turns, what is at the edges of the picture stays, the neck is between them. */
  private part(u: number, v: number): number {
    const { width, height } = this.view;
    const aside = Math.min(u, width - u) / (0.12 * width);
    const [above, below] = [v / (0.1 * height), (height - v) / (0.2 * height)];
    return ease(aside) * ease(above) * ease(below);
  }

  /**
   * Where each pixel comes from: column and row on the picture at rest, or {@link INSIDE}.
   * Good until the next call.
   */
  places(pose: Pose): Float32Array {
    this.depth.fill(Number.NEGATIVE_INFINITY);
    this.out.set(this.still);
    const corners = this.points.map((point) => this.project(point, pose));
    for (let row = 0; row + 1 < this.rows; row += 1) {
      for (let column = 0; column + 1 < this.columns; column += 1) {
        const first = row * this.columns + column;
        const [a, b] = [corners[first] as Corner, corners[first + 1] as Corner];
        const [c, d] = [corners[first + this.columns] as Corner, corners[first + this.columns + 1] as Corner];
        this.fill(a, b, c);
        this.fill(b, d, c);
      }
    }
    if (pose.mouth > 0) this.open(pose.mouth);
    if (pose.lids > 0) this.shut(pose.lids);
    return this.out;
  }

  private project({ x, y, z, part, from }: Crossing, pose: Pose): Corner {
    const { width, height, cm, distance } = this.view;
    const [yaw, pitch] = [pose.yaw, pose.pitch].map((degrees) => (degrees * part * Math.PI) / 180) as [number, number];
    const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
    const [up, out] = [y - JOINT.y, z - JOINT.z];
    const [up2, out2] = [up * cp + out * sp, out * cp - up * sp];
    const [across, out3] = [x * cy + out2 * sy, out2 * cy - x * sy];
    const depth = out3 + JOINT.z;
    const far = distance / (distance - depth);
    return {
      u: ((across * far) / cm + 0.5) * width,
      v: (0.5 - ((up2 + JOINT.y) * far * width) / (cm * height)) * height,
      depth,
      from,
    };
  }

  /** Fills a triangle with where it comes from, before what is behind it. */
  private fill(a: Corner, b: Corner, c: Corner): void {
    const { width, height } = this.view;
    const area = (b.u - a.u) * (c.v - a.v) - (b.v - a.v) * (c.u - a.u);
    if (area <= 0) return;
    const [left, right] = [Math.min(a.u, b.u, c.u), Math.max(a.u, b.u, c.u)];
    const [top, bottom] = [Math.min(a.v, b.v, c.v), Math.max(a.v, b.v, c.v)];
    for (let v = Math.max(0, Math.ceil(top - 0.5)); v < Math.min(height, bottom - 0.5); v += 1) {
      for (let u = Math.max(0, Math.ceil(left - 0.5)); u < Math.min(width, right - 0.5); u += 1) {
        const [x, y] = [u + 0.5, v + 0.5];
        const second = ((x - a.u) * (c.v - a.v) - (y - a.v) * (c.u - a.u)) / area;
        const third = ((b.u - a.u) * (y - a.v) - (b.v - a.v) * (x - a.u)) / area;
        const first = 1 - second - third;
        if (first < 0 || second < 0 || third < 0) continue;
        const depth = first * a.depth + second * b.depth + third * c.depth;
        const at = v * width + u;
        if (depth <= (this.depth[at] ?? 0)) continue;
        this.depth[at] = depth;
        for (const k of [0, 1] as const) {
          this.out[at * 2 + k] = first * a.from[k] + second * b.from[k] + third * c.from[k] - 0.5;
        }
      }
    }
  }

  /** Closes the eyes of a head that looks straight on: the skin above them is drawn down. */
  private shut(share: number): void {
    const { width, height } = this.view;
    const pixels = width / this.view.cm;
    for (const { x: middle, y: level, half } of this.parts.eyes) {
      for (let v = 0; v < height; v += 1) {
        for (let u = 0; u < width; u += 1) {
          const [x, y] = this.seen(u + 0.5, v + 0.5);
          const arch = 1 - ((x - middle) / half) ** 2;
          if (arch <= 0) continue;
          const top = level + half * (EYE.high * arch + EYE.skin);
          const open = level + half * EYE.high * arch;
          const edge = open - half * EYE.high * arch * 1.8 * share;
          const lashes = edge - half * EYE.lashes * Math.sqrt(arch);
          if (y > top || y < lashes) continue;
          const at = (v * width + u) * 2;
          if (y < edge) {
            this.out[at] = INSIDE;
            continue;
          }
          const drawn = ((top - y) / (top - edge)) * EYE.from * half;
          this.out[at + 1] = (this.out[at + 1] ?? 0) - (top - drawn - y) * pixels;
        }
      }
    }
  }

  /** Opens the mouth of a head that looks straight on: what is below it sinks with the jaw. */
  private open(cm: number): void {
    const { width, height } = this.view;
    const pixels = width / this.view.cm;
    for (let v = 0; v < height; v += 1) {
      for (let u = 0; u < width; u += 1) {
        const [x, y] = this.seen(u + 0.5, v + 0.5);
        const across = (x - this.parts.mouth.x) / this.parts.mouth.half;
        const line = this.parts.mouth.y - SAG * Math.max(0, 1 - across ** 2);
        const below = line - y;
        if (below <= 0) continue;
        const at = (v * width + u) * 2;
        // The lips part between their corners; lip and chin sink as one, the neck does not.
        const gap = cm * Math.sqrt(Math.max(0, 1 - across ** 2));
        if (below < gap) {
          this.out[at] = INSIDE;
          continue;
        }
        const lip = below - gap;
        const jaw = cm * (1 - ease((Math.abs(across) - 0.4) / 1.4));
        const sunk = (gap + (jaw - gap) * ease(lip / 3)) * (1 - ease((lip - 4) / 5));
        this.out[at + 1] = (this.out[at + 1] ?? 0) - sunk * pixels;
      }
    }
  }
}

/** A crossing of the mesh at rest. */
interface Crossing {
  /** Where it is in space, in centimetres. */
  x: number;
  y: number;
  z: number;
  /** How much of the head's turn it takes part in, 0 to 1. */
  part: number;
  /** Its column and row on the picture. */
  from: readonly [number, number];
}

/** A crossing of the mesh in a pose: where it is seen, and how near. */
interface Corner {
  u: number;
  v: number;
  depth: number;
  from: readonly [number, number];
}
