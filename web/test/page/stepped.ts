/**
 * The hosted pages in stepped time before a simulated face: the same pages, with
 * another clock, display rate and camera. The test puts it in the place of
 * `flow.js`; server and line are real.
 */

import { start } from '../../flow/src/flow.js';
import type { Platform } from '../../flow/src/platform.js';
import { encode, fetchLine, type OpenedCamera, pageDisplay } from '../../sdk/src/browser.js';
import type { Camera, CameraFrame, Environment, FrameWishes } from '../../sdk/src/environment.js';
import type { Gesture } from '../../sdk/src/manifest.js';
import { QuietSurroundings, SteppedDisplay, steppedLine, Stepper } from '../../sdk/test/stepped.js';
import { Head, type Light, SIZE } from './head.js';
import { type Pose, poseAfter } from './pose.js';
import type { Scene, ScreenLog } from './scene.js';
import { screenLight } from './screen.js';

interface TestWindow {
  scene: Scene;
  /** What was shown, for a later run to replay. */
  shown: ScreenLog;
}

const world = window as unknown as TestWindow;
world.shown = [];

const DARK: Light = [0.05, 0.05, 0.05];
/**
 * Real time in which an answer has to come. In stepped time the line takes none, and waits
 * between attempts are over at once: only a server that is gone may end one.
 */
const REAL_MS = 150_000;
/** What somebody does who misunderstands. */
const MISTAKEN: Partial<Record<Gesture, Gesture>> = {
  turn_left: 'turn_right',
  turn_right: 'turn_left',
  nod: 'turn_left',
  open_mouth: 'nod',
  blink: 'nod',
};

/** A person who is asked for movements. */
class Person {
  private asked: { gesture: Gesture; at: number } = { gesture: 'rest', at: 0 };

  ask(gesture: Gesture, at: number): void {
    this.asked = { gesture, at };
  }

  pose(time: number): Pose {
    const { gesture, at } = this.asked;
    const { kind, moves } = world.scene;
    const made = moves === 'asked' ? gesture : moves === 'another' ? MISTAKEN[gesture] : undefined;
    const pose = poseAfter(made ?? 'rest', time - at);
    // Whoever holds a photograph can turn it, but not open its mouth or close its eyes.
    return kind === 'photograph' ? { ...pose, mouth: 0, lids: 0 } : pose;
  }
}

class SimulatedCamera implements Camera {
  private readonly canvas = new OffscreenCanvas(SIZE.width, SIZE.height);
  private readonly context = this.canvas.getContext('2d', { alpha: false }) as OffscreenCanvasRenderingContext2D;
  private readonly image = this.context.createImageData(SIZE.width, SIZE.height);
  private stopped = true;

  constructor(
    private readonly stepper: Stepper,
    private readonly head: Head,
    private readonly person: Person,
    private readonly history: ScreenLog,
  ) {}

  async facts() {
    return {
      label_sha256: null,
      width: SIZE.width,
      height: SIZE.height,
      rate: 30,
      facing: 'user' as const,
      exposure: 'manual' as const,
      white_balance: 'manual' as const,
    };
  }

  async lock(): Promise<boolean> {
    return true;
  }

  async unlock(): Promise<void> {}

  start(take: (frame: CameraFrame) => void, wishes: () => FrameWishes): void {
    this.stopped = false;
    let presented = 0;
    let last = Number.NEGATIVE_INFINITY;
    const frame = async (): Promise<void> => {
      if (this.stopped) return;
      const now = this.stepper.now();
      presented += 1;
      this.stepper.at(now + 1000 / 30, () => void this.stepper.track(frame()));
      if (now - last < wishes().intervalMs) return;
      last = now;
      const bytes = await this.picture(now, wishes().quality);
      const { width, height } = SIZE;
      if (!this.stopped) {
        take({ atMs: now, clock: 'capture', presented, width, height, type: 'jpeg', bytes });
      }
    };
    this.stepper.at(this.stepper.now() + 9, () => void this.stepper.track(frame()));
  }

  stop(): void {
    this.stopped = true;
  }

  glance(): Promise<Uint8Array<ArrayBuffer>> {
    return this.stepper.track(this.picture(this.stepper.now(), 0.8));
  }

  private picture(now: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const seen = this.lit(now - world.scene.latencyMs);
    this.head.render(seen.top, seen.bottom, now, this.image.data, this.person.pose(now));
    this.context.putImageData(this.image, 0, 0);
    previewing.putImageData(this.image, 0, 0);
    return encode(this.canvas, quality);
  }

  /** What lit the face at a time: the page's screen, or that of an earlier run. */
  private lit(time: number): { top: Light; bottom: Light } {
    const { replay } = world.scene;
    const log = replay ?? this.history;
    const start = this.history[0]?.at ?? 0;
    const from = replay ? (replay[0]?.at ?? 0) - start : 0;
    const seen = log.filter((entry) => entry.at - from <= time).at(-1);
    return this.history.length > 0 && seen ? seen : { top: DARK, bottom: DARK };
  }
}

async function head(): Promise<Head> {
  const { photo, landmarks, kind, seed } = world.scene;
  const response = await fetch(photo);
  const image = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  return new Head(context.getImageData(0, 0, image.width, image.height), landmarks, kind, seed);
}

/** The preview: what the camera saw last, for whoever looks at the page. */
const preview = Object.assign(document.createElement('canvas'), { width: SIZE.width, height: SIZE.height });
const previewing = preview.getContext('2d') as CanvasRenderingContext2D;

const platform: Platform = {
  // Nobody asks for it here.
  collectDevice: async () => ({}),
  async openCamera(video) {
    const stream = preview.captureStream();
    video.srcObject = stream;
    video.play().catch(() => {});
    previewing.fillRect(0, 0, SIZE.width, SIZE.height);
    return { stream, others: async () => [], close() {} } as unknown as OpenedCamera;
  },
  environment(host): Environment {
    const stepper = new Stepper();
    const history: ScreenLog = [];
    const person = new Person();
    const real = pageDisplay(host);
    const display = new SteppedDisplay(stepper, 1000 / 60, {
      size: real.size,
      eachFrame: () => {},
      show(look) {
        real.show(look);
        if ('action' in look) person.ask(look.action, stepper.now());
        history.push({ at: stepper.now(), ...screenLight() });
      },
      hide() {
        real.hide();
        world.shown = history.slice();
      },
    });
    let ready: SimulatedCamera | undefined;
    const opening = stepper.track(
      head().then((made) => {
        ready = new SimulatedCamera(stepper, made, person, history);
        return ready;
      }),
    );
    const camera: Camera = {
      facts: async () => (await opening).facts(),
      lock: async () => true,
      unlock: async () => {},
      start: (take, wishes) => ready?.start(take, wishes),
      stop: () => ready?.stop(),
      glance: async () => (await opening).glance(),
    };
    const line = fetchLine('', REAL_MS);
    void stepper.run();
    return {
      clock: stepper,
      display,
      camera,
      line: steppedLine(stepper, (path, body, token, type) => line.post(path, token, body, type), {
        latencyMs: 40,
        bytesPerMs: 2000,
      }),
      surroundings: new QuietSurroundings(),
    };
  },
};

const root = document.getElementById('flow');
if (root) void start(root, platform);
