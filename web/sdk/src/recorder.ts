/** Plays a challenge to the face and records the answer. */

import { thousandths } from './bytes.js';
import { type Challenge, GREY, lengthOf, lookOf, type Revealed, SHORTEST_FLASH_MS } from './challenge.js';
import type { CameraFrame, Environment, FrameWishes } from './environment.js';
import type { ClientEvent, ClientFacts, Look, Shown } from './manifest.js';
import { Trouble } from './trouble.js';
import { Upload } from './upload.js';

/** Grey before the first step: time for the camera to get used to it. */
const LEAD_MS = 500;
/** A frame of the display is this early at most, when it changes colours. */
const EARLY_MS = 2;
/** A display that skips longer than this has stalled. */
const STALL_MS = 100;
/** Whoever waits longer than this for colours, all told, gives up. */
const HOLD_MS = 20_000;
/** Frames while a colour is shown, and while the page waits. */
const RECORDING: FrameWishes = { side: 480, quality: 0.85, intervalMs: 28 };
const SLOW_LINE: FrameWishes = { side: 480, quality: 0.7, intervalMs: 45 };
const HOLDING_MS = 90;
/** A line slower than this, in bytes a millisecond, gets smaller frames. */
const SLOW = 150;

/** What is known beforehand, and who is told of it. */
export interface RecordOptions {
  sdk: string;
  /** What is known of the line, in bytes a millisecond. */
  bytesPerMs?: number;
  /** Called with each step that begins: for words and shapes, not for colours. */
  onStep?: (step: number, look: Look) => void;
  /** Called when the last step has ended, and only bytes are still to be sent. */
  onRecorded?: () => void;
  signal: AbortSignal;
}

/** Records the answer to `challenge` and sends it; comes back when all is sent. */
export async function record(
  challenge: Challenge,
  environment: Environment,
  options: RecordOptions,
): Promise<void> {
  const { display, camera, surroundings } = environment;
  const client: ClientFacts = {
    sdk: options.sdk,
    screen: { ...display.size, ratio: thousandths(display.size.ratio) },
    camera: await camera.facts(),
  };
  const failed = new AbortController();
  options.signal.addEventListener('abort', () => failed.abort(new Trouble('interrupted')));
  if (options.signal.aborted) throw new Trouble('interrupted');
  const player = new Player(challenge, environment);
  const upload = new Upload(
    challenge,
    environment,
    client,
    (steps) => player.reveal(steps),
    options.bytesPerMs,
  );
  const happened = (event: ClientEvent): void => {
    upload.addEvent(event);
    if (event === 'page_hidden') failed.abort(new Trouble('interrupted'));
    if (event === 'camera_lost') failed.abort(new Trouble('camera_failed'));
  };
  const unwatch = surroundings.watch(happened);
  const wishes = (): FrameWishes => {
    const wished = (upload.speed ?? SLOW) < SLOW ? SLOW_LINE : RECORDING;
    return player.holding ? { ...wished, intervalMs: HOLDING_MS } : wished;
  };
  const take = (frame: CameraFrame): void => upload.addFrame(frame);
  const aborted = new Promise<never>((_, reject) => {
    failed.signal.addEventListener('abort', () => reject(failed.signal.reason));
  });
  // Nobody may be listening by the time it fails.
  aborted.catch(() => {});
  try {
    const sent = upload.run(failed.signal);
    sent.catch((error) => failed.abort(error));
    const locked = player.lead.then(async () => {
      if (await camera.lock().catch(() => false)) happened('camera_locked');
    });
    camera.start(take, wishes, happened);
    const played = player.play(
      (shown) => upload.addShown(shown),
      happened,
      (step, look) => options.onStep?.(step, look),
      failed.signal,
    );
    await Promise.race([played, aborted]);
    await Promise.race([locked, aborted]);
    camera.stop();
    upload.close();
    display.hide();
    options.onRecorded?.();
    await Promise.race([sent, aborted]);
  } finally {
    failed.abort(new Trouble('interrupted'));
    camera.stop();
    display.hide();
    unwatch();
    await camera.unlock().catch(() => {});
  }
}

/** Shows the steps, each for its time, paced by the display's own frames. */
class Player {
  private readonly revealed = new Map<number, Revealed>();
  private lookedAt: () => void = () => {};
  /** Done when grey has been shown for a while. */
  readonly lead: Promise<void> = new Promise((resolve) => {
    this.lookedAt = resolve;
  });
  /** Whether the page waits for colours. */
  holding = false;

  constructor(
    private readonly challenge: Challenge,
    private readonly environment: Environment,
  ) {
    this.reveal(challenge.revealed);
  }

  reveal(steps: Revealed[]): void {
    for (const revealed of steps) this.revealed.set(revealed.step, revealed);
  }

  play(
    log: (shown: Shown) => void,
    happened: (event: ClientEvent) => void,
    began: (step: number, look: Look) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { schedule, method } = this.challenge;
    const { display } = this.environment;
    const grey: Look = method === 'actions' ? { action: 'rest' } : { top: GREY, bottom: GREY };
    return new Promise((resolve, reject) => {
      let step = -1;
      let start: number | undefined;
      let last: number | undefined;
      let held = 0;
      let pending: Shown | undefined;
      const change = (look: Look, time: number, entry: { step: number } | { hold: true }): void => {
        display.show(look);
        const times = { at_ms: thousandths(time), next_ms: thousandths(time) };
        pending = 'step' in entry ? { step: entry.step, ...look, ...times } : { hold: true, ...times };
        start = time;
      };
      const tick = (time: number): boolean => {
        if (signal.aborted) return false;
        if (pending && last !== undefined) {
          log({ ...pending, next_ms: thousandths(time) });
          pending = undefined;
        }
        if (last !== undefined && time - last > STALL_MS) happened('display_stalled');
        last = time;
        if (start === undefined) {
          this.holding = true;
          change(grey, time, { hold: true });
          return true;
        }
        const lead = step < 0;
        const now = schedule[step];
        const wanted = this.holding ? (lead ? LEAD_MS : SHORTEST_FLASH_MS) : now ? lengthOf(now) : 0;
        const least = Math.min(wanted, Math.max(wanted - EARLY_MS, SHORTEST_FLASH_MS));
        if (time - start < least) return true;
        if (lead) this.lookedAt();
        const next = schedule[step + 1];
        if (!next) {
          resolve();
          return false;
        }
        const look = lookOf(next.kind, this.revealed.get(step + 1));
        if (!look) {
          if (!this.holding) {
            this.holding = true;
            change(grey, time, { hold: true });
          } else if (held + time - start > HOLD_MS) {
            reject(new Trouble('network_too_slow'));
            return false;
          }
          return true;
        }
        if (this.holding && !lead) held += time - start;
        this.holding = false;
        step += 1;
        change(look, time, { step });
        began(step, look);
        return true;
      };
      display.eachFrame(tick);
    });
  }
}
