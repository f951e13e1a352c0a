/** The face: warning and choice, guidance, colours or movements, verdict. */

import { attempt, type Stage } from '../../sdk/src/attempt.js';
import type { OpenedCamera } from '../../sdk/src/browser.js';
import type { Judgement, Position } from '../../sdk/src/challenge.js';
import type { Look } from '../../sdk/src/manifest.js';
import { Refused, type Verification } from './api.js';
import { tellDevice } from './device.js';
import { h } from './dom.js';
import { draw, guide } from './drawings.js';
import type { Flow } from './flow.js';
import { hints } from './hints.js';
import { Escape } from './house.js';
import { snapshot } from './pictures.js';
import type { TextKey } from './texts.js';

/** The server makes no challenges: a still picture has to do. */
class NoChallenge extends Error {}

/** Goes through attempts until one is accepted or no more are left. */
export async function face(flow: Flow, verification: Verification): Promise<void> {
  flow.api.event('selfie_shown');
  try {
    // The customer wants no more than a picture.
    if (verification.next === 'selfie') throw new NoChallenge();
    for (;;) {
      const flashes = await choice(flow);
      const judged = await once(flow, flashes);
      if (judged.state === 'accepted') return;
      await again(flow, judged);
      if (judged.tries_left === 0) return;
    }
  } catch (error) {
    if (!(error instanceof NoChallenge)) throw error;
    const step = verification.steps.find((one) => one.step === 'selfie');
    const told = step && step.hints.length > 0 ? hints(flow.house, step.hints, step.tries_left) : undefined;
    await selfie(flow, told);
  }
}

/** Warns, and lets the person choose between colours and movements. */
async function choice({ house }: Flow): Promise<'agreed' | 'declined'> {
  const agree = { text: 'light.agree' as const, value: 'agreed', ready: fill };
  const decline = { text: 'light.decline' as const, value: 'declined' };
  // Who has asked the device for less motion gets the calmer way first.
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const [first, second] = calm ? [decline, agree] : [agree, decline];
  const answer = await house.ask({
    title: 'light.title',
    body: [
      house.p('light.text'),
      h('ul', { class: 'tips' }, h('li', {}, house.say('light.bright')), h('li', {}, house.say('light.hold'))),
      h(
        'div',
        { class: 'sheet warning' },
        h('h2', {}, house.say('light.warning')),
        house.p('light.warning_text'),
      ),
    ],
    actions: [first, { ...second, style: 'quiet' }],
    assist: true,
  });
  return answer === 'agreed' ? 'agreed' : 'declined';
}

/** Takes the whole screen, where the browser lets a page: more light. */
function fill(): true {
  document.documentElement.requestFullscreen?.({ navigationUI: 'hide' }).catch(() => {});
  return true;
}

/** Gives the screen back. */
function leave(): void {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}

/** One attempt. */
async function once(flow: Flow, flashes: 'agreed' | 'declined'): Promise<Judgement> {
  const { house, api, platform } = flow;
  const stop = new AbortController();
  const video = h('video', { muted: true, playsinline: true, 'aria-label': house.say('document.live') });
  const outline = guide('oval');
  const advice = h('p', { class: 'advice', role: 'status' }, house.say('face.starting'));
  const frame = h('div', { class: 'frame face' }, video, outline);
  const chooser = h('div', { class: 'field' });
  const begin = h('div', { class: 'actions' });
  let camera: OpenedCamera | undefined;
  let environment: ReturnType<typeof platform.environment> | undefined;

  const onPosition = ({ advice: said }: Position): void => {
    outline.classList.toggle('ready', said === 'ok');
    const text = house.texts.code('advice', said, 'advice.hold_still');
    // Said again only if it is something else: a listener is not told twice.
    if (advice.textContent !== text) advice.textContent = text;
  };
  const onStep = (_: number, look: Look): void => {
    if (!('action' in look)) return;
    advice.replaceChildren(
      h('span', { class: 'action' }, draw(look.action), h('span', {}, house.texts.code('action', look.action, 'action.rest'))),
    );
  };
  const onStage = (stage: Stage): void => {
    begin.remove();
    chooser.remove();
    if (stage === 'recording') advice.textContent = house.say('advice.hold_still');
    if (stage === 'sending' || stage === 'judging') {
      if (stage === 'judging') leave();
      frame.remove();
      advice.textContent = house.say(stage === 'sending' ? 'face.sending' : 'face.judging');
      advice.before(h('div', { class: 'busy' }, h('div', { class: 'spinner' })));
    }
  };
  const confirm = (): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => resolve();
      begin.append(h('button', { type: 'button', 'data-value': 'begin', onclick: go }, house.say('face.begin')));
      advice.textContent = house.say('advice.no_face');
    });

  const work = (async (): Promise<Judgement> => {
    api.event('camera_asked');
    camera = await platform.openCamera(video, { facing: 'user' }).catch((error: { code?: string }) => {
      const known = ['camera_refused', 'camera_missing'].includes(error.code ?? '');
      api.event(known ? (error.code as string) : 'camera_failed');
      throw error;
    });
    api.event('camera_allowed');
    tellDevice(flow, camera.stream);
    advice.textContent = house.say('advice.no_face');
    await cameras(flow, camera, video, chooser, (other) => {
      camera = other;
      if (environment) environment.camera = other;
    });
    environment = platform.environment(house.host, video, camera);
    const judged = await attempt(environment, {
      flashes,
      challenge: (method) =>
        api.challenge(method).catch((error: unknown) => {
          const none = error instanceof Refused && [404, 405, 422].includes(error.status);
          throw none ? new NoChallenge() : error;
        }),
      onStage,
      onPosition,
      onStep,
      confirm,
      signal: stop.signal,
    });
    api.event('selfie_captured');
    return judged;
  })();
  let judged: Judgement | undefined;
  try {
    await house.ask(
      { title: 'face.title', body: [frame, advice, chooser, begin], assist: true },
      work.then((done) => {
        judged = done;
        return 'done';
      }),
    );
  } finally {
    stop.abort();
    leave();
    camera?.close();
  }
  return judged as Judgement;
}

