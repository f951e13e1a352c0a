import assert from 'node:assert/strict';
import { test } from 'node:test';
import { privacyNotice } from '../src/privacy.js';
import { LANGUAGES } from '../src/texts.js';

test('the notice is asked for in Chinese of either script, else in its first language', () => {
  assert.equal(privacyNotice('zh-Hans', null), '/privacy?language=zh-Hans');
  assert.equal(privacyNotice('zh-Hant', 1_400_000_001), '/privacy?tenant=1400000001&language=zh-Hant');
  for (const language of Object.keys(LANGUAGES).filter((one) => !one.startsWith('zh'))) {
    assert.equal(privacyNotice(language, null), '/privacy');
    assert.equal(privacyNotice(language, 1_400_000_001), '/privacy?tenant=1400000001');
  }
});
