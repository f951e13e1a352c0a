import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { keep, launch, open, press, SIZES, titled } from './browser.js';
import { House } from './house.js';

type Words = Record<string, string>;
const words = (language: string): Words =>
  JSON.parse(readFileSync(`flow/texts/${language}.json`, 'utf8')) as Words;

let house: House;
let browser: Browser;
let pictures: { document: string; selfie: string };

before(async () => {
  house = await House.open();
  pictures = house.specimen();
  browser = await launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
});

after(async () => {
  await browser?.close();
  house?.close();
});

/** Hands in the document by a file. */
async function upload(page: Page, file: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(file);
}

for (const [language, locale] of [
  ['en', 'en-SG'],
  ['vi', 'vi-VN'],
] as const) {
  for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
    test(`every page in ${language} on a ${size}`, async () => {
      const say = words(language) as Record<string, string> & Words;
      const text = (key: string): string => say[key] ?? assert.fail(key);
      const dark = size === 'laptop' && language === 'vi';
      const verification = await house.verification({ mode: 'full', liveness: 'reflective', age_of_consent: true });
      const { context, page, troubles } = await open(browser, house.url, size, locale, {
        colorScheme: dark ? 'dark' : 'light',
      });
      let n = 0;
      const shot = (name: string): Promise<void> => {
        n += 1;
        return keep(page, `${language}-${size}-${String(n).padStart(2, '0')}-${name}`);
      };
      await page.goto(verification.url);
      await titled(page, text('welcome.title'));
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      await shot('welcome');
      if (size === 'laptop') {
        await press(page, 'handover');
        await titled(page, text('handover.title'));
        await shot('handover');
        await press(page, 'here');
        await titled(page, text('welcome.title'));
      }
      await page.getByRole('button', { name: text('assist.link') }).click();
      await titled(page, text('assist.title'));
      await shot('assist');
      await press(page, 'back');
      await titled(page, text('welcome.title'));
      await press(page, 'start');
      await titled(page, text('notice.title'));
      await shot('notice');
      await press(page, 'agree');
      await titled(page, text('statement.title'));
      await shot('statement');
      await page.locator('#country').selectOption('SG');
      await page.locator('#age').fill('34');
      await press(page, 'continue');
      await titled(page, text('document.front'));
      await page.locator('video').evaluate((video: HTMLVideoElement) => video.play());
      await shot('document');
      // A picture that is no document: what to mind is said, and it can be tried again.
      await upload(page, pictures.selfie);
      await titled(page, text('document.check'));
      await press(page, 'retake');
      await titled(page, text('document.front'));
      await upload(page, pictures.selfie);
      await titled(page, text('document.check'));
      await press(page, 'use');
      await page.locator('.hints').waitFor({ timeout: 60_000 });
      await shot('document-hints');
      await upload(page, pictures.document);
      await titled(page, text('document.check'));
      await shot('document-check');
      await press(page, 'use');
      await titled(page, text('light.title'), 60_000);
      await shot('light');
      await page.getByRole('button', { name: text('assist.link') }).click();
      await titled(page, text('assist.title'));
      await press(page, 'phone');
      await titled(page, text('result.review'));
      await shot('review');
      const read = await house.ask<{ state: string; assisted: string }>('GET', `/v1/verifications/${verification.id}`);
      assert.equal(read.body.state, 'review');
      assert.equal(read.body.assisted, 'phone');
      assert.deepEqual(troubles, []);
      await context.close();
    });
  }
}

test('a link that is not valid says so, in the language that is chosen', async () => {
  const { context, page, troubles } = await open(browser, house.url, 'phone', 'ko-KR');
  await page.goto(`${house.url}/verify#bfv_nothing.nothing`);
  await titled(page, words('ko')['trouble.title'] as string);
  await keep(page, 'ko-phone-trouble');
  await page.locator('#language').selectOption('ja');
  await titled(page, words('ja')['trouble.title'] as string);
  assert.deepEqual(troubles, []);
  await context.close();
});

