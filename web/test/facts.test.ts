/** Facts of the device: only where the customer wants them, only after consent. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DEVICE_FACTS, type DeviceFacts } from '../sdk/src/device.js';
import { keep, launch, open, press, titled } from './browser.js';
import { House } from './house.js';

const texts = JSON.parse(readFileSync('flow/texts/en.json', 'utf8')) as Record<string, string>;
const text = (key: string): string => texts[key] ?? assert.fail(key);

const POLICY = `
name = 'tells-devices'
title = 'Tells devices'
version = 1
effective_from = '2026-11-22'
extends = ['strict']
risk_signals = ['device']
`;

interface Risk {
  score: number;
  band: string;
  coverage: number;
  reasons: string[];
  dropped: number;
}

let house: House;
let browser: Browser;

before(async () => {
  house = await House.open({ name: 'tells-devices', text: POLICY });
  browser = await launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
});

after(async () => {
  await browser?.close();
  house?.close();
});

/** What the page sends about the device. */
function sent(page: Page): DeviceFacts[] {
  const all: DeviceFacts[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/device')) all.push(request.postDataJSON());
  });
  return all;
}

/** Waits for the server's answer to facts of the device. */
function answered(page: Page): Promise<{ kept: number; dropped: number }> {
  return page
    .waitForResponse((response) => response.url().endsWith('/device'))
    .then((response) => response.json() as Promise<{ kept: number; dropped: number }>);
}

async function risk(id: string): Promise<Risk | undefined> {
  const read = await house.ask<{ device_risk?: Risk }>('GET', `/v1/verifications/${id}`);
  return read.body.device_risk;
}

test('facts are told after consent only, by the list, and a driven browser with a false camera is noticed', async () => {
  const verification = await house.verification({ mode: 'liveness_only', device_facts: true });
  const { context, page, troubles } = await open(browser, house.url, 'laptop', 'en');
  const told = sent(page);
  await page.goto(verification.url);
  await press(page, 'start');
  await titled(page, text('notice.title'));
  await page.getByText(text('notice.device')).waitFor();
  await keep(page, 'en-laptop-notice-device');
  assert.deepEqual(told, [], 'nothing before consent');
  assert.equal(await risk(verification.id), undefined);

  const first = answered(page);
  await press(page, 'agree');
  assert.equal((await first).dropped, 0, 'the server knows all that is told');
  const allowed = new Set(DEVICE_FACTS.map(({ group, name }) => `${group}.${name}`));
  const names = Object.entries(told[0] ?? {}).flatMap(([group, of]) => Object.keys(of as object).map((name) => `${group}.${name}`));
  assert.ok(names.length > 15, names.join());
  assert.deepEqual(names.filter((name) => !allowed.has(name)), []);
  assert.equal(told[0]?.['browser']?.['webdriver'], true);
  const earlier: Risk | undefined = await risk(verification.id);
  assert.ok(earlier);
  assert.ok(earlier.reasons.includes('device_automation'), JSON.stringify(earlier));
  assert.ok(!earlier.reasons.includes('device_virtual_camera'), 'no camera is open yet');

  // The camera's label is told once the person has let the page use it.
  const second = answered(page);
  await titled(page, text('face.selfie'));
  await second;
  assert.equal(typeof told[1]?.['browser']?.['camera'], 'string');
  const later: Risk | undefined = await risk(verification.id);
  assert.ok(later);
  assert.ok(later.reasons.includes('device_virtual_camera'), JSON.stringify(later));
  assert.equal(later.band, 'high');
  assert.ok(later.coverage > earlier.coverage);
  assert.deepEqual(troubles, []);
  await context.close();
});

test('a page of a customer who wants no facts tells none and says nothing of it', async () => {
  const verification = await house.verification({ mode: 'liveness_only' });
  const { context, page, troubles } = await open(browser, house.url, 'laptop', 'en');
  const told = sent(page);
  await page.goto(verification.url);
  await press(page, 'start');
  await titled(page, text('notice.title'));
  assert.equal(await page.getByText(text('notice.device')).count(), 0);
  await press(page, 'agree');
  await titled(page, text('face.selfie'));
  assert.deepEqual(told, []);
  assert.equal(await risk(verification.id), undefined);
  assert.deepEqual(troubles, []);
  await context.close();
});

test('the library refuses before consent, and what it takes is assessed by the customer', async () => {
  // The page stands for the customer's own, which lets the library in.
  const { context, page, troubles } = await open(browser, house.url, 'laptop', 'en', { bypassCSP: true });
  await page.goto(`${house.url}/verify`);
  const library = readFileSync('sdk/dist/index.js', 'utf8');
  type Library = { collectDevice(options: object): Promise<DeviceFacts> };
  const [refused, facts] = await page.evaluate(async (code) => {
    const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const { collectDevice } = (await import(address)) as Library;
    const refusal = await collectDevice({ consent: 'wanted' }).catch((error: { code: string }) => error.code);
    return [refusal, await collectDevice({ consent: 'given' })] as const;
  }, library);
  assert.equal(refused, 'consent_wanted');
  const device = { ...facts, browser: { ...facts['browser'], fonts: ['Example Sans'] }, clipboard: 'x' };
  const answer = await house.ask<{ results: { score: number; reasons: string[]; signals: { device: { dropped: number } } }[] }>(
    'POST',
    '/v1/risk/device',
    { device },
  );
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const [result] = answer.body.results;
  assert.equal(result?.signals.device.dropped, 2, 'what nobody declared is counted');
  assert.ok(result?.reasons.includes('device_automation'), JSON.stringify(result));
  assert.deepEqual(troubles, []);
  await context.close();
});