/** Lets the person choose a camera where there are several. */
async function cameras(
  { house, platform }: Flow,
  opened: OpenedCamera,
  video: HTMLVideoElement,
  chooser: HTMLElement,
  changed: (camera: OpenedCamera) => void,
): Promise<void> {
  const all = (await opened.others().catch(() => [])).filter((camera) => camera.id && camera.label);
  if (all.length < 2) return;
  let current = opened;
  const now = opened.stream.getVideoTracks()[0]?.getSettings().deviceId;
  const select = h(
    'select',
    {
      id: 'camera',
      onchange: () => {
        current.close();
        void platform.openCamera(video, { id: select.value }).then((other) => {
          current = other;
          changed(other);
        });
      },
    },
    ...all.map((camera) => h('option', { value: camera.id, selected: camera.id === now }, camera.label)),
  );
  chooser.append(h('label', { for: 'camera' }, house.say('face.choose')), select);
}

/** Which text an advice of the judgement has. */
const RETRY: Record<string, TextKey> = {
  face_lost: 'retry.face_lost',
  too_few_frames: 'retry.too_few_frames',
  too_dark: 'retry.too_dark',
  too_bright: 'retry.too_bright',
  brighter_screen: 'retry.brighter_screen',
  hold_still: 'retry.hold_still',
  actions_not_done: 'retry.action_missed',
  could_not_confirm: 'retry.could_not_confirm',
};

/** Says what to do otherwise, and how often one may. */
async function again({ house }: Flow, judged: Judgement): Promise<void> {
  const key = RETRY[judged.advice ?? ''] ?? 'retry.could_not_confirm';
  await house.ask({
    title: 'retry.title',
    body: [
      h(
        'div',
        { class: 'sheet hints', role: 'alert', 'data-advice': judged.advice ?? '' },
        house.p(key),
        judged.tries_left === null
          ? undefined
          : h('p', { class: 'lead' }, house.say('tries', { n: judged.tries_left })),
      ),
    ],
    actions: [
      { text: judged.tries_left === 0 ? 'continue' : 'again', value: 'again' },
      { text: 'assist.link', value: 'assist', style: 'quiet' },
    ],
  }).then((answer) => {
    if (answer === 'assist') throw new Escape('assist');
  });
}

/** A still picture of the person, where the server makes no challenges. */
async function selfie(flow: Flow, told?: HTMLElement): Promise<void> {
  const { house, api, platform } = flow;
  const video = h('video', { muted: true, playsinline: true, 'aria-label': house.say('document.live') });
  const camera = await platform.openCamera(video, { facing: 'user', size: 1280 });
  tellDevice(flow, camera.stream);
  let shot: Blob | undefined;
  let taken: () => void = () => {};
  const done = new Promise<string>((resolve) => {
    taken = () => resolve('photo');
  });
  try {
    await house.ask(
      {
        title: 'face.selfie',
        body: [told, h('div', { class: 'frame face' }, video, guide('oval')), h('p', { class: 'advice' }, house.say('advice.no_face'))],
        actions: [
          {
            text: 'document.take',
            value: 'take',
            ready: () => {
              void snapshot(video).then((blob) => {
                shot = blob;
                if (blob) taken();
              });
              return false;
            },
          },
        ],
        assist: true,
      },
      done,
    );
  } finally {
    camera.close();
  }
  api.event('selfie_captured');
  if (shot) await house.busy('face.sending', api.selfie(shot));
}
