/** What the server issues and answers. */

import type { Gesture, Look } from './manifest.js';

/** How liveness is proved: by the screen's light, or by what the person does. */
export type Method = 'reflective' | 'actions';

/** A step of the schedule. */
export interface Step {
  kind: 'grey' | 'black' | 'flash' | 'split' | 'rest' | 'action';
  ms: number;
}

/** What a step turned out to be. */
export type Revealed = { step: number } & ({ top: string; bottom: string } | { action: Gesture });

/** A challenge, good for one recording. */
export interface Challenge {
  id: string;
  method: Method;
  nonce: string;
  key: string;
  token: string;
  issued_at: string;
  expires_at: string;
  schedule: Step[];
  revealed: Revealed[];
}

/** What a picture of the position is answered with. */
export type Advice =
  | 'ok'
  | 'no_face'
  | 'several_faces'
  | 'closer'
  | 'farther'
  | 'centre'
  | 'too_dark'
  | 'too_bright'
  | 'hold_still';

/** Where the face is, in shares of the picture. */
export interface Face {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The answer to a picture of the position. */
export interface Position {
  advice: Advice;
  face?: Face | null;
}

/** How a recording was judged, as far as the person is told. */
export interface Judgement {
  state: 'accepted' | 'retry' | 'refused';
  advice?: string | null;
  /** Left out of account, where nobody counts. */
  tries_left: number | null;
}

/** Colours of the steps that nobody has to reveal. */
export const GREY = '#898989';
/** No light at all. */
export const BLACK = '#000000';

/** What a step looks like, if that is known yet. */
export function lookOf(kind: Step['kind'], revealed: Revealed | undefined): Look | undefined {
  switch (kind) {
    case 'grey':
      return { top: GREY, bottom: GREY };
    case 'black':
      return { top: BLACK, bottom: BLACK };
    case 'rest':
      return { action: 'rest' };
    default:
      if (!revealed) return undefined;
      return 'action' in revealed
        ? { action: revealed.action }
        : { top: revealed.top, bottom: revealed.bottom };
  }
}

/** Faster than this no flash follows another, whatever a server asks for. */
export const SHORTEST_FLASH_MS = 334;

/** How long a step is shown at least. */
export function lengthOf(step: Step): number {
  const flash = step.kind === 'flash' || step.kind === 'split';
  return flash ? Math.max(step.ms, SHORTEST_FLASH_MS) : step.ms;
}
