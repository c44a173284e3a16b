import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codecFor, routeOf } from '../../../src/core/codec/codec.js';
import { ResponseRewriter } from '../../../src/core/rewrite/response-rewriter.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { anthropicStream, responsesCopies, responsesStream } from './api-bodies.js';
import { chunk, DONE, finish } from './bodies.js';
import { channelContext } from './drive.js';

const rules = stubRules([literal('teh', 'the', { scopes: ['prose', 'reasoning'] })]);

interface Dropped {
  readonly body: string;
  readonly dropped: boolean;
  readonly channels: readonly string[];
}

function drop(target: string, contentType: string, pieces: readonly Buffer[]): Dropped {
  const route = routeOf('POST', target);
  const codec = route === null ? null : codecFor(route, contentType);
  assert.ok(codec);
  const out: Buffer[] = [];
  const channels: string[] = [];
  let dropped = false;
  const rewriter = new ResponseRewriter(codec, { ...channelContext({ rules }), dropped: () => void (dropped = true) }, {
    out: (bytes) => out.push(bytes),
    corrected: (_, channel) => channels.push(channel),
    bailedOut: (_, detail) => assert.fail(detail),
    fault: (message) => assert.fail(message),
  });
  for (const piece of pieces) {
    rewriter.write(piece, 0);
    rewriter.settle(0);
  }
  rewriter.end(0);
  return { body: Buffer.concat(out).toString(), dropped, channels };
}

const CASES: readonly { readonly name: string; readonly target: string; readonly contentType: string; readonly body: string; readonly want: string; readonly channels: readonly string[] }[] = [
  {
    name: 'Ollama chat, a stream',
    target: '/api/chat', contentType: 'application/x-ndjson',
    body: '{"message":{"content":"","thinking":"Hm, "},"done":false}\n{"message":{"content":"","thinking":"teh \\u00e4."},"done":false}\n{"message":{"content":"teh"},"done":false}\n{"message":{"content":""},"done":true}\n',
    want: '{"message":{"content":"","thinking":""},"done":false}\n{"message":{"content":"","thinking":""},"done":false}\n{"message":{"content":"the"},"done":false}\n{"message":{"content":""},"done":true}\n',
    channels: ['message/content'],
  },
  {
    name: 'Ollama generate, whole',
    target: '/api/generate', contentType: 'application/json',
    body: '{"response":"so","thinking":"teh","done":true}', want: '{"response":"so","thinking":"","done":true}', channels: [],
  },
  {
    name: 'OpenAI chat, a stream, either spelling',
    target: '/v1/chat/completions', contentType: 'text/event-stream',
    body: `${chunk('{"reasoning_content":"hm"}')}${chunk('{"reasoning":"teh","content":"so"}')}${finish()}${DONE}`,
    want: `${chunk('{"reasoning_content":""}')}${chunk('{"reasoning":"","content":"so"}')}${finish()}${DONE}`, channels: [],
  },
  {
    name: 'OpenAI chat, whole',
    target: '/v1/chat/completions', contentType: 'application/json',
    body: '{"choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"teh"},"finish_reason":"stop"}]}',
    want: '{"choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"","content":"the"},"finish_reason":"stop"}]}', channels: ['choices/0/content'],
  },
];

describe('drop: thinking', () => {
  for (const { name, target, contentType, body, want, channels } of CASES) {
    test(name, () => everySplit(Buffer.from(body), (pieces) => assert.deepEqual(drop(target, contentType, pieces), { body: want, dropped: true, channels })));
  }

  test('Responses: in every copy, and the text as ever', () => {
    everySplit(Buffer.from(responsesStream(['so ', 'teh'])), (pieces) => {
      const { body } = drop('/v1/responses', 'text/event-stream', pieces);
      const { text, copies, summaries } = responsesCopies(body);
      assert.deepEqual([text, ...copies], Array.from({ length: 5 }, () => 'so the'));
      assert.ok(summaries.length >= 3);
      assert.deepEqual(new Set(summaries), new Set(['']));
    });
  });

  test('signed thinking is never touched, and where there is none nothing happens', () => {
    const bodies: readonly (readonly [string, string, string])[] = [
      ['/v1/messages', 'text/event-stream', anthropicStream(['so'])],
      ['/v1/messages', 'application/json', '{"type":"message","content":[{"type":"thinking","thinking":"teh","signature":"x"},{"type":"text","text":"so"}],"stop_reason":"end_turn"}'],
      ['/api/chat', 'application/x-ndjson', '{"message":{"content":"so","thinking":""},"done":true}\n'],
      ['/v1/completions', 'application/json', '{"object":"text_completion","choices":[{"index":0,"text":"so","finish_reason":"stop"}]}'],
    ];
    for (const [target, contentType, body] of bodies) everySplit(Buffer.from(body), (pieces) => assert.deepEqual(drop(target, contentType, pieces), { body, dropped: false, channels: [] }));
  });
});
