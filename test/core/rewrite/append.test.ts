import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCodec, type RouteName } from '../../../src/core/codec/codec.js';
import type { Detector } from '../../../src/core/detect/detector.js';
import { DEFAULT_LIMITS } from '../../../src/core/limits.js';
import { ResponseRewriter } from '../../../src/core/rewrite/response-rewriter.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';

const NOTE = DEFAULT_NOTES.incomplete_reasoning;

/** Holds nothing, and speaks at the end where the backend says that it stopped for length. */
const cutOff: Detector = {
  type: 'incomplete_reasoning',
  kinds: ['prose'],
  start: () => {
    let length = 0;
    return {
      advance: (view, found) => {
        length += view.fresh.length;
        if (view.ended && view.finish !== 'stop') {
          found({ start: 0, end: length, verdict: { type: 'incomplete_reasoning', confidence: 1, detected: '', expected: null, strategy: 'insert', rule: null, reason: String(view.finish) } });
        }
        return length;
      },
      letGo: () => undefined,
    };
  },
};

function rewrite(format: RouteName, pieces: readonly Buffer[], structured = false): { body: string; told: string[] } {
  const codec = formatCodec(format, Buffer.concat(pieces), true);
  assert.ok(codec);
  const out: Buffer[] = [];
  const told: string[] = [];
  const exchange = { truth: nothingKnown, rules: EMPTY_RULES, request: { ...EMPTY_REQUEST, structured }, modes: uniformModes('correct'), holdChars: 4096 };
  const rewriter = new ResponseRewriter(codec, { exchange, limits: DEFAULT_LIMITS, notes: DEFAULT_NOTES, detectors: [cutOff], failed: (_, error) => assert.fail(String(error)) }, {
    out: (bytes) => out.push(bytes),
    corrected: ({ action, verdict }) => told.push(`${action} ${verdict.reason}`),
    bailedOut: (_, detail) => assert.fail(detail),
    fault: (message) => assert.fail(message),
  });
  for (const piece of pieces) {
    rewriter.write(piece, 0);
    rewriter.settle(0);
  }
  rewriter.end(0);
  return { body: Buffer.concat(out).toString(), told };
}

const lines = (...events: object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const chunks = (...events: (object | string)[]): string => events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
const delta = (fields: object, finish: string | null = null): object => ({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: fields, finish_reason: finish }] });

const CASES: { name: string; format: RouteName; body: string; want: string }[] = [
  {
    name: 'Ollama chat: in the done line',
    format: 'ollama-chat',
    body: lines({ message: { role: 'assistant', content: 'so it' }, done: false }, { message: { role: 'assistant', content: '' }, done: true, done_reason: 'length' }),
    want: lines({ message: { role: 'assistant', content: 'so it' }, done: false }, { message: { role: 'assistant', content: NOTE }, done: true, done_reason: 'length' }),
  },
  {
    name: 'Ollama generate: in the done line',
    format: 'ollama-generate',
    body: lines({ response: 'so', done: false }, { response: '', done: true, done_reason: 'length' }),
    want: lines({ response: 'so', done: false }, { response: NOTE, done: true, done_reason: 'length' }),
  },
  {
    name: 'OpenAI: an event of its own before the one that finishes',
    format: 'openai-chat',
    body: chunks(delta({ role: 'assistant' }), delta({ content: 'so' }), delta({ content: ' it' }), delta({}, 'length'), '[DONE]'),
    want: chunks(delta({ role: 'assistant' }), delta({ content: 'so' }), delta({ content: ' it' }), delta({ content: NOTE }), delta({}, 'length'), '[DONE]'),
  },
  {
    name: 'OpenAI: in the last text where that finishes',
    format: 'openai-chat',
    body: chunks(delta({ content: 'so' }), delta({ content: ' it' }, 'length'), '[DONE]'),
    want: chunks(delta({ content: 'so' }), delta({ content: ` it${NOTE}` }, 'length'), '[DONE]'),
  },
];

for (const { name, format, body, want } of CASES) {
  test(`append: ${name}`, () => {
    // Whether the last letters are still there when the end is seen depends on the reads; the text does not.
    const textOf = (events: string): string => [...events.matchAll(/"(?:content|response)":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]).join('');
    everySplit(Buffer.from(body), (pieces) => {
      const { body: got, told } = rewrite(format, pieces);
      assert.equal(textOf(got), textOf(want));
      assert.deepEqual(told, ['append length']);
    });
    const perEvent = body.split(/(?<=\n\n|\}\n)/).map((event) => Buffer.from(event));
    assert.equal(rewrite(format, perEvent).body, want);
  });

  test(`append: ${name}: nothing where the answer is whole, and only a report where it is structured`, () => {
    const whole = body.replaceAll('"length"', '"stop"');
    everySplit(Buffer.from(whole), (pieces) => assert.deepEqual(rewrite(format, pieces), { body: whole, told: [] }));
    assert.deepEqual(rewrite(format, [Buffer.from(body)], true), { body, told: ['report length'] });
  });
}

test('append: an answer that ends without a word is reported and left as it is', () => {
  const body = chunks(delta({ content: 'so' }), delta({ content: ' it' }));
  const perEvent = body.split(/(?<=\n\n)/).map((event) => Buffer.from(event));
  assert.deepEqual(rewrite('openai-chat', perEvent), { body, told: ['report null'] });
});
