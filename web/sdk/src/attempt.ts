/** One attempt from the first look into the camera to the judgement. */

import type { Challenge, Judgement, Method, Position } from './challenge.js';
import type { Environment } from './environment.js';
import { guide } from './guide.js';
import type { Look } from './manifest.js';
import { record } from './recorder.js';
import { Trouble } from './trouble.js';
import { codeOf, isPassing } from './upload.js';

/** The version of this library, as recordings name it. */
export const VERSION = '0.1.0';

/** A challenge is begun within so many milliseconds, or another one is asked for. */
const FRESH_MS = 12_000;
/** So many challenges for one attempt, if guiding takes long. */
const CHALLENGES = 6;
/** A line that breaks so often is lost. */
const TRIES = 6;
/** So long a judgement is waited for, asked after so often: a busy server has a queue. */
const JUDGING_MS = 150_000;
const POLL_MS = 1_000;

/** Where an attempt is. */
export type Stage = 'guiding' | 'recording' | 'sending' | 'judging';

/** What an attempt needs, and who is told of it. */
export interface AttemptOptions {
  /** Whether the person has read the warning and agreed to flashing colours. */
  flashes: 'agreed' | 'declined';
  /** Asks for a challenge: of this method, or of either if it is left open. */
  challenge: (method: Method | undefined) => Promise<Challenge>;
  onStage?: (stage: Stage) => void;
  onPosition?: (position: Position) => void;
  onStep?: (step: number, look: Look, challenge: Challenge) => void;
  /** Waits for the person, where nobody can say whether the face is in position. */
  confirm?: () => Promise<void>;
  signal: AbortSignal;
}

/** Makes an attempt. Fails with a {@link Trouble} if there is nothing to judge. */
export async function attempt(
  environment: Environment,
  options: AttemptOptions,
): Promise<Judgement> {
  const { clock } = environment;
  let issuedAt = 0;
  let asked = 0;
  const fresh = async (): Promise<Challenge> => {
    asked += 1;
    // Who declined gets no flashes, whatever a server would rather have.
    const challenge = await options.challenge(
      options.flashes === 'agreed' ? undefined : 'actions',
    );
    if (challenge.method !== 'actions' && options.flashes !== 'agreed') {
      throw new Trouble('flashes_not_agreed');
    }
    issuedAt = clock.now();
    return challenge;
  };
  options.onStage?.('guiding');
  let challenge = await fresh();
  const { signal, onPosition } = options;
  const told = onPosition ? { onPosition } : {};
  let guided = await guide(challenge, environment, { signal, ...told });
  while (guided.state === 'unguided' && asked < CHALLENGES && clock.now() - issuedAt > FRESH_MS) {
    challenge = await fresh();
    guided = await guide(challenge, environment, { signal, ...told });
  }
  if (guided.state === 'unguided') await options.confirm?.();
  if (clock.now() - issuedAt > FRESH_MS) challenge = await fresh();
  options.onStage?.('recording');
  const current = challenge;
  await record(current, environment, {
    sdk: VERSION,
    signal,
    ...(guided.bytesPerMs !== undefined && { bytesPerMs: guided.bytesPerMs }),
    onStep: (step, look) => options.onStep?.(step, look, current),
    onRecorded: () => options.onStage?.('sending'),
  });
  options.onStage?.('judging');
  return judge(current, environment);
}

async function judge(challenge: Challenge, environment: Environment): Promise<Judgement> {
  const { clock, line } = environment;
  const path = `/v1/liveness/challenges/${challenge.id}/complete`;
  const until = clock.now() + JUDGING_MS;
  for (let broken = 0; broken < TRIES && clock.now() < until; ) {
    const answer = await line.post(path, challenge.token, null).catch(() => undefined);
    if (answer && answer.status < 300) return answer.body as Judgement;
    const code = codeOf(answer?.body);
    if (code === 'in_progress') {
      await clock.sleep(POLL_MS);
      continue;
    }
    if (answer && !isPassing(answer.status)) throw new Trouble('refused', code, answer.status);
    await clock.sleep(500 * 2 ** broken);
    broken += 1;
  }
  throw new Trouble('network_lost');
}
