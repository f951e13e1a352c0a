import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { keep, launch, open, press, titled } from './browser.js';
import { House } from './house.js';

const texts = JSON.parse(readFileSync('flow/texts/en.json', 'utf8')) as Record<string, string>;
const text = (key: string): string => texts[key] ?? assert.fail(key);

let house: House;
let browser: Browser;

before(async () => {
  house = await House.open();
  // A film of one picture: JPEGs in a row.
  const film = join(house.folder, 'film.mjpeg');
  const picture = readFileSync(house.specimen().selfie);
  writeFileSync(film, Buffer.concat(Array.from({ length: 30 }, () => picture)));
  browser = await launch([
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
    '--use-fake-ui-for-media-stream',
  ]);
});

after(async () => {
  await browser?.close();
  house?.close();
});

test("a film in the place of Chromium's camera reflects nothing, and is not accepted", async (t) => {
  if (!(await house.challenges())) return t.skip('this server issues no liveness challenges');
  const verification = await house.verification({ mode: 'liveness_only', liveness: 'reflective' });
  const { context, page, troubles } = await open(browser, house.url, 'phone', 'en');
  await page.goto(verification.url);
  await press(page, 'start');
  await press(page, 'agree');
  await titled(page, text('light.title'));
  await press(page, 'agreed');
  await titled(page, text('face.title'));
  await keep(page, 'en-phone-face');
  await titled(page, text('retry.title'), 90_000);
  const advice = await page.locator('[data-advice]').getAttribute('data-advice');
  assert.notEqual(advice, null);
  await keep(page, 'en-phone-retry');
  const read = await house.ask<{ state: string }>('GET', `/v1/verifications/${verification.id}`);
  assert.notEqual(read.body.state, 'approved');
  assert.deepEqual(troubles, []);
  await context.close();
});
