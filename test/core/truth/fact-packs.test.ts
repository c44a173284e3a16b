import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { FACT_PACKS } from '../../../src/core/truth/fact-packs.js';
import { HTTP_PHRASES, HTTP_STATUS } from '../../../src/core/truth/facts-http.js';
import { MIME_TYPES } from '../../../src/core/truth/facts-mime.js';

test('every status code that Node knows has its phrase, save the unregistered 509', () => {
  for (const [code, phrase = ''] of Object.entries(STATUS_CODES)) {
    if (code === '509') continue;
    const own = HTTP_STATUS[Number(code)]?.map((one) => one.toLowerCase().replace('’', "'")) ?? [];
    assert.ok(own.includes(phrase.toLowerCase()), `${code} ${phrase}`);
  }
});

test('no phrase belongs to two codes', () => {
  assert.equal(new Set(HTTP_PHRASES.map(({ phrase }) => phrase)).size, HTTP_PHRASES.length);
});

test('every fact has a name that compiles without groups, and values of its kind', () => {
  for (const { kind, names, values } of FACT_PACKS) {
    assert.equal(new RegExp(`${names}|`).exec('')?.length, 1, names);
    assert.ok(values.length > 0 && values.every((value) => Number.isInteger(value)), names);
    const [least, most] = kind === 'port' ? [1, 65_535] : kind === 'rfc' ? [1, 9_999] : [1950, 2030];
    assert.ok(values.every((value) => value >= least && value <= most), names);
  }
});

test('no name stands for two facts of one kind', () => {
  const names = FACT_PACKS.flatMap(({ kind, names }) => names.split('|').map((name) => `${kind} ${name}`));
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

test('every media type is written as RFC 6838, section 4.2, has it', () => {
  for (const types of Object.values(MIME_TYPES)) for (const type of types) assert.match(type, /^(?:application|text|image|audio|video|font)\/[a-z0-9][a-z0-9.+-]*$/);
});
