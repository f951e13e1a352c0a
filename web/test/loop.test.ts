import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { keep, launch, open, press, titled } from './browser.js';
import { type Created, House } from './house.js';

const texts = JSON.parse(readFileSync('flow/texts/en.json', 'utf8')) as Record<string, string>;
const text = (key: string): string => texts[key] ?? assert.fail(key);

type Shown = { at: number; top: number[]; bottom: number[] }[];

interface Scene {
  kind?: 'face' | 'photograph' | 'unlit';
  replay?: Shown;
  latencyMs?: number;
  seed?: number;
}

let house: House;
let browser: Browser;
let selfie: Buffer;
let landmarks: [number, number][];
/** What the screen showed in the run that was accepted. */
let earlier: Shown = [];
/** The parts that it sent. */
const parts: Buffer[] = [];

before(async () => {
  house = await House.open();
  selfie = readFileSync(house.specimen().selfie);
  const found = await house.ask<{ faces: { landmarks: { x: number; y: number }[] }[] }>(
    'POST',
    '/v1/faces/detect',
    { image: selfie.toString('base64') },
  );
  landmarks = (found.body.faces[0]?.landmarks ?? []).map(({ x, y }) => [x, y]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  house?.close();
});

/** A page before a scene. */
interface Shot {
  page: Page;
  troubles: string[];
  created: Created;
  /** The challenges that it was issued. */
  challenges: string[];
  close: () => Promise<void>;
}

/** Goes up to the colours, before the scene's face. */
async function show(scene: Scene, stepped = true): Promise<Shot> {
  const created = await house.verification({ mode: 'liveness_only', liveness: 'reflective' });
  const { context, page, troubles } = await open(browser, house.url, 'phone', 'en');
  const photo = '/verify/photo.jpg';
  await page.route(`**${photo}`, (route) => route.fulfill({ body: selfie, contentType: 'image/jpeg' }));
  const whole = { photo, landmarks, kind: 'face', latencyMs: 80, seed: 7, ...scene };
  await page.addInitScript((given) => Object.assign(window, { scene: given }), whole);
  if (stepped) {
    const script = readFileSync('target/page/stepped.js');
    await page.route('**/verify/flow.js*', (route) =>
      route.fulfill({ body: script, contentType: 'text/javascript' }),
    );
  } else {
    await page.addInitScript({ path: 'target/page/mirror.js' });
  }
  const challenges: string[] = [];
  page.on('response', async (response) => {
    if (!response.url().endsWith('/v1/liveness/challenges') || response.status() !== 201) return;
    challenges.push(((await response.json()) as { id: string }).id);
  });
  await page.goto(created.url);
  await press(page, 'start');
  await press(page, 'agree');
  await titled(page, text('light.title'));
  await press(page, 'agreed');
  return { page, troubles, created, challenges, close: () => context.close() };
}

/** Why the server judged the newest challenge of a page so: for the customer only. */
async function reason(challenges: string[]): Promise<string | undefined> {
  const path = `/v1/liveness/challenges/${challenges.at(-1)}`;
  const read = await house.ask<{ result: { reason?: string } | null }>('GET', path);
  return read.body.result?.reason;
}

/** Waits for the end or for the offer to try again; gives the advice, if any. */
async function outcome(page: Page): Promise<string> {
  const end = page.locator('[data-state], [data-advice]').first();
  await end.waitFor({ timeout: 180_000 });
  return (await end.getAttribute('data-state')) ?? (await end.getAttribute('data-advice')) ?? '';
}

/** Where the server issues no challenges, there is nothing to try. */
async function isIdle(t: TestContext): Promise<boolean> {
  const idle = !(await house.challenges());
  if (idle) t.skip('this server issues no liveness challenges');
  return idle;
}

test('a face that reflects what the page shows is accepted, end to end', async (t) => {
  if (await isIdle(t)) return;
  const { page, troubles, created, close } = await show({});
  page.on('request', (request) => {
    const body = request.postDataBuffer();
    if (request.url().endsWith('/frames') && body) parts.push(body);
  });
  const state = await outcome(page);
  await keep(page, 'en-phone-end');
  assert.equal(state, 'approved');
  const read = await house.ask<{ state: string }>('GET', `/v1/verifications/${created.id}`);
  assert.equal(read.body.state, 'approved');
  earlier = await page.evaluate(() => (window as unknown as { shown: Shown }).shown);
  assert.ok(earlier.length > 12, `${earlier.length} looks were shown`);
  assert.ok(parts.length > 5, `${parts.length} parts were sent`);
  assert.deepEqual(troubles, []);
  await close();
});

const REFUSED: [string, () => Scene, string, string, string][] = [
  ['a photograph', () => ({ kind: 'photograph' }), 'flat_surface', 'could_not_confirm', 'retry.could_not_confirm'],
  [
    'the light of an earlier run',
    () => ({ replay: earlier, seed: 8 }),
    'wrong_sequence',
    'could_not_confirm',
    'retry.could_not_confirm',
  ],
  [
    'the light of another sequence',
    () => ({ seed: 9, replay: earlier.map(({ at, top, bottom }) => ({ at, top: turned(top), bottom: turned(bottom) })) }),
    'wrong_sequence',
    'could_not_confirm',
    'retry.could_not_confirm',
  ],
  ['a face without reflection', () => ({ kind: 'unlit' }), 'no_reflection', 'brighter_screen', 'retry.brighter_screen'],
];

/** Another colour: red for green, green for blue, blue for red. */
function turned([r = 0, g = 0, b = 0]: number[]): number[] {
  return [b, r, g];
}

for (const [name, scene, why, said, key] of REFUSED) {
  test(`${name} is not accepted, and the page says what to do`, async (t) => {
    if (await isIdle(t)) return;
    const { page, troubles, created, challenges, close } = await show(scene());
    assert.equal(await outcome(page), said);
    assert.equal(await reason(challenges), why);
    await page.getByText(text(key)).waitFor();
    await keep(page, `en-phone-${name.replaceAll(' ', '-')}`);
    const read = await house.ask<{ state: string }>('GET', `/v1/verifications/${created.id}`);
    assert.notEqual(read.body.state, 'approved');
    assert.deepEqual(troubles, []);
    await close();
  });
}

test('parts of an earlier run answer no other challenge', async (t) => {
  if (await isIdle(t)) return;
  const issued = await house.ask<{ id: string }>('POST', '/v1/liveness/challenges', { method: 'reflective' });
  assert.equal(issued.status, 201);
  const path = `/v1/liveness/challenges/${issued.body.id}/frames`;
  const answer = await house.send<{ code: string }>(path, parts[0] as Buffer);
  assert.equal(answer.status, 422);
  assert.equal(answer.body.code, 'recording_refused');
});

test('in real time before the real script (informative: a busy machine drops frames)', async (t) => {
  if (await isIdle(t)) return;
  const { page, close } = await show({}, false);
  t.diagnostic(`in real time: ${await outcome(page)}`);
  await close();
});