test('the language can be changed on the way, and the customer decides which are offered', async () => {
  const verification = await house.verification({ languages: ['ms', 'en'] });
  const { context, page } = await open(browser, house.url, 'phone', 'vi-VN');
  await page.goto(verification.url);
  await titled(page, words('ms')['welcome.title'] as string);
  assert.equal(await page.locator('#language option').count(), 2);
  await press(page, 'start');
  await titled(page, words('ms')['notice.title'] as string);
  await page.locator('#language').selectOption('en');
  await titled(page, words('en')['welcome.title'] as string);
  await context.close();
});

test('the privacy notice opens in the language of the pages, where it is written in that', async () => {
  for (const [locale, language] of [
    ['zh-TW', 'zh-Hant'],
    ['zh-CN', 'zh-Hans'],
    ['th-TH', 'en'],
  ] as const) {
    const verification = await house.verification();
    const { context, page, troubles } = await open(browser, house.url, 'phone', locale);
    await page.goto(verification.url);
    await press(page, 'start');
    for (const place of ['main', 'footer']) {
      const opened = context.waitForEvent('page');
      await page.locator(`${place} a[href^="/privacy"]`).click();
      const notice = await opened;
      await notice.waitForLoadState();
      assert.equal(await notice.evaluate(() => document.documentElement.lang), language, place);
      if (place === 'main') await keep(notice, `${language}-phone-privacy`);
      await notice.close();
    }
    assert.deepEqual(troubles, []);
    await context.close();
  }
});

test('the end leads back to the customer', async () => {
  const verification = await house.verification({ redirect_url: 'https://shop.example/welcome' });
  await house.ask('POST', `/v1/verifications/${verification.id}/cancel`);
  const { context, page } = await open(browser, house.url, 'phone', 'en');
  await page.goto(verification.url);
  await titled(page, words('en')['result.ended'] as string);
  await keep(page, 'en-phone-ended');
  const link = page.getByRole('link', { name: words('en')['result.return'] as string });
  assert.equal(await link.getAttribute('href'), 'https://shop.example/welcome');
  await context.close();
});

test('everything can be done with a keyboard', async () => {
  const verification = await house.verification();
  const { context, page } = await open(browser, house.url, 'laptop', 'en');
  await page.goto(verification.url);
  await titled(page, words('en')['welcome.title'] as string);
  // The title has the focus, so that the page is read from its beginning.
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await titled(page, words('en')['notice.title'] as string);
  await context.close();
});

test('without a camera the document can still be handed in', async () => {
  const verification = await house.verification({ liveness: 'reflective' });
  const { context, page } = await open(browser, house.url, 'phone', 'en');
  await context.clearPermissions();
  await page.addInitScript(() => {
    Object.defineProperty(navigator.mediaDevices, 'getUserMedia', {
      value: () => Promise.reject(new DOMException('no', 'NotFoundError')),
    });
  });
  await page.goto(verification.url);
  await press(page, 'start');
  await press(page, 'agree');
  await titled(page, words('en')['document.front'] as string);
  await page.locator('video').waitFor({ state: 'detached' });
  assert.equal(await page.locator('button[data-value="take"]').count(), 0);
  await upload(page, pictures.document);
  await press(page, 'use');
  await titled(page, words('en')['light.title'] as string, 60_000);
  await press(page, 'agreed');
  await titled(page, words('en')['trouble.title'] as string);
  await page.getByText(words('en')['trouble.camera_missing'] as string).waitFor();
  await keep(page, 'en-phone-no-camera');
  await context.close();
});

test('where the customer wants a picture only, one is taken, and what to mind is said', async () => {
  const verification = await house.verification({ mode: 'liveness_only', liveness: 'passive' });
  const { context, page, troubles } = await open(browser, house.url, 'phone', 'en');
  await page.goto(verification.url);
  await press(page, 'start');
  await press(page, 'agree');
  await titled(page, words('en')['face.selfie'] as string);
  await page.locator('video').evaluate((video: HTMLVideoElement) => video.readyState > 1 || new Promise((resolve) => video.addEventListener('loadeddata', resolve)));
  await keep(page, 'en-phone-selfie');
  await press(page, 'take');
  await page.locator('.hints').waitFor({ timeout: 60_000 });
  await page.getByText(words('en')['hint.no_face'] as string).waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});
