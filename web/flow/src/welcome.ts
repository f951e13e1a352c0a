/** The first page, and the way from a desktop to a phone. */

import { code, draw } from './drawings.js';
import { h } from './dom.js';
import type { Flow } from './flow.js';
import { qr } from './qr.js';

/** So often the page looks whether the phone has finished, in milliseconds. */
const LOOK_MS = 3000;

/** Whether the person holds this device in a hand. */
function isHandheld(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

/** Says what comes. Ends with `start` or `handover`. */
export function welcome({ house }: Flow): Promise<string> {
  const need = (drawing: string, key: 'welcome.document' | 'welcome.camera' | 'welcome.place'): HTMLElement =>
    h('li', {}, draw(drawing), h('span', {}, house.say(key)));
  return house.ask({
    title: 'welcome.title',
    body: [
      h('p', { class: 'lead' }, house.say('welcome.text')),
      h('ul', { class: 'need' }, need('document', 'welcome.document'), need('camera', 'welcome.camera'), need('place', 'welcome.place')),
    ],
    actions: [
      { text: 'welcome.start', value: 'start' },
      ...(isHandheld() ? [] : [{ text: 'handover.offer' as const, value: 'handover', style: 'quiet' as const }]),
    ],
    assist: true,
  });
}

/** Shows the address as a code, and waits for whoever goes on elsewhere. */
export async function handOver(flow: Flow): Promise<void> {
  const { house, api, address } = flow;
  let over = false;
  const elsewhere = (async (): Promise<string> => {
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const verification = await api.read().catch(() => undefined);
      if (verification && !['created', 'collecting'].includes(verification.state)) return 'done';
    }
    return 'here';
  })();
  try {
    await house.ask(
      {
        title: 'handover.title',
        body: [
          house.p('handover.text'),
          h('div', { class: 'code' }, code(qr(address), house.say('handover.code'))),
          house.p('handover.secret'),
          h('p', { class: 'lead', role: 'status' }, house.say('handover.waiting')),
        ],
        actions: [{ text: 'handover.here', value: 'here', style: 'quiet' }],
        assist: true,
      },
      elsewhere,
    );
  } finally {
    over = true;
  }
}
