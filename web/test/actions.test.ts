import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { keep, press, SIZES } from './browser.js';
import { outcome, type Scene, Stage, text } from './stage.js';

let stage: Stage;

before(async () => {
  stage = await Stage.open();
});

after(() => stage?.close());

/** Goes up to the movements: by whoever does not want to see flashing light. */
async function moving(scene: Partial<Scene>): ReturnType<Stage['warned']> {
  const shot = await stage.warned(scene);
  await press(shot.page, 'declined');
  return shot;
}

/**
 * What each answer of the server tells of movements, in the order of the answers: of the
 * newest challenge, for one that waited too long is exchanged, and of each answer once,
 * for one that got lost is given again.
 */
function tellings(page: Page): string[][] {
  const told: string[][] = [];
  const steps = new Set<number>();
  page.on('response', async (response) => {
    const url = response.url();
    const issued = url.endsWith('/v1/liveness/challenges');
    if (!url.endsWith('/frames') && !issued) return;
    const body = (await response.json()) as { revealed?: { step: number; action: string }[] };
    if (issued) {
      told.length = 0;
      steps.clear();
    }
    const revealed = (body.revealed ?? []).filter(({ step }) => !steps.has(step));
    for (const { step } of revealed) steps.add(step);
    if (revealed.length > 0) told.push(revealed.map(({ action }) => action));
  });
  return told;
}

/** Looks at the page while it asks: the words are to be seen without scrolling. */
async function asking(page: Page): Promise<void> {
  const action = page.locator('.action');
  await action.waitFor({ timeout: 60_000 });
  const words = await action.locator('span').boundingBox();
  assert.ok(words && words.y + words.height <= SIZES.phone.height, 'what is asked for is below the fold');
  await action.and(page.locator('.action', { hasNotText: text('action.rest') })).waitFor();
  await keep(page, 'en-phone-movement');
}

test('a person who declines flashing light and makes what is asked is accepted, end to end', async (t) => {
  if (await stage.isIdle(t)) return;
  const shot = await stage.warned({});
  const { context, page, troubles, created } = shot;
  const told = tellings(page);
  await press(page, 'declined');
  const state = await outcome(page);
  const { method, result, figures } = await stage.challenge(shot);
  assert.equal(method, 'actions');
  assert.equal(result?.reason, 'accept', JSON.stringify(figures));
  assert.equal(state, 'approved');
  assert.equal(await stage.state(created), 'approved');
  const seen = figures?.movements?.seen ?? [];
  const asked = seen.map((one) => one.asked);
  t.diagnostic(JSON.stringify(seen.map(({ made, closed, opened }) => ({ made, closed, opened }))));
  assert.equal(asked.length, 4);
  assert.deepEqual(seen.map(({ made }) => made), asked);
  // One at a time: the next is told only in answer to frames of the one before.
  assert.deepEqual(told, asked.map((action) => [action]));
  // The light that was declined was never shown.
  assert.equal(figures?.light, null);
  assert.deepEqual(troubles, []);
  await keep(page, 'en-phone-movements-end');
  await context.close();
});

const REFUSED: [string, Partial<Scene>, string, string, string][] = [
  [
    'a person who makes another movement than the one asked for',
    { moves: 'another' },
    'wrong_movement',
    'could_not_confirm',
    'retry.could_not_confirm',
  ],
  [
    'a photograph that is held still',
    { kind: 'photograph', moves: 'nothing' },
    'not_moved',
    'actions_not_done',
    'retry.action_missed',
  ],
  [
    'a photograph that is turned as asked',
    { kind: 'photograph' },
    'not_moved',
    'actions_not_done',
    'retry.action_missed',
  ],
];

for (const [name, scene, why, said, key] of REFUSED) {
  test(`${name} is asked again, and the page says why`, async (t) => {
    if (await stage.isIdle(t)) return;
    const shot = await moving(scene);
    const { context, page, troubles, created } = shot;
    // Not where somebody is accepted: looking at a page so closely keeps it from its work.
    if (scene.moves === 'another') await asking(page);
    assert.equal(await outcome(page), said);
    const { result, figures } = await stage.challenge(shot);
    t.diagnostic(JSON.stringify(figures?.movements));
    assert.equal(result?.reason, why);
    await page.getByText(text(key)).waitFor();
    await keep(page, `en-phone-${name.replaceAll(' ', '-')}`);
    assert.notEqual(await stage.state(created), 'approved');
    assert.deepEqual(troubles, []);
    await context.close();
  });
}
