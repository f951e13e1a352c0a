/** What a recording takes from outside. Tests give another of each. */

import type { CameraFacts, ClientEvent, FrameClock, Look } from './manifest.js';

/** The one clock that all times of a recording are of. */
export interface Clock {
  /** Its zero, in milliseconds since 1970. */
  readonly originMs: number;
  /** Its steps, in milliseconds. */
  readonly resolutionMs: number;
  /** Now, in milliseconds. */
  now(): number;
  /** Comes back after so many milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** What the person sees and is lit by. */
export interface Display {
  /** Its size: CSS pixels, and device pixels to one of them. */
  readonly size: { width: number; height: number; ratio: number };
  /** Calls back with every frame's time, until it is answered with `false`. */
  eachFrame(tick: (timeMs: number) => boolean): void;
  /** Shows a look over all there is, from the frame that is being made. */
  show(look: Look): void;
  /** Gives the page back. */
  hide(): void;
}

/** A frame of the camera, encoded. */
export interface CameraFrame {
  atMs: number;
  clock: FrameClock;
  presented: number;
  width: number;
  height: number;
  type: 'jpeg' | 'webp';
  bytes: Uint8Array<ArrayBuffer>;
}

/** How frames are wanted. */
export interface FrameWishes {
  /** The shorter side, in pixels. */
  side: number;
  /** Quality of the encoder, 0 to 1. */
  quality: number;
  /** Frames are not closer than this, in milliseconds. */
  intervalMs: number;
}

/** The camera. */
export interface Camera {
  /** As the browser describes it. */
  facts(): Promise<CameraFacts>;
  /** Holds exposure and white balance, where the camera can; says whether it did. */
  lock(): Promise<boolean>;
  /** Gives back what `lock` held. */
  unlock(): Promise<void>;
  /** Gives frames in order, until `stop`. */
  start(
    take: (frame: CameraFrame) => void,
    wishes: () => FrameWishes,
    happened: (event: ClientEvent) => void,
  ): void;
  /** No more frames. */
  stop(): void;
  /** A small JPEG of what the camera sees now, or nothing if it sees nothing yet. */
  glance(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** An answer of the server. */
export interface Answer {
  status: number;
  body: unknown;
}

/** A line to the server; fails only if no answer came. */
export interface Line {
  post(
    path: string,
    token: string,
    body: Uint8Array<ArrayBuffer> | object | null,
    /** What bytes are; a part of a recording, if nothing is said. */
    type?: string,
  ): Promise<Answer>;
}

/** Tells what happens to the page while it records. */
export interface Surroundings {
  /** Calls back with what happens, until the answer is called. */
  watch(happened: (event: ClientEvent) => void): () => void;
}

/** All of it. */
export interface Environment {
  clock: Clock;
  display: Display;
  camera: Camera;
  line: Line;
  surroundings: Surroundings;
}
