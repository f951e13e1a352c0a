/** The way of a person through a verification. */

import type { Trouble } from '../../sdk/src/trouble.js';
import { Api, Refused, type Verification, verificationOf } from './api.js';
import { assist } from './assist.js';
import { document_ } from './document.js';
import { face } from './face.js';
import { handOver, welcome } from './welcome.js';
import { BASE, Escape, House } from './house.js';
import { notice, statement } from './notice.js';
import type { Platform } from './platform.js';
import { result, trouble } from './result.js';
import { tellDevice } from './device.js';
import { choose, LANGUAGES, type TextKey, Texts } from './texts.js';

/** What every page needs. */
export interface Flow {
  house: House;
  api: Api;
  platform: Platform;
  /** The address that opens this verification. */
  address: string;
  /** Where the customer wants the person back. */
  back: string | undefined;
  /** Whether the customer wants facts of the device told. */
  tellsDevice: boolean;
}

const OPEN = ['created', 'collecting'];

/** Runs the pages inside `root` until the verification has ended. */
export async function start(root: HTMLElement, platform: Platform): Promise<void> {
  const house = new House(root, Texts.english);
  const offered = Object.keys(LANGUAGES);
  house.texts = await Texts.load(choose(navigator.languages, offered), BASE);
  const address = location.href;
  const token = decodeURIComponent(location.hash.slice(1));
  const id = verificationOf(token);
  if (!id) return trouble(house, 'trouble.link');
  const api = new Api(token, id);
  const flow: Flow = { house, api, platform, address, back: undefined, tellsDevice: false };
  await settings(flow);
  api.event('opened');
  await run(flow);
}

/** What the customer wants; without it the pages are as they are. */
async function settings(flow: Flow): Promise<void> {
  const { house, api } = flow;
  const wished = await api.settings().catch(() => undefined);
  if (!wished) return;
  flow.back = wished.redirect_url ?? undefined;
  flow.tellsDevice = wished.device_facts === true;
  house.tenant = wished.tenant ?? null;
  const offered = (wished.languages ?? []).filter((language) => language in LANGUAGES);
  if (offered.length > 0) {
    house.offered = offered;
    house.texts = await Texts.load(choose(navigator.languages, offered), BASE);
  }
  const { style } = document.documentElement;
  for (const [name, colour] of Object.entries({
    '--accent': wished.theme?.accent,
    '--paper': wished.theme?.background,
    '--ink': wished.theme?.text,
  })) {
    if (colour && /^#[0-9a-fA-F]{6}$/.test(colour)) style.setProperty(name, colour);
  }
}

async function run(flow: Flow): Promise<void> {
  const { house, api } = flow;
  let greeted = false;
  for (;;) {
    try {
      const verification = await house.busy('wait', api.read());
      if (!OPEN.includes(verification.state)) {
        api.event('finished');
        return await result(flow, verification);
      }
      place(house, verification, greeted);
      if (!greeted) {
        if ((await welcome(flow)) === 'handover') {
          await handOver(flow);
          continue;
        }
        await notice(flow, verification);
        tellDevice(flow);
        greeted = true;
        continue;
      }
      await next(flow, verification);
    } catch (error) {
      greeted = (await recover(flow, error)) ?? greeted;
    }
  }
}

/** Shows the page of what is wanted next. */
async function next(flow: Flow, verification: Verification): Promise<void> {
  switch (verification.next) {
    case 'statement':
      return statement(flow);
    case 'consent':
      return notice(flow, verification);
    case 'document_front':
    case 'document_back':
    case 'document_both':
      return document_(flow, verification, verification.next);
    case 'liveness':
    case 'selfie':
      return face(flow, verification);
    default:
      // Nothing is wanted of the person; somebody else is at work.
      await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** Where the person is on the way: data, document, face. */
function place(house: House, verification: Verification, greeted: boolean): void {
  const of = verification.steps.length + 1;
  const done = verification.steps.filter((step) => step.done).length;
  const begun = greeted && verification.next !== 'consent' && verification.next !== 'statement';
  house.at = { n: Math.min(of, 1 + done + (begun ? 1 : 0)), of };
}

/** Turns what went wrong into a page. Says whether the greeting is over. */
async function recover(flow: Flow, error: unknown): Promise<boolean | undefined> {
  const { house } = flow;
  if (error instanceof Escape) {
    if (error.to === 'language') {
      await house.speak();
      return undefined;
    }
    try {
      return await assist(flow);
    } catch (inner) {
      return recover(flow, inner);
    }
  }
  await ask(flow, told(error));
  return undefined;
}

/** Says what is in the way, and waits for the person to try again. */
async function ask(flow: Flow, key: TextKey): Promise<void> {
  const { house } = flow;
  if (key === 'trouble.link') await trouble(house, key);
  try {
    await house.ask({
      title: 'trouble.title',
      body: [house.p(key)],
      actions: [{ text: 'again', value: 'again' }],
      assist: true,
    });
  } catch (inner) {
    await recover(flow, inner);
  }
}

/** The text for what went wrong. */
function told(error: unknown): TextKey {
  if (error instanceof Refused) {
    if (error.status === 0) return 'trouble.network_lost';
    if (error.status === 401 || error.status === 404) return 'trouble.link';
    if (error.code === 'too_large') return 'trouble.too_large';
    if (error.code === 'picture_unreadable') return 'trouble.picture_unreadable';
    return 'trouble.refused';
  }
  const code = (error as Partial<Trouble> | undefined)?.code;
  switch (code) {
    case 'camera_refused':
    case 'camera_missing':
    case 'camera_failed':
    case 'unsupported':
    case 'interrupted':
    case 'network_too_slow':
    case 'network_lost':
      return `trouble.${code}`;
    case 'display_too_slow':
      return 'retry.too_few_frames';
    default:
      return 'trouble.refused';
  }
}
