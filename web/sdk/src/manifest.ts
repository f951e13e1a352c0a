/** What a part of a recording says of itself: `docs/capture-package.md`. */

/** What a person is asked to do; left and right are the person's own. */
export type Gesture = 'rest' | 'turn_left' | 'turn_right' | 'nod' | 'blink' | 'open_mouth';

/** What a step of a challenge looks like. */
export type Look = { top: string; bottom: string } | { action: Gesture };

/** An entry of the display log; without a step: grey, while the page waits. */
export type Shown = (({ step: number } & Look) | { hold: true }) & {
  at_ms: number;
  next_ms: number;
};

/** What a frame's time is the time of. */
export type FrameClock = 'capture' | 'presentation' | 'now';

/** A frame that a part commits to. */
export interface FrameEntry {
  i: number;
  at_ms: number;
  clock: FrameClock;
  presented: number;
  width: number;
  height: number;
  type: 'jpeg' | 'webp';
  sha256: string;
  length: number;
  here: boolean;
}

/** What may happen while a recording is made: a closed list. */
export const CLIENT_EVENTS = [
  'page_hidden',
  'page_shown',
  'view_changed',
  'fullscreen_left',
  'display_stalled',
  'camera_stalled',
  'camera_lost',
  'camera_locked',
  'wake_lock_lost',
  'upload_resumed',
  'frame_skipped',
] as const;

/** One of them. */
export type ClientEvent = (typeof CLIENT_EVENTS)[number];

/** The camera, as the browser describes it. */
export interface CameraFacts {
  label_sha256: string | null;
  width: number | null;
  height: number | null;
  rate: number | null;
  facing: 'user' | 'environment' | 'unknown';
  exposure: 'manual' | 'continuous' | 'unknown';
  white_balance: 'manual' | 'continuous' | 'unknown';
}

/** The clock that all times are of; in the first part only. */
export interface ClockFacts {
  source: 'performance.now';
  origin_ms: number;
  resolution_ms: number;
}

/** Where it is recorded; in the first part only. */
export interface ClientFacts {
  sdk: string;
  screen: { width: number; height: number; ratio: number };
  camera: CameraFacts;
}

/** A video in the place of frames: of clients that record one; this library does not. */
export interface VideoEntry {
  type: 'webm' | 'mp4';
  start_ms: number;
  clock: FrameClock;
  sha256: string;
  length: number;
}

/** What a part says of itself. */
export interface Manifest {
  challenge: string;
  nonce: string;
  part: number;
  previous: string | null;
  last: boolean;
  clock?: ClockFacts;
  client?: ClientFacts;
  shown: Shown[];
  frames: FrameEntry[];
  late: { i: number; length: number }[];
  events: { at_ms: number; event: ClientEvent }[];
  video?: VideoEntry;
}

/** The manifest's text: members in the order of the document, none besides. */
export function manifestText(manifest: Manifest): string {
  const { clock, client, video } = manifest;
  return JSON.stringify({
    challenge: manifest.challenge,
    nonce: manifest.nonce,
    part: manifest.part,
    previous: manifest.previous,
    last: manifest.last,
    ...(clock && { clock: pick(clock, ['source', 'origin_ms', 'resolution_ms']) }),
    ...(client && {
      client: {
        sdk: client.sdk,
        screen: pick(client.screen, ['width', 'height', 'ratio']),
        camera: pick(client.camera, [
          'label_sha256',
          'width',
          'height',
          'rate',
          'facing',
          'exposure',
          'white_balance',
        ]),
      },
    }),
    shown: manifest.shown.map((shown) => ({
      ...('hold' in shown && { hold: true }),
      ...('step' in shown && { step: shown.step }),
      ...('top' in shown && { top: shown.top, bottom: shown.bottom }),
      ...('action' in shown && { action: shown.action }),
      at_ms: shown.at_ms,
      next_ms: shown.next_ms,
    })),
    frames: manifest.frames.map((frame) =>
      pick(frame, [
        'i',
        'at_ms',
        'clock',
        'presented',
        'width',
        'height',
        'type',
        'sha256',
        'length',
        'here',
      ]),
    ),
    late: manifest.late.map((late) => pick(late, ['i', 'length'])),
    events: manifest.events.map((event) => pick(event, ['at_ms', 'event'])),
    ...(video && { video: pick(video, ['type', 'start_ms', 'clock', 'sha256', 'length']) }),
  });
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const picked = {} as Pick<T, K>;
  for (const name of names) picked[name] = from[name];
  return picked;
}
