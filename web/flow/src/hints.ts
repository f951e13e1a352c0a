/** What to mind the next time, from the codes that the server gives. */

import { h } from './dom.js';
import type { House } from './house.js';
import type { TextKey } from './texts.js';

/** Which text a code has; those of one kind share one. */
const HINTS: Record<string, TextKey> = {
  blurred: 'hint.blurred',
  glare: 'hint.glare',
  cut_off: 'hint.cut_off',
  too_small: 'hint.too_small',
  no_document: 'hint.no_document',
  two_documents: 'hint.two_documents',
  turned: 'hint.unreadable',
  no_mrz: 'hint.unreadable',
  mrz_missing: 'hint.unreadable',
  mrz_not_valid: 'hint.unreadable',
  fields_differ: 'hint.unreadable',
  field_missing: 'hint.unreadable',
  expired: 'hint.expired',
  document_expired: 'hint.expired',
  no_face: 'hint.no_face',
  too_dark: 'advice.too_dark',
  too_bright: 'advice.too_bright',
  two_faces: 'advice.several_faces',
  several_faces: 'advice.several_faces',
  face_too_small: 'advice.closer',
};

/** A sheet that says what to mind, and how often one may try. */
export function hints(house: House, codes: string[], triesLeft: number): HTMLElement {
  const keys = new Set(codes.map((code) => HINTS[code] ?? 'hint.other'));
  return h(
    'div',
    { class: 'sheet hints', role: 'alert' },
    ...[...keys].map((key) => house.p(key)),
    h('p', { class: 'lead' }, house.say('tries', { n: triesLeft })),
  );
}
