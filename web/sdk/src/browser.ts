/** The environment of a real page: its clock, screen, camera and line. */

import { sha256 } from './bytes.js';
import type {
  Answer,
  Camera,
  CameraFrame,
  Clock,
  Display,
  Environment,
  FrameWishes,
  Line,
  Surroundings,
} from './environment.js';
import type { CameraFacts, ClientEvent, FrameClock, Look } from './manifest.js';
import { Trouble } from './trouble.js';

/** An answer is not waited for longer, in milliseconds, unless somebody says otherwise. */
const ANSWER_MS = 20_000;
/** A camera that gives nothing for so long has stalled. */
const STALL_MS = 200;
/** So many frames may be in the encoder at once. */
const ENCODING = 3;
const GLANCE = { side: 320, quality: 0.7 };

/** The page's own clock. */
export function pageClock(): Clock {
  return {
    originMs: performance.timeOrigin,
    // What is isolated from other sites sees finer steps.
    resolutionMs: globalThis.crossOriginIsolated ? 0.005 : /Chrom/.test(navigator.userAgent) ? 0.1 : 1,
    now: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** A line to the server at `base`, on which no answer is waited for longer than `limitMs`. */
export function fetchLine(base: string, limitMs = ANSWER_MS): Line {
  return {
    async post(path, token, body, type = 'application/octet-stream'): Promise<Answer> {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), limitMs);
      try {
        const bytes = body instanceof Uint8Array;
        const response = await fetch(base + path, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            ...(body && { 'content-type': bytes ? type : 'application/json' }),
          },
          body: body && (bytes ? body : JSON.stringify(body)),
          cache: 'no-store',
          credentials: 'omit',
          redirect: 'error',
          signal: limit.signal,
        });
        const text = await response.text();
        return { status: response.status, body: text ? JSON.parse(text) : null };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The whole page as a lamp: two halves over everything, inside of `host`. */
export function pageDisplay(host: HTMLElement, video?: HTMLVideoElement): Display {
  const lamp = document.createElement('div');
  const halves = [document.createElement('div'), document.createElement('div')];
  lamp.setAttribute('aria-hidden', 'true');
  lamp.dataset['bonafide'] = 'light';
  // Set one by one: a strict policy lets no style attribute in.
  Object.assign(lamp.style, { position: 'fixed', inset: '0', zIndex: '2147483646', cursor: 'none' });
  halves.forEach((half, at) => {
    Object.assign(half.style, { position: 'absolute', left: '0', right: '0', height: '50%' });
    half.style[at === 0 ? 'top' : 'bottom'] = '0';
  });
  lamp.append(...halves);
  const colour = (top: string, bottom: string): void => {
    if (!lamp.isConnected) {
      host.append(lamp);
      // A video that nobody sees may be given no frames: a speck of it stays.
      video?.classList.add('bonafide-speck');
    }
    (halves[0] as HTMLElement).style.backgroundColor = top;
    (halves[1] as HTMLElement).style.backgroundColor = bottom;
  };
  return {
    get size() {
      return {
        width: Math.round(innerWidth),
        height: Math.round(innerHeight),
        ratio: devicePixelRatio,
      };
    },
    eachFrame(tick) {
      const frame = (time: number): void => {
        if (tick(time)) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    show(look: Look) {
      if ('action' in look) return;
      colour(look.top, look.bottom);
    },
    hide() {
      lamp.remove();
      video?.classList.remove('bonafide-speck');
    },
  };
}


/** A camera, once the person lets the page use one. */
export interface OpenedCamera extends Camera {
  readonly stream: MediaStream;
  /** Every camera that there is to choose from. */
  others(): Promise<{ id: string; label: string }[]>;
  /** Switches it off. */
  close(): void;
}

/** Which camera is wanted. */
export interface CameraWish {
  facing?: 'user' | 'environment';
  id?: string;
  /** The longer side wanted, in pixels. */
  size?: number;
}

/** Asks for a camera and shows what it sees in `video`. */
export async function openCamera(video: HTMLVideoElement, wish: CameraWish = {}): Promise<OpenedCamera> {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) throw new Trouble('unsupported');
  const size = wish.size ?? 640;
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({
      audio: false,
      video: {
        ...(wish.id ? { deviceId: { exact: wish.id } } : { facingMode: wish.facing ?? 'user' }),
        width: { ideal: size },
        height: { ideal: Math.round((size * 3) / 4) },
        frameRate: { ideal: 30 },
      },
    });
  } catch (error) {
    throw new Trouble(cameraTrouble((error as DOMException | undefined)?.name));
  }
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play().catch(() => {
    throw new Trouble('camera_failed');
  });
  return new VideoCamera(video, stream);
}

function cameraTrouble(name: string | undefined): 'camera_refused' | 'camera_missing' | 'camera_failed' {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera_refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'camera_missing';
  return 'camera_failed';
}

/** Members of a track that browsers have and the type library does not. */
type Held = MediaTrackSettings & { exposureMode?: string; whiteBalanceMode?: string };
type Can = { exposureMode?: string[]; whiteBalanceMode?: string[] };

class VideoCamera implements OpenedCamera {
  private readonly track: MediaStreamTrack | undefined;
  private stopped = true;
  private lost: (() => void) | undefined;

  constructor(
    private readonly video: HTMLVideoElement,
    readonly stream: MediaStream,
  ) {
    this.track = stream.getVideoTracks()[0];
    this.track?.addEventListener('ended', () => this.lost?.());
  }

  async facts(): Promise<CameraFacts> {
    const settings = (this.track?.getSettings() ?? {}) as Held;
    const label = this.track?.label;
    const control = (mode: string | undefined): CameraFacts['exposure'] =>
      mode === 'manual' || mode === 'continuous' ? mode : 'unknown';
    const facing = settings.facingMode;
    return {
      label_sha256: label ? await sha256(new TextEncoder().encode(label)) : null,
      width: whole(settings.width),
      height: whole(settings.height),
      rate: settings.frameRate ? Math.round(settings.frameRate * 1000) / 1000 : null,
      facing: facing === 'user' || facing === 'environment' ? facing : 'unknown',
      exposure: control(settings.exposureMode),
      white_balance: control(settings.whiteBalanceMode),
    };
  }

  lock(): Promise<boolean> {
    return this.hold('manual');
  }

  async unlock(): Promise<void> {
    await this.hold('continuous');
  }

  private async hold(mode: 'manual' | 'continuous'): Promise<boolean> {
    const can = (this.track?.getCapabilities?.() ?? {}) as Can;
    const wanted: Record<string, string> = {};
    if (can.exposureMode?.includes(mode)) wanted['exposureMode'] = mode;
    if (can.whiteBalanceMode?.includes(mode)) wanted['whiteBalanceMode'] = mode;
    if (!this.track || Object.keys(wanted).length === 0) return false;
    await this.track.applyConstraints({ advanced: [wanted as MediaTrackConstraintSet] });
    return true;
  }

  start(
    take: (frame: CameraFrame) => void,
    wishes: () => FrameWishes,
    happened: (event: ClientEvent) => void,
  ): void {
    this.stopped = false;
    this.lost = () => happened('camera_lost');
    let last = Number.NEGATIVE_INFINITY;
    let kind: FrameClock | undefined;
    let encoding = 0;
    let order: Promise<void> = Promise.resolve();
    const frame = (now: number, meta?: VideoFrameCallbackMetadata): void => {
      if (this.stopped) return;
      this.next(frame);
      // One clock for all frames: the best that the first one has.
      kind ??= meta?.captureTime !== undefined ? 'capture' : meta ? 'presentation' : 'now';
      const atMs = kind === 'capture' ? meta?.captureTime : kind === 'presentation' ? meta?.presentationTime : now;
      if (atMs === undefined || atMs <= last) return;
      const { side, quality, intervalMs } = wishes();
      if (atMs - last < intervalMs) return;
      if (Number.isFinite(last) && atMs - last > STALL_MS + intervalMs) happened('camera_stalled');
      if (encoding >= ENCODING) {
        happened('frame_skipped');
        return;
      }
      const drawn = draw(this.video, side);
      if (!drawn) return;
      last = atMs;
      encoding += 1;
      const presented = meta?.presentedFrames ?? 0;
      const bytes = encode(drawn, quality);
      const clock = kind;
      // In order, however long each takes.
      order = order.then(async () => {
        const encoded = await bytes.catch(() => undefined);
        encoding -= 1;
        if (!encoded || this.stopped) return;
        const { width, height } = drawn;
        take({ atMs, clock, presented, width, height, type: 'jpeg', bytes: encoded });
      });
    };
    this.next(frame);
  }

  /** Calls back with the next frame. */
  private next(frame: (now: number, meta?: VideoFrameCallbackMetadata) => void): void {
    const { video } = this;
    if ('requestVideoFrameCallback' in video) {
      video.requestVideoFrameCallback((now, meta) => frame(now, meta));
      return;
    }
    const before = (video as HTMLVideoElement).currentTime;
    const poll = (): void => {
      if (this.stopped) return;
      if ((video as HTMLVideoElement).currentTime === before) requestAnimationFrame(poll);
      else frame(performance.now());
    };
    requestAnimationFrame(poll);
  }

  stop(): void {
    this.stopped = true;
    this.lost = undefined;
  }

  async glance(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const drawn = draw(this.video, GLANCE.side);
    return drawn && encode(drawn, GLANCE.quality);
  }

  async others(): Promise<{ id: string; label: string }[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices
      .filter((device) => device.kind === 'videoinput')
      .map((device) => ({ id: device.deviceId, label: device.label }));
  }

  close(): void {
    this.stop();
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}

function whole(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}

type Canvas = OffscreenCanvas | HTMLCanvasElement;

/** What the video shows, with a shorter side of `side` pixels at most. */
export function draw(video: HTMLVideoElement, side: number): Canvas | undefined {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight) return undefined;
  const scale = Math.min(1, side / Math.min(videoWidth, videoHeight));
  const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
  const canvas: Canvas =
    typeof OffscreenCanvas === 'undefined'
      ? Object.assign(document.createElement('canvas'), { width, height })
      : new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
  context?.drawImage(video, 0, 0, width, height);
  return canvas;
}

/** A canvas as JPEG. */
export async function encode(canvas: Canvas, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const type = 'image/jpeg';
  const blob =
    'convertToBlob' in canvas
      ? await canvas.convertToBlob({ type, quality })
      : await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (!blob) throw new Trouble('camera_failed');
  return new Uint8Array(await blob.arrayBuffer());
}

/** What happens to the page: hidden, turned, no longer full-screen; keeps it awake. */
export function pageSurroundings(): Surroundings {
  return {
    watch(happened) {
      const over = new AbortController();
      const { signal } = over;
      const hidden = (): void => happened(document.hidden ? 'page_hidden' : 'page_shown');
      document.addEventListener('visibilitychange', hidden, { signal });
      addEventListener('resize', () => happened('view_changed'), { signal });
      const full = (): void => {
        if (!document.fullscreenElement) happened('fullscreen_left');
      };
      document.addEventListener('fullscreenchange', full, { signal });
      const lock = navigator.wakeLock?.request('screen');
      lock?.catch(() => {
        if (!signal.aborted) happened('wake_lock_lost');
      });
      return () => {
        over.abort();
        lock?.then((held) => held.release()).catch(() => {});
      };
    },
  };
}

/** The environment of a page that shows `video` and talks to `base`. */
export function pageEnvironment(
  host: HTMLElement,
  video: HTMLVideoElement,
  camera: Camera,
  base = '',
): Environment {
  return {
    clock: pageClock(),
    display: pageDisplay(host, video),
    camera,
    line: fetchLine(base),
    surroundings: pageSurroundings(),
  };
}
