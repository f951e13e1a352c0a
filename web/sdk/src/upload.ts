/** Parts on their way: one after another, each until its answer came. */

import { thousandths } from './bytes.js';
import type { Challenge, Revealed } from './challenge.js';
import type { CameraFrame, Environment } from './environment.js';
import type { ClientEvent, ClientFacts, FrameEntry, Manifest, Shown } from './manifest.js';
import { importKey, writePart } from './part.js';
import { sha256 } from './bytes.js';
import { Trouble } from './trouble.js';

/** What the format allows, less what is kept for the end. */
const PARTS = 64;
const FRAMES = 400;
/** Parts are not closer than this, in milliseconds, as long as colours are awaited. */
const PACE_MS = 250;
/** A part carries as many bytes as pass in so many milliseconds. */
const PART_MS = 300;
const LATE_PART_MS = 2000;
/** However slow the line: fewer, and the parts would not suffice. */
const LEAST_BYTES = 96 * 1024;
const MOST_BYTES = 2 * 1024 * 1024;
/** So long between two attempts: doubled each time, up to the last. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/** A frame whose bytes are not yet sent. */
interface Owed {
  i: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Sends a recording while it is made. */
export class Upload {
  private readonly shown: Shown[] = [];
  private readonly frames: FrameEntry[] = [];
  private readonly events: { at_ms: number; event: ClientEvent }[] = [];
  private readonly owed: Owed[] = [];
  private hashing: Promise<void> = Promise.resolve();
  private taken = 0;
  private part = 0;
  private previous: string | null = null;
  private closed = false;
  private wake: () => void = () => {};

  /** `bytesPerMs` is what is known of the line, if anything. */
  constructor(
    private readonly challenge: Challenge,
    private readonly environment: Environment,
    private readonly client: ClientFacts,
    private readonly revealed: (steps: Revealed[]) => void,
    private bytesPerMs?: number,
  ) {}

  /** How fast the line is, as far as it is known. */
  get speed(): number | undefined {
    return this.bytesPerMs;
  }

  /** Adds an entry of the display log. */
  addShown(shown: Shown): void {
    this.shown.push(shown);
  }

  /** Adds an event. */
  addEvent(event: ClientEvent): void {
    this.events.push({ at_ms: thousandths(this.environment.clock.now()), event });
  }

  /** Adds a frame, unless there are enough. */
  addFrame(frame: CameraFrame): void {
    if (this.closed || this.taken >= FRAMES) return;
    const i = this.taken;
    this.taken += 1;
    this.hashing = this.hashing.then(async () => {
      const { width, height, presented, clock, type, bytes } = frame;
      this.frames.push({
        i,
        at_ms: thousandths(frame.atMs),
        clock,
        presented,
        width,
        height,
        type,
        sha256: await sha256(bytes),
        length: bytes.length,
        here: false,
      });
      this.owed.push({ i, bytes });
      this.wake();
    });
  }

  /** No frame follows. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  /** Sends parts until the recording is closed and everything is there. */
  async run(signal: AbortSignal): Promise<void> {
    const key = await importKey(this.challenge.key);
    const { clock } = this.environment;
    while (!signal.aborted) {
      const begun = clock.now();
      await this.somethingToSend();
      await this.hashing;
      if (signal.aborted) return;
      const { manifest, bodies } = this.next();
      const written = await writePart(manifest, bodies, key);
      this.previous = written.mac;
      this.part += 1;
      await this.send(written.bytes, signal);
      if (manifest.last) return;
      // Parts become rarer when many are gone: some are kept for the end.
      const pace = PACE_MS * (1 + Math.floor(this.part / 16));
      if (!this.closed) await clock.sleep(Math.max(0, begun + pace - clock.now()));
    }
  }

  private somethingToSend(): Promise<void> {
    if (this.closed || this.frames.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** The next part: every new commitment, and as many bytes as the line carries. */
  private next(): { manifest: Manifest; bodies: Uint8Array[] } {
    const frames = this.frames.splice(0);
    const first = frames[0]?.i ?? Number.POSITIVE_INFINITY;
    let budget = this.budget();
    const taken: Owed[] = [];
    // New frames first: they are what the next colours wait for.
    const order = [...this.owed].sort((a, b) => Number(b.i >= first) - Number(a.i >= first));
    for (const owed of order) {
      if (taken.length > 0 && owed.bytes.length > budget) break;
      if (owed.bytes.length > budget && !this.closed) break;
      budget -= owed.bytes.length;
      taken.push(owed);
    }
    const here = taken.filter((owed) => owed.i >= first).sort((a, b) => a.i - b.i);
    const late = taken.filter((owed) => owed.i < first).sort((a, b) => a.i - b.i);
    for (const frame of frames) frame.here = here.some((owed) => owed.i === frame.i);
    for (const owed of taken) this.owed.splice(this.owed.indexOf(owed), 1);
    const opening = this.part === 0;
    const manifest: Manifest = {
      challenge: this.challenge.id,
      nonce: this.challenge.nonce,
      part: this.part,
      previous: this.previous,
      last: this.closed && this.owed.length === 0 && this.frames.length === 0,
      ...(opening && { clock: this.clockFacts(), client: this.client }),
      shown: this.shown.splice(0),
      frames,
      late: late.map((owed) => ({ i: owed.i, length: owed.bytes.length })),
      events: this.events.splice(0),
    };
    return { manifest, bodies: [...here, ...late].map((owed) => owed.bytes) };
  }

  private clockFacts(): { source: 'performance.now'; origin_ms: number; resolution_ms: number } {
    const { originMs, resolutionMs } = this.environment.clock;
    return {
      source: 'performance.now',
      origin_ms: Math.floor(originMs),
      resolution_ms: thousandths(resolutionMs),
    };
  }

  private budget(): number {
    if (!this.closed) {
      return this.bytesPerMs === undefined ? LEAST_BYTES : this.bytesPerMs * PART_MS;
    }
    const owed = this.owed.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const share = owed / Math.max(1, PARTS - this.part - 4);
    const speed = (this.bytesPerMs ?? 100) * LATE_PART_MS;
    return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share * 1.5, speed));
  }

  /** Sends a part until an answer comes: the same bytes each time. */
  private async send(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    const { clock, line } = this.environment;
    const path = `/v1/liveness/challenges/${this.challenge.id}/frames`;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const begun = clock.now();
      const answer = await line.post(path, this.challenge.token, bytes).catch(() => undefined);
      if (answer && answer.status < 300) {
        this.measure(bytes.length, clock.now() - begun);
        const { revealed } = answer.body as { revealed?: Revealed[] };
        if (revealed) this.revealed(revealed);
        return;
      }
      if (answer && !isPassing(answer.status)) {
        throw new Trouble('refused', codeOf(answer.body), answer.status);
      }
      await clock.sleep(wait);
      this.addEvent('upload_resumed');
    }
  }

  private measure(bytes: number, ms: number): void {
    // A short part tells of the way there and back, not of the line's width.
    if (bytes < 16 * 1024 && this.bytesPerMs !== undefined) return;
    const speed = bytes / Math.max(ms, 1);
    this.bytesPerMs = this.bytesPerMs === undefined ? speed : (this.bytesPerMs + speed) / 2;
  }
}

/** Whether trying again may help. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The stable code of a problem document. */
export function codeOf(body: unknown): string | undefined {
  const code = (body as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
