import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, open } from './browser.js';
import { House } from './house.js';

let house: House;
let browser: Browser;

before(async () => {
  house = await House.open();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  house?.close();
});

/** What a document's reading answers, as far as it is looked at. */
interface Read {
  mrz: { valid: boolean } | null;
  fields: Record<string, { value: string }>;
}

for (const codec of ['vp8', 'vp9']) {
  test(`a document that the browser itself has recorded (${codec}) is read as its photo is`, async () => {
    const photo = readFileSync(house.specimen().document);
    const read = (front: string) => house.ask<Read>('POST', '/v1/documents/read', { front });
    const ofPhoto = await read(photo.toString('base64'));
    assert.equal(ofPhoto.body.mrz?.valid, true, JSON.stringify(ofPhoto.body));

    const { context, page } = await open(browser, house.url, 'laptop', 'en');
    await page.route('**/document.jpg', (route) => route.fulfill({ body: photo, contentType: 'image/jpeg' }));
    await page.route('**/recorder', (route) => route.fulfill({ body: '<title>recorder</title>', contentType: 'text/html' }));
    await page.goto(`${house.url}/recorder`);
    const film = await page.evaluate(async (codec) => {
      const image = await createImageBitmap(await (await fetch('/document.jpg')).blob());
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
      const stream = canvas.captureStream(0);
      const track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
      const recorder = new MediaRecorder(stream, {
        mimeType: `video/webm;codecs=${codec}`,
        videoBitsPerSecond: 8_000_000,
      });
      const chunks: Blob[] = [];
      recorder.ondataavailable = (event) => chunks.push(event.data);
      const ended = new Promise<void>((resolve) => {
        recorder.onstop = () => resolve();
      });
      recorder.start();
      // Frames, each a little different, until the encoder has come after with a dozen:
      // one that is stopped at once has written a head and nothing else.
      let written = 0;
      recorder.addEventListener('dataavailable', (event) => {
        if (event.data.size > 0) written += 1;
      });
      for (let n = 0; written < 12; n += 1) {
        context.drawImage(image, n % 2, 0);
        track.requestFrame();
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (n % 4 === 3) recorder.requestData();
      }
      recorder.stop();
      await ended;
      const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    }, codec);
    await context.close();

    const ofFilm = await read(film);
    assert.equal(ofFilm.status, 200, JSON.stringify(ofFilm.body));
    assert.equal(ofFilm.body.mrz?.valid, true);
    for (const name of ['number', 'surname', 'birth_date']) {
      assert.equal(ofFilm.body.fields[name]?.value, ofPhoto.body.fields[name]?.value, name);
    }
  });
}
