import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import jsqr from 'jsqr';
import type { Browser, Locator } from 'playwright-core';
import { keep, press, titled } from './browser.js';
import { outcome, Stage, text } from './stage.js';

let stage: Stage;

before(async () => {
  stage = await Stage.open();
});

after(() => stage?.close());

/** What an independent reader makes of the code that is to be seen on a page. */
async function scanned(browser: Browser, code: Locator): Promise<string | undefined> {
  const png = (await code.screenshot()).toString('base64');
  const reader = await browser.newPage();
  const { width, height, data } = await reader.evaluate(async (bytes) => {
    const picture = await (await fetch(`data:image/png;base64,${bytes}`)).blob();
    const bitmap = await createImageBitmap(picture);
    const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, data: [...data] };
  }, png);
  await reader.close();
  type Reader = (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
  return (jsqr as unknown as Reader)(Uint8ClampedArray.from(data), width, height)?.data;
}

test('what a laptop begins a phone ends: its camera reads the code, both pages end alike', async (t) => {
  if (await stage.isIdle(t)) return;
  const created = await stage.house.verification({ mode: 'liveness_only', liveness: 'reflective' });
  const laptop = await stage.before({}, 'laptop');
  await laptop.page.goto(created.url);
  await press(laptop.page, 'handover');
  await titled(laptop.page, text('handover.title'));
  await keep(laptop.page, 'en-laptop-handover');
  const address = await scanned(stage.browser, laptop.page.getByRole('img', { name: text('handover.code') }));
  assert.equal(address, created.url);

  const phone = await stage.before({});
  await phone.page.goto(address ?? '');
  await titled(phone.page, text('welcome.title'));
  // Whoever holds the phone already is not sent to another.
  assert.equal(await phone.page.locator('button[data-value="handover"]').count(), 0);
  await press(phone.page, 'start');
  await press(phone.page, 'agree');
  await press(phone.page, 'agreed');
  assert.equal(await outcome(phone.page), 'approved');
  await keep(phone.page, 'en-phone-handed-over');

  assert.equal(await outcome(laptop.page), 'approved');
  await titled(laptop.page, text('result.approved'));
  await keep(laptop.page, 'en-laptop-handed-over');
  assert.equal(await stage.state(created), 'approved');
  assert.deepEqual([...laptop.troubles, ...phone.troubles], []);
  await laptop.context.close();
  await phone.context.close();
});
