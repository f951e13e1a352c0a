/** What is done with the person's data, consent, and what is asked before. */

import type { Verification } from './api.js';
import { countries } from './countries.js';
import { h } from './dom.js';
import type { Flow } from './flow.js';
import { Escape } from './house.js';
import { privacyNotice } from './privacy.js';

/** Tells what is done with the data, and takes consent unless there is one already. */
export async function notice(flow: Flow, verification: Verification): Promise<void> {
  const { house, api } = flow;
  const wanted = verification.consent === 'wanted';
  const given = verification.consent === 'receipt' || verification.consent === 'warranty';
  const href = privacyNotice(house.texts.language, house.tenant);
  const answer = await house.ask({
    title: 'notice.title',
    body: [
      h(
        'div',
        { class: 'sheet' },
        house.p('notice.what'),
        house.p('notice.face'),
        flow.tellsDevice ? house.p('notice.device') : undefined,
        house.p('notice.keep'),
        h('p', {}, h('a', { href, target: '_blank', rel: 'noopener' }, house.say('notice.read'))),
      ),
    ],
    actions: [
      { text: given ? 'continue' : 'notice.agree', value: 'agree' },
      { text: given ? 'assist.link' : 'notice.other', value: 'other', style: 'quiet' },
    ],
  });
  if (answer === 'other') {
    if (!given) api.event('consent_refused');
    throw new Escape('assist');
  }
  if (given) return;
  const kept = house.busy('wait', api.consent(house.texts.language));
  // Where none is wanted, a policy may keep none.
  await (wanted ? kept : kept.catch(() => {}));
  api.event('consent_given');
}

/** Asks where the person is and how old. */
export async function statement(flow: Flow): Promise<void> {
  const { house, api } = flow;
  const options = countries(house.texts.language).map(({ code, name }) => h('option', { value: code }, name));
  const country = h(
    'select',
    { id: 'country', required: true, autocomplete: 'country' },
    h('option', { value: '' }, house.say('statement.choose')),
    ...options,
  );
  const age = h('input', { id: 'age', type: 'number', inputmode: 'numeric', min: 0, max: 150, required: true });
  const why = h('small', { id: 'why' }, house.say('statement.why'));
  age.setAttribute('aria-describedby', 'why');
  await house.ask({
    title: 'statement.title',
    body: [
      h('div', { class: 'field' }, h('label', { for: 'country' }, house.say('statement.country')), country),
      h('div', { class: 'field' }, h('label', { for: 'age' }, house.say('statement.age')), age, why),
    ],
    actions: [
      { text: 'continue', value: 'continue', ready: () => country.reportValidity() && age.reportValidity() },
    ],
    assist: true,
  });
  await house.busy('wait', api.state(country.value, age.valueAsNumber));
}
