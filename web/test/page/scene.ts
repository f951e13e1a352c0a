/** What a test wants before the camera: told to the page's scripts as `window.scene`. */

import type { Kind, Light } from './head.js';

/** What the screen showed, and when. */
export type ScreenLog = { at: number; top: Light; bottom: Light }[];

/** Whoever is asked for movements makes these, others, or none. */
export type Obedience = 'asked' | 'another' | 'nothing';

/** Who stands before the camera, and what he does. */
export interface Scene {
  /** Where the photograph is, and the five landmarks in it. */
  photo: string;
  landmarks: [number, number][];
  kind: Kind;
  moves: Obedience;
  /** Colours of an earlier run that are reflected instead of the page's. */
  replay?: ScreenLog;
  /** From the display to the frame, in milliseconds. */
  latencyMs: number;
  seed: number;
}
