import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keep, press, titled } from './browser.js';
import { outcome, Stage, text } from './stage.js';

/** A verification that has ended, as far as the rule is to be seen. */
interface Decided {
  decision: string;
  reasons: string[];
  ended_by: string;
  consent: string;
  gates: { gate: string; state: string }[];
}

let stage: Stage;

before(async () => {
  stage = await Stage.open();
});

after(() => stage?.close());

test('notice, document, light and result in one run: the holder of a valid document is approved', async (t) => {
  if (await stage.isIdle(t)) return;
  const created = await stage.house.verification({ mode: 'full', liveness: 'reflective' });
  const { context, page, troubles } = await stage.before({});
  await page.goto(created.url);
  await press(page, 'start');
  await titled(page, text('notice.title'));
  await press(page, 'agree');
  await titled(page, text('document.front'));
  await page.locator('input[type=file]').setInputFiles(stage.specimen.document);
  await titled(page, text('document.check'));
  await keep(page, 'en-phone-full-document');
  await press(page, 'use');
  await titled(page, text('light.title'), 60_000);
  await press(page, 'agreed');
  const state = await outcome(page);
  const { body } = await stage.house.ask<Decided>('GET', `/v1/verifications/${created.id}`);
  const told = JSON.stringify({ ...body, result: undefined });
  // By the written rule: a known document that is valid and not expired, its portrait
  // matched by a live face, and nothing against it.
  assert.equal(body.decision, 'approved', told);
  assert.deepEqual(body.reasons, []);
  assert.equal(body.ended_by, 'rule');
  assert.equal(body.consent, 'receipt');
  const gates = body.gates.map(({ gate, state }) => `${gate} ${state}`).sort();
  const all = ['compare', 'document', 'document_type', 'expiry', 'liveness'];
  assert.deepEqual(gates, all.map((gate) => `${gate} passed`));
  assert.equal(state, 'approved');
  await titled(page, text('result.approved'));
  await keep(page, 'en-phone-full-end');
  assert.deepEqual(troubles, []);
  await context.close();
});
