/** Brings the face into position: small pictures, and what the server says of them. */

import type { Challenge, Face, Position } from './challenge.js';
import type { Environment } from './environment.js';
import { Trouble } from './trouble.js';
import { codeOf, isPassing } from './upload.js';

/** Two pictures are not closer than this, in milliseconds. */
const PACE_MS = 350;
/** So many good pictures in a row, and the face is where it should be. */
const STEADY = 2;

/** What a server says that looks at no more pictures of this challenge, however long one waits. */
const LOOKED_ENOUGH = 'too_many_positions';

/** Who is told what. */
export interface GuideOptions {
  onPosition?: (position: Position) => void;
  signal: AbortSignal;
}

/** How guiding ended, and how fast the line was meanwhile. */
export interface Guided {
  /** The face is in position; or the server looks at no more pictures. */
  state: 'ready' | 'unguided';
  bytesPerMs?: number;
  face?: Face;
}

/** Guides until the face is in position. */
export async function guide(
  challenge: Challenge,
  environment: Environment,
  options: GuideOptions,
): Promise<Guided> {
  const { clock, camera, line } = environment;
  const path = `/v1/liveness/challenges/${challenge.id}/position`;
  let steady = 0;
  let speed: number | undefined;
  const known = (): { bytesPerMs?: number } => (speed === undefined ? {} : { bytesPerMs: speed });
  while (!options.signal.aborted) {
    const begun = clock.now();
    const picture = await camera.glance();
    if (picture) {
      const sent = clock.now();
      const answer = await line.post(path, challenge.token, picture, 'image/jpeg').catch(() => undefined);
      if (answer && answer.status < 300) {
        // Half: a short way there and back weighs more on a small picture.
        const now = picture.length / Math.max(clock.now() - sent, 1);
        speed = speed === undefined ? now : Math.max(speed, now);
        const position = answer.body as Position;
        options.onPosition?.(position);
        steady = position.advice === 'ok' ? steady + 1 : 0;
        if (steady >= STEADY) {
          return { state: 'ready', ...known(), ...(position.face && { face: position.face }) };
        }
      } else if (answer && (!isPassing(answer.status) || codeOf(answer.body) === LOOKED_ENOUGH)) {
        return { state: 'unguided', ...known() };
      }
    }
    await clock.sleep(Math.max(50, begun + PACE_MS - clock.now()));
  }
  throw new Trouble('interrupted');
}
