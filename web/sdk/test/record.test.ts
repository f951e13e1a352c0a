import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Challenge, GREY, type Revealed } from '../src/challenge.js';
import type { Answer, Environment } from '../src/environment.js';
import { record } from '../src/recorder.js';
import { Trouble } from '../src/trouble.js';
import { challenge, NoiseCamera, Reader } from './server.js';
import { QuietSurroundings, SteppedDisplay, steppedLine, Stepper } from './stepped.js';

interface Run {
  reader: Reader;
  stepper: Stepper;
  display: SteppedDisplay;
  camera: NoiseCamera;
  surroundings: QuietSurroundings;
  environment: Environment;
  challenge: Challenge;
  go: (abort?: AbortController) => Promise<void>;
}

interface Wish {
  flashes?: number;
  speed?: { latencyMs: number; bytesPerMs: number };
  frameMs?: number;
  answers?: (take: () => Answer, n: number) => Answer | Promise<Answer>;
}

function run(wish: Wish = {}): Run {
  const { challenge: issued, all } = challenge(wish.flashes ?? 12);
  const stepper = new Stepper();
  const reader = new Reader(all);
  const display = new SteppedDisplay(stepper, wish.frameMs);
  const camera = new NoiseCamera(stepper);
  const surroundings = new QuietSurroundings();
  let n = 0;
  const answers = (_: string, body: unknown): Answer | Promise<Answer> => {
    const take = (): Answer => ({
      status: 200,
      body: { part: n, revealed: reader.take(body as Uint8Array) satisfies Revealed[] },
    });
    n += 1;
    return wish.answers ? wish.answers(take, n) : take();
  };
  const line = steppedLine(stepper, answers, wish.speed);
  const environment: Environment = { clock: stepper, display, camera, line, surroundings };
  const go = (abort = new AbortController()): Promise<void> =>
    stepper.until(record(issued, environment, { sdk: '0.1.0', signal: abort.signal }));
  return { reader, stepper, display, camera, surroundings, environment, challenge: issued, go };
}

test('every step is shown once, for its time, and what was shown is what was revealed', async () => {
  const { reader, go, challenge: issued, display } = run();
  await go();
  reader.whole();
  const steps = reader.shown().filter((shown) => 'step' in shown);
  assert.deepEqual(steps.map((shown) => shown.step), issued.schedule.map((_, i) => i));
  steps.forEach((shown, i) => {
    const next = steps[i + 1];
    const wanted = issued.schedule[i]?.ms ?? 0;
    if (next) assert.ok(Math.abs(next.at_ms - shown.at_ms - wanted) < 17, `step ${i}`);
    assert.ok(shown.next_ms - shown.at_ms > 10 && shown.next_ms - shown.at_ms < 20);
  });
  const reds = display.seen.filter(({ look }) => 'top' in look && look.top === '#ff0000');
  assert.equal(reds.length, 2);
  assert.equal(display.now, undefined);
  assert.ok(reader.parts.length <= 30, `${reader.parts.length} parts`);
  assert.equal(reader.parts.at(-1)?.manifest.last, true);
  assert.deepEqual(reader.events(), ['camera_locked']);
  assert.ok(reader.frames().length > 130);
});

test('grey comes before the first step, so that the camera gets used to it', async () => {
  const { reader, go } = run();
  await go();
  const [lead, first] = reader.shown();
  assert.ok(lead && 'hold' in lead && first && 'step' in first && first.step === 0);
  assert.ok(first.at_ms - lead.at_ms >= 498);
});

for (const frameMs of [1000 / 144, 1000 / 60, 1000 / 50, 1000 / 24]) {
  test(`no flash is shorter than 334 ms at ${Math.round(1000 / frameMs)} Hz, whatever is asked for`, async () => {
    const one = run({ frameMs });
    one.challenge.schedule.forEach((step) => {
      if (step.kind === 'flash' || step.kind === 'split') step.ms = 100;
    });
    await one.go();
    const shown = one.reader.shown();
    shown.forEach((entry, i) => {
      const next = shown[i + 1];
      const flash = 'top' in entry && entry.top !== GREY && entry.top !== '#000000';
      if (flash && next) assert.ok(next.at_ms - entry.at_ms >= 334, `${next.at_ms - entry.at_ms}`);
    });
  });
}

