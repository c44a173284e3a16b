import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonFault } from '../../../src/core/rewrite/json-check.js';

const CASES: readonly { readonly name: string; readonly text: string; readonly wanted?: boolean; readonly expect: string | null | undefined }[] = [
  { name: 'an object', text: ' {"a":[1,2]}\n', expect: null },
  { name: 'an object that is cut off', text: '{"a":[1,2', expect: '{"a":[1,2' },
  { name: 'an object as JavaScript has it', text: '{ a: 1 }', expect: '{ a: 1 }' },
  { name: 'single quotes', text: "{'a': 1}", expect: "{'a': 1}" },
  { name: 'a list', text: '[{"a":1}]', expect: null },
  { name: 'a list that lacks a comma', text: '["a" "b"]', expect: '["a" "b"]' },
  { name: 'an object and words behind it', text: '{"a":1} is it', expect: '{"a":1} is it' },
  { name: 'prose', text: 'It is done.', expect: undefined },
  { name: 'prose that begins with a link', text: '[the docs](https://example.com) say so', expect: undefined },
  { name: 'prose that begins with a footnote', text: '[1] says so', expect: undefined },
  { name: 'prose that begins with a placeholder', text: '{name} is replaced', expect: undefined },
  { name: 'prose that begins with a link of a wiki', text: '[[Start]] says so', expect: undefined },
  { name: 'a sentence about an empty object', text: '{} is an empty object', expect: undefined },
  { name: 'a sentence about an empty list', text: '[] is an empty list', expect: undefined },
  { name: 'an empty object', text: '{ }', expect: null },
  { name: 'a list of lists', text: '[[1,2],[3,]]', expect: '[[1,2],[3,]]' },
  { name: 'a list of empty lists', text: '[[], [}', expect: '[[], [}' },
  { name: 'a fence where JSON and nothing else is wanted', text: '```json\n{}\n```', wanted: true, expect: '```json\n{}\n```' },
  { name: 'prose where JSON is wanted', text: 'Sure! {"a":1}', wanted: true, expect: 'Sure! {"a":1}' },
  { name: 'a bare value where JSON is wanted', text: 'true', wanted: true, expect: null },
  { name: 'a fence', text: 'So:\n\n```json\n{"a":1}\n```\nDone.', expect: null },
  { name: 'a fence with a comma too many', text: 'So:\n```json\n{"a":1,}\n```\n', expect: '{"a":1,}\n' },
  { name: 'the second fence', text: '```json\n1\n```\n```JSON\n{\n```\n', expect: '{\n' },
  { name: 'a fence of another language', text: '```js\n{ a: 1 }\n```', expect: undefined },
  { name: 'a fence of JSON with comments, which says so', text: '```jsonc\n{"a":1} // one\n```', expect: undefined },
  { name: 'a fence that is not closed', text: '```json\n{"a":', expect: '{"a":' },
  { name: 'a fence whose closing is shorter is not closed', text: '````json\n{"a":1}\n```\n', expect: '{"a":1}\n```\n' },
  { name: 'a fence in a fence is text', text: '````md\n```json\n{\n```\n````\n', expect: undefined },
  { name: 'tildes', text: '~~~json\n[1,]\n~~~\n', expect: '[1,]\n' },
  { name: 'a fence in a list', text: '1. So:\n   ```json\n   {"a":1}\n   ```\n', expect: null },
];

for (const { name, text, wanted = false, expect } of CASES) {
  test(`JSON of an answer: ${name}`, () => assert.equal(jsonFault(text, wanted), expect));
}

test('JSON of an answer: half a character is not told, and a long answer is shortened', () => {
  assert.equal(jsonFault(`{"${'x'.repeat(77)}🦊`, false), `{"${'x'.repeat(77)}\u{fffd}`);
});

test('JSON of an answer: fences without end come to an end', () => {
  assert.equal(jsonFault('```json\n'.repeat(200_000), false), '```json\n'.repeat(10));
});
