import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keep, press } from './browser.js';
import type { Light } from './page/head.js';
import { outcome, type Scene, type ScreenLog, type Shot, Stage, text } from './stage.js';

let stage: Stage;
/** What the screen showed in the run that was accepted. */
let earlier: ScreenLog = [];
/** The parts that it sent. */
const parts: Buffer[] = [];

before(async () => {
  stage = await Stage.open();
});

after(() => stage?.close());

/** Goes up to the colours, before the scene's face. */
async function lit(scene: Partial<Scene>, stepped = true): ReturnType<Stage['warned']> {
  const shot = await stage.warned(scene, stepped);
  await press(shot.page, 'agreed');
  return shot;
}

/** Why the server judged the newest challenge of a page so: for the customer only. */
async function reason(shot: Shot): Promise<string | undefined> {
  return (await stage.challenge(shot)).result?.reason;
}

test('a face that reflects what the page shows is accepted, end to end', async (t) => {
  if (await stage.isIdle(t)) return;
  const { context, page, troubles, created } = await lit({});
  page.on('request', (request) => {
    const body = request.postDataBuffer();
    if (request.url().endsWith('/frames') && body) parts.push(body);
  });
  const state = await outcome(page);
  await keep(page, 'en-phone-end');
  assert.equal(state, 'approved');
  assert.equal(await stage.state(created), 'approved');
  earlier = await page.evaluate(() => (window as unknown as { shown: ScreenLog }).shown);
  assert.ok(earlier.length > 12, `${earlier.length} looks were shown`);
  assert.ok(parts.length > 5, `${parts.length} parts were sent`);
  assert.deepEqual(troubles, []);
  await context.close();
});

const REFUSED: [string, () => Partial<Scene>, string, string, string][] = [
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
function turned([r, g, b]: Light): Light {
  return [b, r, g];
}

for (const [name, scene, why, said, key] of REFUSED) {
  test(`${name} is not accepted, and the page says what to do`, async (t) => {
    if (await stage.isIdle(t)) return;
    const shot = await lit(scene());
    const { context, page, troubles, created } = shot;
    assert.equal(await outcome(page), said);
    assert.equal(await reason(shot), why);
    await page.getByText(text(key)).waitFor();
    await keep(page, `en-phone-${name.replaceAll(' ', '-')}`);
    assert.notEqual(await stage.state(created), 'approved');
    assert.deepEqual(troubles, []);
    await context.close();
  });
}

test('parts of an earlier run answer no other challenge', async (t) => {
  if (await stage.isIdle(t)) return;
  const issued = await stage.house.ask<{ id: string }>('POST', '/v1/liveness/challenges', { method: 'reflective' });
  assert.equal(issued.status, 201);
  const path = `/v1/liveness/challenges/${issued.body.id}/frames`;
  const answer = await stage.house.send<{ code: string }>(path, parts[0] as Buffer);
  assert.equal(answer.status, 422);
  assert.equal(answer.body.code, 'recording_refused');
});

test('in real time before the real script (informative: a busy machine drops frames)', async (t) => {
  if (await stage.isIdle(t)) return;
  const { context, page } = await lit({}, false);
  t.diagnostic(`in real time: ${await outcome(page)}`);
  await context.close();
});
