/**
 * The camera of a real page in real time: a canvas on which a simulated face
 * reflects what the page's screen shows. The test puts it before the pages' own
 * script, which knows nothing of it.
 */

import { Head, type Light, SIZE } from './head.js';
import type { Scene, ScreenLog } from './scene.js';
import { screenLight } from './screen.js';

const { scene } = window as unknown as { scene: Scene };

async function mirror(): Promise<MediaStream> {
  const image = await createImageBitmap(await (await fetch(scene.photo)).blob());
  const read = new OffscreenCanvas(image.width, image.height);
  const reading = read.getContext('2d') as OffscreenCanvasRenderingContext2D;
  reading.drawImage(image, 0, 0);
  const head = new Head(reading.getImageData(0, 0, image.width, image.height), scene.landmarks);
  const canvas = Object.assign(document.createElement('canvas'), { width: SIZE.width, height: SIZE.height });
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
  const frame = context.createImageData(SIZE.width, SIZE.height);
  const history: ScreenLog = [];
  let last = 0;
  const look = (now: number): void => {
    history.push({ at: now, ...screenLight() });
    if (now - last >= 40) {
      last = now;
      const seen = history.filter((entry) => entry.at <= now - scene.latencyMs);
      history.splice(0, Math.max(0, seen.length - 1));
      const { top, bottom } = seen.at(-1) ?? (history[0] as { top: Light; bottom: Light });
      head.render(top, bottom, now, frame.data);
      context.putImageData(frame, 0, 0);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return canvas.captureStream(25);
}

Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: mirror });