test('waits in grey for colours that are late, and never shows what was not revealed', async () => {
  const { reader, go, display } = run({ speed: { latencyMs: 3000, bytesPerMs: 1000 } });
  await go();
  reader.whole();
  const holds = reader.shown().filter((shown) => 'hold' in shown);
  assert.ok(holds.length >= 2, 'held beside the lead');
  assert.ok(display.seen.some(({ look }, i) => i > 3 && 'top' in look && look.top === GREY));
  const shown = reader.shown();
  shown.forEach((entry, i) => {
    const next = shown[i + 1];
    if ('hold' in entry && next) assert.ok(next.at_ms - entry.at_ms >= 334);
  });
});

test('on a slow line hashes go ahead, and bytes follow', async () => {
  const { reader, go } = run({ speed: { latencyMs: 80, bytesPerMs: 120 } });
  await go();
  reader.whole();
  const late = reader.parts.reduce((sum, part) => sum + part.manifest.late.length, 0);
  assert.ok(late > 20, `${late} frames late`);
  assert.ok(reader.parts.length < 64);
  const holds = reader.shown().filter((shown) => 'hold' in shown);
  assert.ok(holds.length <= 2, `${holds.length} holds`);
});

test('gives up on a line on which colours never come in time', async () => {
  const { go } = run({ speed: { latencyMs: 60_000, bytesPerMs: 1000 } });
  await assert.rejects(go(), (error: Trouble) => error.code === 'network_too_slow');
});

test('a lost answer is asked for again, byte for byte', async () => {
  const sent: string[] = [];
  const first = run();
  const { line } = first.environment;
  let lose = true;
  first.environment.line = {
    async post(path, token, body) {
      const bytes = Buffer.from(body as Uint8Array).toString('base64');
      const again = sent.includes(bytes);
      sent.push(bytes);
      if (again) return { status: 200, body: { revealed: [] } };
      const answer = await line.post(path, token, body);
      if (lose && sent.length === 4) {
        lose = false;
        throw new TypeError('network');
      }
      return answer;
    },
  };
  await first.go();
  first.reader.whole();
  assert.equal(sent.length - new Set(sent).size, 1);
  assert.ok(first.reader.events().includes('upload_resumed'));
});

test('a busy server is asked again; one that refuses is not', async () => {
  const busy = run({ answers: (take, n) => (n % 3 === 2 ? { status: 503, body: { code: 'busy' } } : take()) });
  await busy.go();
  busy.reader.whole();
  let asked = 0;
  const refused = run({
    answers: () => {
      asked += 1;
      return { status: 409, body: { code: 'wrong_state' } };
    },
  });
  await assert.rejects(
    refused.go(),
    (error: Trouble) => error.code === 'refused' && error.problem === 'wrong_state' && error.status === 409,
  );
  assert.equal(asked, 1);
  assert.equal(refused.display.now, undefined);
});

test('a hidden page and a camera that stops end the recording', async () => {
  for (const [event, code] of [
    ['page_hidden', 'interrupted'],
    ['camera_lost', 'camera_failed'],
  ] as const) {
    const one = run();
    one.stepper.at(2500, () => one.surroundings.happen(event));
    await assert.rejects(one.go(), (error: Trouble) => error.code === code);
    assert.equal(one.display.now, undefined, 'no colour stays');
    assert.ok(one.display.seen.at(-1)?.at as number <= 2500);
  }
});

test('the person can stop at any time', async () => {
  const one = run();
  const abort = new AbortController();
  one.stepper.at(3000, () => abort.abort());
  await assert.rejects(one.go(abort), (error: Trouble) => error.code === 'interrupted');
  assert.ok((one.display.seen.at(-1)?.at as number) <= 3000);
});
