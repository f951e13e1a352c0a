/** How it ended, and the way back to the customer. */

import type { Verification } from './api.js';
import { h } from './dom.js';
import { draw } from './drawings.js';
import type { Flow } from './flow.js';
import type { House } from './house.js';
import type { TextKey } from './texts.js';

/** Shows how the verification ended. */
export async function result(flow: Flow, verification: Verification): Promise<void> {
  const { house, back } = flow;
  house.at = undefined;
  const known = ['approved', 'review', 'declined'].includes(verification.state);
  const name = known ? verification.state : 'ended';
  const drawing = name === 'approved' ? 'done' : name === 'review' ? 'person' : 'attention';
  const leave = isSafe(back) ? h('a', { class: 'button', href: back }, house.say('result.return')) : undefined;
  const ended = house.ask({
    title: `result.${name}` as TextKey,
    body: [
      draw(drawing, drawing === 'attention' ? 'mark warn' : 'mark'),
      h('p', { class: 'lead', 'data-state': verification.state }, house.say(`result.${name}_text` as TextKey)),
      leave ? h('div', { class: 'actions' }, leave) : h('p', { class: 'lead' }, house.say('result.close')),
    ],
  });
  await ended;
}

/** Shows that nothing can be done here: for good, in whatever language. */
export async function trouble(house: House, key: TextKey): Promise<never> {
  house.at = undefined;
  for (;;) {
    try {
      await house.ask({ title: 'trouble.title', body: [draw('attention', 'mark warn'), house.p(key)] });
    } catch {
      await house.speak();
    }
  }
}

/** Where a person is sent: over TLS, or to the own machine. */
function isSafe(address: string | undefined): address is string {
  if (!address) return false;
  try {
    const { protocol, hostname } = new URL(address);
    return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));
  } catch {
    return false;
  }
}
