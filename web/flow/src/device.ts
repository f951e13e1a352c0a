/** Facts of the device, where the customer wants them told. */

import type { Flow } from './flow.js';

/** What is on its way: facts that come later take the place of what came before. */
let sending: Promise<unknown> = Promise.resolve();

/**
 * Tells facts of the device, if the customer wants it so. To be called behind the notice
 * only, where the person has agreed; nobody waits for it, and a verification goes on
 * without.
 */
export function tellDevice(flow: Flow, camera?: MediaStream): void {
  const { api, platform, tellsDevice } = flow;
  if (!tellsDevice) return;
  sending = sending
    .then(async () => {
      const facts = await platform.collectDevice({ consent: 'given', ...(camera && { camera }) });
      await api.device(facts);
    })
    .catch(() => {});
}
