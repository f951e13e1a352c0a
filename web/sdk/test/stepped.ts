/**
 * A stepped environment: time passes only when everything that was begun has
 * been done, so that a test is the same on any machine.
 */

import type { Answer, Clock, Display, Line, Surroundings } from '../src/environment.js';
import type { ClientEvent, Look } from '../src/manifest.js';

/** Time that is made by hand. */
export class Stepper implements Clock {
  readonly originMs = 1_800_000_000_000;
  readonly resolutionMs = 0.1;
  private time = 1000;
  private busy = 0;
  private readonly due: { at: number; order: number; run: () => void }[] = [];
  private order = 0;

  constructor() {
    // Digests and seals take threads of their own: time waits for them.
    const { subtle } = crypto;
    for (const name of ['digest', 'sign', 'importKey'] as const) {
      const real = subtle[name].bind(subtle) as (...all: unknown[]) => Promise<unknown>;
      Object.defineProperty(subtle, name, {
        configurable: true,
        value: (...all: unknown[]) => this.track(real(...all)),
      });
    }
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.time + ms, resolve));
  }

  /** Calls `run` at a time. */
  at(time: number, run: () => void): void {
    this.order += 1;
    this.due.push({ at: Math.max(time, this.time), order: this.order, run });
  }

  /** Time does not pass before `work` is done. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work;
    } finally {
      this.busy -= 1;
    }
  }

  /** Lets time pass until `over` is settled; gives what it gave. */
  async until<T>(over: Promise<T>): Promise<T> {
    let done = false;
    const ended = over.finally(() => {
      done = true;
    });
    ended.catch(() => {});
    for (;;) {
      await this.settle();
      if (done) return over;
      this.due.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.due.shift();
      if (!next) throw new Error('nothing is due, and it is not over');
      this.time = next.at;
      next.run();
    }
  }

  /** Lets time pass for good; where nothing is due, the world outside may go on. */
  async run(): Promise<never> {
    for (;;) {
      await this.settle();
      this.due.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.due.shift();
      if (next) {
        this.time = next.at;
        next.run();
      } else {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  private async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      await turn();
      if (this.busy > 0) {
        quiet = -1;
        // Whoever is at work gets the processor meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
}

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A display with frames of its own rate, over another that shows. */
export class SteppedDisplay implements Display {
  readonly size = { width: 390, height: 844, ratio: 3 };
  readonly seen: { at: number; look: Look }[] = [];
  now: Look | undefined;

  constructor(
    private readonly stepper: Stepper,
    private readonly frameMs = 1000 / 60,
    private readonly shows?: Display,
  ) {}

  eachFrame(tick: (timeMs: number) => boolean): void {
    const start = this.stepper.now();
    let n = 0;
    const frame = (): void => {
      if (!tick(this.stepper.now())) return;
      n += 1;
      this.stepper.at(start + n * this.frameMs, frame);
    };
    this.stepper.at(start, frame);
  }

  show(look: Look): void {
    this.now = look;
    this.seen.push({ at: this.stepper.now(), look });
    this.shows?.show(look);
  }

  hide(): void {
    this.now = undefined;
    this.shows?.hide();
  }
}

/** What a line carries. */
type Sent = Parameters<Line['post']>[2];

/** A line that takes its time, over another that answers. */
export function steppedLine(
  stepper: Stepper,
  answers: (path: string, body: Sent, token: string, type?: string) => Promise<Answer> | Answer,
  speed: { latencyMs: number; bytesPerMs: number } = { latencyMs: 40, bytesPerMs: 1000 },
): Line {
  return {
    async post(path, token, body, type) {
      const bytes = body instanceof Uint8Array ? body.length : 100;
      await stepper.sleep(speed.latencyMs / 2 + bytes / speed.bytesPerMs);
      const answer = await stepper.track(Promise.resolve(answers(path, body, token, type)));
      await stepper.sleep(speed.latencyMs / 2);
      return answer;
    },
  };
}

/** Surroundings in which a test makes things happen. */
export class QuietSurroundings implements Surroundings {
  happen: (event: ClientEvent) => void = () => {};

  watch(happened: (event: ClientEvent) => void): () => void {
    this.happen = happened;
    return () => {
      this.happen = () => {};
    };
  }
}
