import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, type AttemptOptions, type Stage } from '../src/attempt.js';
import type { Challenge, Method, Position } from '../src/challenge.js';
import type { Answer, Environment } from '../src/environment.js';
import { Trouble } from '../src/trouble.js';
import { challenge, NoiseCamera, Reader } from './server.js';
import { QuietSurroundings, SteppedDisplay, steppedLine, Stepper } from './stepped.js';

function actions(): { challenge: Challenge; all: Challenge['revealed'] } {
  const { challenge: base } = challenge(4);
  const all = (['turn_left', 'blink', 'nod'] as const).map((action, i) => ({ step: i + 1, action }));
  const schedule: Challenge['schedule'] = [{ kind: 'rest', ms: 800 }, ...all.map(() => ({ kind: 'action' as const, ms: 3000 }))];
  return { challenge: { ...base, method: 'actions', schedule, revealed: all.slice(0, 1) }, all };
}

/** `complete` answers a judgement that is asked for, where it is not accepted at once. */
function house(advice: () => Position | Answer | number, method: Method = 'reflective', complete?: () => Answer) {
  const stepper = new Stepper();
  const display = new SteppedDisplay(stepper);
  const asked: (Method | undefined)[] = [];
  const made = method === 'actions' ? actions() : challenge(12);
  let reader = new Reader(made.all);
  const answers = (path: string, body: unknown): Answer => {
    if (path.endsWith('/position')) {
      const said = advice();
      if (typeof said === 'number') return { status: said, body: null };
      return 'status' in said ? said : { status: 200, body: said };
    }
    if (path.endsWith('/frames')) return { status: 200, body: { revealed: reader.take(body as Uint8Array) } };
    reader.whole();
    if (complete) return complete();
    return { status: 200, body: { state: 'accepted', advice: null, tries_left: 2 } };
  };
  const environment: Environment = {
    clock: stepper,
    display,
    camera: new NoiseCamera(stepper),
    line: steppedLine(stepper, answers),
    surroundings: new QuietSurroundings(),
  };
  const stages: Stage[] = [];
  const options: AttemptOptions = {
    flashes: 'agreed',
    challenge: async (wanted) => {
      asked.push(wanted);
      reader = new Reader(made.all);
      return made.challenge;
    },
    onStage: (stage) => stages.push(stage),
    signal: new AbortController().signal,
  };
  return { stepper, display, environment, options, stages, asked, shown: () => reader.shown() };
}

test('guides, records, sends and is judged', async () => {
  const positions: Position[] = [{ advice: 'no_face' }, { advice: 'closer' }, { advice: 'ok' }, { advice: 'ok' }];
  const seen: string[] = [];
  const one = house(() => positions.shift() ?? { advice: 'ok' });
  one.options.onPosition = ({ advice }) => seen.push(advice);
  const judged = await one.stepper.until(attempt(one.environment, one.options));
  assert.deepEqual(judged, { state: 'accepted', advice: null, tries_left: 2 });
  assert.deepEqual(one.stages, ['guiding', 'recording', 'sending', 'judging']);
  assert.deepEqual(seen, ['no_face', 'closer', 'ok', 'ok']);
  assert.equal(one.asked.length, 1);
});

test('a challenge that has waited too long is exchanged before it is begun', async () => {
  let n = 0;
  const one = house(() => (n++ < 60 ? { advice: 'no_face' } : { advice: 'ok' }));
  await one.stepper.until(attempt(one.environment, one.options));
  assert.equal(one.asked.length, 2);
});

test('a challenge whose face was looked at often enough is exchanged', async () => {
  const enough = { status: 429, body: { code: 'too_many_positions' } };
  let looked = 0;
  const one = house(() => {
    looked += 1;
    if (looked <= 40) return { advice: 'no_face' };
    return one.asked.length === 1 ? enough : { advice: 'ok' };
  });
  await one.stepper.until(attempt(one.environment, one.options));
  assert.equal(one.asked.length, 2);
  assert.equal(looked, 43);
});

test('a judgement that takes a minute is waited for, one that never comes is not', async () => {
  const accepted = { state: 'accepted' as const, advice: null, tries_left: 2 };
  const judging = { status: 409, body: { code: 'in_progress' } };
  let asked = 0;
  const slow = house(() => ({ advice: 'ok' }), 'reflective', () => {
    asked += 1;
    return asked <= 60 ? judging : { status: 200, body: accepted };
  });
  assert.deepEqual(await slow.stepper.until(attempt(slow.environment, slow.options)), accepted);

  const never = house(() => ({ advice: 'ok' }), 'reflective', () => judging);
  await assert.rejects(never.stepper.until(attempt(never.environment, never.options)), { code: 'network_lost' });
  const broken = house(() => ({ advice: 'ok' }), 'reflective', () => ({ status: 503, body: null }));
  await assert.rejects(broken.stepper.until(attempt(broken.environment, broken.options)), { code: 'network_lost' });
});

test('where nobody looks at the position, the person says when', async () => {
  let asked = 0;
  const one = house(() => 404);
  one.options.confirm = async () => {
    asked += 1;
  };
  await one.stepper.until(attempt(one.environment, one.options));
  assert.equal(asked, 1);
});

test('who declined flashes asks for actions, and gets no colours', async () => {
  const one = house(() => ({ advice: 'ok' }), 'actions');
  one.options.flashes = 'declined';
  await one.stepper.until(attempt(one.environment, one.options));
  assert.deepEqual(one.asked, ['actions']);
  assert.ok(one.display.seen.every(({ look }) => 'action' in look));
  const steps = one.shown().filter((shown) => 'step' in shown && 'action' in shown);
  assert.deepEqual(steps.map((shown) => ('action' in shown ? shown.action : '')), ['rest', 'turn_left', 'blink', 'nod']);
});

test('who declined flashes gets none, even if a server asks for them', async () => {
  const one = house(() => ({ advice: 'ok' }));
  one.options.flashes = 'declined';
  await assert.rejects(
    one.stepper.until(attempt(one.environment, one.options)),
    (error: Trouble) => error.code === 'flashes_not_agreed',
  );
  assert.equal(one.display.seen.length, 0);
});
