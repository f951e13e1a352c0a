/** The way without biometrics: a person looks. */

import { Refused } from './api.js';
import type { Flow } from './flow.js';

const CHANNELS = ['upload', 'phone', 'post', 'in_person'] as const;

/** Offers the ways, and takes one. Says whether the greeting is over. */
export async function assist(flow: Flow): Promise<boolean> {
  const { house, api } = flow;
  const answer = await house.ask({
    title: 'assist.title',
    body: [house.p('assist.text'), house.p('assist.choose')],
    actions: [
      ...CHANNELS.map((channel) => ({ text: `assist.${channel}` as const, value: channel, style: 'quiet' as const })),
      { text: 'back', value: 'back', style: 'plain' },
    ],
  });
  if (answer === 'back') return false;
  try {
    await house.busy('wait', api.assist(answer));
    return true;
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'not_possible') throw error;
    await house.ask({
      title: 'assist.title',
      body: [house.p('assist.impossible')],
      actions: [{ text: 'back', value: 'back', style: 'quiet' }],
    });
    return false;
  }
}
