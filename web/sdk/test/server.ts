/** What a server says to parts, as far as a test of the writer needs it. */

import { createHash, createHmac } from 'node:crypto';
import type { Challenge, Revealed, Step } from '../src/challenge.js';
import type { Camera, CameraFrame, FrameWishes } from '../src/environment.js';
import type { ClientEvent, Manifest } from '../src/manifest.js';
import type { Stepper } from './stepped.js';

const KEY = Buffer.alloc(32, 7);
const COLOURS = ['#ff0000', '#00ffff', '#0000ff', '#ffff00', '#00ff00', '#ff00ff'];

/** A challenge of so many flashes, all of whose colours are known to the test. */
export function challenge(flashes: number): { challenge: Challenge; all: Revealed[] } {
  const flash = (_: unknown, i: number): Step => ({ kind: i < flashes - 2 ? 'flash' : 'split', ms: 350 });
  const schedule: Step[] = [
    { kind: 'grey', ms: 300 },
    { kind: 'black', ms: 200 },
    ...Array.from({ length: flashes }, flash),
    { kind: 'grey', ms: 250 },
  ];
  const all = Array.from({ length: flashes }, (_, i) => {
    const top = COLOURS[i % 6] as string;
    return { step: i + 2, top, bottom: i < flashes - 2 ? top : '#000000' };
  });
  return {
    challenge: {
      id: 'lch_test',
      method: 'reflective',
      nonce: Buffer.alloc(16, 9).toString('base64url'),
      key: KEY.toString('base64url'),
      token: 'token',
      issued_at: '',
      expires_at: '',
      schedule,
      revealed: all.slice(0, 4),
    },
    all,
  };
}

/** A part as a reader sees it. */
export interface ReadPart {
  manifest: Manifest;
  bodies: Buffer[];
  mac: string;
}

/** Reads a part, and throws where it is not as described. */
export function read(bytes: Uint8Array): ReadPart {
  const part = Buffer.from(bytes);
  const sealed = part.subarray(0, -32);
  const mac = part.subarray(-32);
  if (part.subarray(0, 8).toString() !== 'bnfdcap1') throw new Error('magic');
  if (!createHmac('sha256', KEY).update(sealed).digest().equals(mac)) throw new Error('mac');
  const length = part.readUInt32BE(8);
  const manifest = JSON.parse(sealed.subarray(12, 12 + length).toString()) as Manifest;
  let at = 12 + length;
  const cut = (n: number): Buffer => sealed.subarray(at, (at += n));
  const bodies = [
    ...manifest.frames.filter((frame) => frame.here).map((frame) => cut(frame.length)),
    ...manifest.late.map((late) => cut(late.length)),
  ];
  if (at !== sealed.length) throw new Error('length');
  return { manifest, bodies, mac: mac.toString('base64url') };
}

/** Puts parts together, and throws where they do not belong together. */
export class Reader {
  readonly parts: ReadPart[] = [];
  readonly bodies = new Map<number, string>();
  private answered = 0;

  constructor(private readonly all: Revealed[]) {}

  /** Takes a part, and answers with the steps that may be known then. */
  take(bytes: Uint8Array): Revealed[] {
    const part = read(bytes);
    const { manifest } = part;
    const before = this.parts.at(-1);
    if (manifest.part !== this.parts.length) throw new Error('order');
    if (manifest.previous !== (before?.mac ?? null)) throw new Error('chain');
    if (before?.manifest.last) throw new Error('closed');
    this.parts.push(part);
    const numbers = [
      ...manifest.frames.filter((frame) => frame.here).map((frame) => frame.i),
      ...manifest.late.map((late) => late.i),
    ];
    numbers.forEach((i, n) => {
      if (this.bodies.has(i)) throw new Error('twice');
      this.bodies.set(i, createHash('sha256').update(part.bodies[n] as Buffer).digest('base64url'));
    });
    const shown = this.shown().filter((shown) => 'step' in shown);
    const last = this.frames().at(-1)?.at_ms ?? 0;
    const seen = shown.filter((shown) => shown.at_ms <= last && this.secret(shown.step));
    this.answered = seen.length;
    return this.all.slice(0, this.answered + 4);
  }

  private secret(step: number): boolean {
    return this.all.some((revealed) => revealed.step === step);
  }

  shown(): Manifest['shown'] {
    return this.parts.flatMap((part) => part.manifest.shown);
  }

  frames(): Manifest['frames'] {
    return this.parts.flatMap((part) => part.manifest.frames);
  }

  events(): ClientEvent[] {
    return this.parts.flatMap((part) => part.manifest.events.map((event) => event.event));
  }

  /** Throws where bytes are missing or others than were promised. */
  whole(): void {
    for (const frame of this.frames()) {
      if (this.bodies.get(frame.i) !== frame.sha256) throw new Error(`frame ${frame.i}`);
    }
  }
}

/** A camera whose pictures are noise of a size. */
export class NoiseCamera implements Camera {
  private stopped = true;
  happened: (event: ClientEvent) => void = () => {};

  constructor(
    private readonly stepper: Stepper,
    private readonly bytes = 20_000,
    private readonly frameMs = 1000 / 30,
  ) {}

  async facts() {
    return {
      label_sha256: null,
      width: 640,
      height: 480,
      rate: 30,
      facing: 'user' as const,
      exposure: 'unknown' as const,
      white_balance: 'unknown' as const,
    };
  }

  async lock(): Promise<boolean> {
    return true;
  }

  async unlock(): Promise<void> {}

  start(
    take: (frame: CameraFrame) => void,
    wishes: () => FrameWishes,
    happened: (event: ClientEvent) => void,
  ): void {
    this.stopped = false;
    this.happened = happened;
    let presented = 0;
    let last = Number.NEGATIVE_INFINITY;
    const frame = (): void => {
      if (this.stopped) return;
      presented += 1;
      const now = this.stepper.now();
      if (now - last >= wishes().intervalMs) {
        last = now;
        const bytes = new Uint8Array(this.bytes).fill(presented % 251);
        bytes.set([0xff, 0xd8, 0xff, 0xe0]);
        new DataView(bytes.buffer).setUint32(4, presented);
        take({ atMs: now, clock: 'capture', presented, width: 480, height: 640, type: 'jpeg', bytes });
      }
      this.stepper.at(now + this.frameMs, frame);
    };
    this.stepper.at(this.stepper.now() + 7, frame);
  }

  stop(): void {
    this.stopped = true;
  }

  async glance(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
  }
}
