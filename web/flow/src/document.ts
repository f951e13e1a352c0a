/** Pictures of the document: front, back, from the camera or a file. */

import type { OpenedCamera } from '../../sdk/src/browser.js';
import type { Verification } from './api.js';
import { h } from './dom.js';
import { guide } from './drawings.js';
import type { Flow } from './flow.js';
import { hints } from './hints.js';
import { ACCEPTED, prepared, snapshot } from './pictures.js';

type Side = 'front' | 'back';

/** Takes what is wanted of the document and hands it in. */
export async function document_(flow: Flow, verification: Verification, wanted: string): Promise<void> {
  const { house, api } = flow;
  const step = verification.steps.find((one) => one.step === 'document');
  const again = (step?.hints.length ?? 0) > 0;
  api.event('document_shown');
  const told = again && step ? hints(house, step.hints, step.tries_left) : undefined;
  const side: Side = wanted === 'document_back' ? 'back' : 'front';
  const first = await picture(flow, side, told);
  const second = wanted === 'document_both' ? await picture(flow, 'back') : undefined;
  api.event('document_captured');
  await house.busy(
    'document.sending',
    second ? api.documentBoth(first, second) : api.document(side, first),
  );
}

/** A picture of one side that the person is content with. */
async function picture(flow: Flow, side: Side, told?: HTMLElement): Promise<Blob> {
  for (;;) {
    const taken = await take(flow, side, told);
    if (await isGood(flow, taken)) return taken;
  }
}

/** A picture of one side. */
async function take({ house, api, platform }: Flow, side: Side, told?: HTMLElement): Promise<Blob> {
  const video = h('video', { muted: true, playsinline: true, 'aria-label': house.say('document.live') });
  let camera: OpenedCamera | undefined;
  let over = false;
  const frame = h('div', { class: 'frame document' }, video, guide('card'));
  api.event('camera_asked');
  // Whoever has no camera, or lends none, chooses a file.
  platform.openCamera(video, { facing: 'environment', size: 1920 }).then(
    (opened) => {
      camera = opened;
      api.event('camera_allowed');
      if (over) opened.close();
    },
    () => {
      api.event('camera_refused');
      frame.remove();
      for (const button of document.querySelectorAll('[data-value="take"]')) button.remove();
    },
  );
  const input = h('input', { type: 'file', accept: ACCEPTED, class: 'visually-hidden', tabindex: -1, 'aria-hidden': 'true' });
  const chosen = new Promise<string>((resolve) => {
    input.addEventListener('change', () => {
      if (input.files?.[0]) resolve('file');
    });
  });
  let shot: Blob | undefined;
  const shoot = (): boolean => {
    if (!camera) return false;
    void snapshot(video).then((blob) => {
      shot = blob;
      if (blob) taken();
    });
    return false;
  };
  let taken: () => void = () => {};
  const photographed = new Promise<string>((resolve) => {
    taken = () => resolve('photo');
  });
  const pick = (): boolean => {
    input.click();
    return false;
  };
  try {
    const answer = await house.ask(
      {
        title: side === 'front' ? 'document.front' : 'document.back',
        body: [
          told,
          house.p(side === 'front' ? 'document.tip_front' : 'document.tip_back'),
          frame,
          h('p', { class: 'lead' }, house.say('document.tip_light')),
          input,
        ],
        actions: [
          { text: 'document.take', value: 'take', ready: shoot },
          { text: 'document.upload', value: 'upload', style: 'quiet', ready: pick },
        ],
        assist: true,
      },
      Promise.race([chosen, photographed]),
    );
    const file = input.files?.[0];
    if (answer === 'photo' && shot) return shot;
    return await house.busy('wait', prepared(file ?? new Blob()));
  } finally {
    over = true;
    camera?.close();
  }
}

/** Shows a picture, and asks whether it can be read. */
async function isGood({ house }: Flow, taken: Blob): Promise<boolean> {
  const source = URL.createObjectURL(taken);
  try {
    const answer = await house.ask({
      title: 'document.check',
      body: [
        h('div', { class: 'frame document photo' }, h('img', { src: source, alt: house.say('document.photo') })),
      ],
      actions: [
        { text: 'document.use', value: 'use' },
        { text: 'document.retake', value: 'retake', style: 'quiet' },
      ],
      assist: true,
    });
    return answer === 'use';
  } finally {
    URL.revokeObjectURL(source);
  }
}
