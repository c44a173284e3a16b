import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_REQUEST, readRequest } from '../../../src/core/truth/request-context.js';

const ROUTE = 'ollama-chat';

const cases: readonly (readonly [name: string, body: string | null, model: string | null, stream: boolean | null])[] = [
  ['absent', null, null, null],
  ['empty', '', null, null],
  ['an object that says nothing', '{}', null, null],
  ['model and stream', '{"model":"llama3:8b","stream":false}', 'llama3:8b', false],
  ['a stream asked for', '{"stream":true}', null, true],
  ['spaces and a line end around it', ' {"model": "m"}\r\n', 'm', null],
  ['escapes in the model', '{"model":"caf\\u00e9"}', 'café', null],
  ['of a repeated key the last counts', '{"model":"a","model":"b"}', 'b', null],
  ['a model that is no string', '{"model":7,"stream":"yes"}', null, null],
  ['null', 'null', null, null],
  ['a list', '["model"]', null, null],
  ['a string', '"model"', null, null],
  ['cut off', '{"model":"m"', null, null],
  ['no JSON', 'model=m', null, null],
  ['a prototype is no model', '{"__proto__":{"model":"m"}}', null, null],
];

for (const [name, body, model, stream] of cases) {
  test(`a request body: ${name}`, () => {
    const read = readRequest(ROUTE, body === null ? null : Buffer.from(body));
    assert.deepEqual([read.route, read.model, read.stream], [ROUTE, model, stream]);
  });
}

const limits: readonly (readonly [name: string, body: string, limit: number | undefined])[] = [
  ['none', '{}', undefined],
  ['OpenAI', '{"max_tokens":64}', 64],
  ['OpenAI, newer', '{"max_completion_tokens":64}', 64],
  ['Responses', '{"max_output_tokens":32}', 32],
  ['llama.cpp', '{"n_predict":8}', 8],
  ['Ollama', '{"options":{"num_predict":128}}', 128],
  ['two of them', '{"max_tokens":64,"max_completion_tokens":32}', 32],
  ['without an end', '{"options":{"num_predict":-1}}', undefined],
  ['none in OpenAI', '{"max_tokens":null}', undefined],
  ['a word', '{"max_tokens":"64"}', undefined],
  ['a list for options', '{"options":[1]}', undefined],
];
for (const [name, body, limit] of limits) {
  test(`the limit that a request states: ${name}`, () => assert.equal(readRequest(ROUTE, Buffer.from(body)).tokenLimit, limit));
}

const ends: readonly (readonly [name: string, body: string, own: boolean])[] = [
  ['nothing', '{"messages":[{"role":"user","content":"hi"}]}', false],
  ['a stop word', '{"stop":"###"}', true],
  ['stop words', '{"stop":["a","b"]}', true],
  ['stop words of Ollama', '{"options":{"stop":["a"]}}', true],
  ['stop words of Anthropic', '{"stop_sequences":["a"]}', true],
  ['no stop words', '{"stop":[],"options":{"stop":null},"stop_sequences":""}', false],
  ['the beginning of the answer', '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"```"}]}', true],
  ['an earlier answer', '{"messages":[{"role":"assistant","content":"```"},{"role":"user","content":"hi"}]}', false],
];
for (const [name, body, own] of ends) {
  test(`a request that decides where the answer ends: ${name}`, () => assert.equal(readRequest(ROUTE, Buffer.from(body)).ownEnds === true, own));
}

test('a request of no known route', () => {
  assert.equal(readRequest(null, Buffer.from('{"model":"m"}')).route, null);
  assert.equal(readRequest(null, Buffer.from('{"model":"m"}')).model, 'm');
  assert.ok(Object.isFrozen(EMPTY_REQUEST));
});

test('property: arbitrary bytes are read without a fault', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    const { model, stream } = readRequest(ROUTE, Buffer.from(bytes));
    assert.ok(model === null || typeof model === 'string');
    assert.ok(stream === null || typeof stream === 'boolean');
  }), { seed: 2, numRuns: 500 });
});
