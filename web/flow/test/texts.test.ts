import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { choose, LANGUAGES, languageOf } from '../src/texts.js';

const FOLDER = 'flow/texts';
const read = (name: string): Record<string, string> => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
const english = read('en.json');
const braces = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
/** Texts that may be the same in another language. */
const SAME = new Set(['face.choose', 'language']);

test('there is a file for every language, and no other', () => {
  assert.deepEqual(
    readdirSync(FOLDER).sort(),
    Object.keys(LANGUAGES)
      .map((language) => `${language}.json`)
      .sort(),
  );
});

for (const name of readdirSync(FOLDER)) {
  test(`${name} has every text, none besides, and what stands in braces`, () => {
    const texts = read(name);
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(texts)) {
      assert.ok(text.trim().length > 0, `${key} is empty`);
      assert.deepEqual(braces(text), braces(english[key] ?? ''), key);
      if (name !== 'en.json' && !SAME.has(key)) assert.notEqual(text, english[key], `${key} is English`);
    }
  });
}

test('every text is used, and every text that is used is there', () => {
  const sources = readdirSync('flow/src')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`flow/src/${name}`, 'utf8'))
    .join('\n');
  // Groups of which a code of the server's chooses one.
  const groups = /^(advice|action|retry|hint|trouble|result|assist)\./;
  for (const key of Object.keys(english)) {
    assert.ok(groups.test(key) || sources.includes(`'${key}'`) || key === 'noscript', `${key} is not used`);
  }
});

test('a browser gets the nearest language that is offered', () => {
  const all = Object.keys(LANGUAGES);
  assert.equal(languageOf('zh-TW'), 'zh-Hant');
  assert.equal(languageOf('zh-Hant-HK'), 'zh-Hant');
  assert.equal(languageOf('zh-SG'), 'zh-Hans');
  assert.equal(languageOf('zh'), 'zh-Hans');
  assert.equal(languageOf('ja-JP'), 'ja');
  assert.equal(languageOf('fr'), undefined);
  assert.equal(choose(['fr', 'th-TH', 'en'], all), 'th');
  assert.equal(choose(['fr'], all), 'en');
  assert.equal(choose(['th'], ['ms', 'en']), 'ms');
});
