import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codecFor, routeOf, type Codec, type PartChange, type TextEdit, type WireEvent } from '../../../src/core/codec/codec.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';

function codecOf(path: string, contentType: string): Codec {
  const route = routeOf('POST', path);
  assert.ok(route);
  const codec = codecFor(route, contentType);
  assert.ok(codec);
  return codec;
}

/** Runs a body through a codec and makes the same edit in every text that holds the word. */
function replaceWord(codec: Codec, body: Buffer, word: string, by: string): string {
  const run = codec.dialect.open(EMPTY_REQUEST);
  const out: Buffer[] = [];
  const splitter = codec.envelope.open((event: WireEvent) => {
    const changes: PartChange[] = [];
    for (const span of run.parts(event)?.spans ?? []) {
      const start = span.text.indexOf(word);
      const edits: TextEdit[] = start < 0 ? [] : [{ start, end: start + word.length, text: by }];
      if (edits.length > 0) changes.push({ span, edits });
    }
    out.push(codec.rewrite(event, changes));
  }, 1_000_000);
  splitter.write(body);
  splitter.end();
  return Buffer.concat([...out, splitter.rest()]).toString();
}

const SSE = 'text/event-stream';
const cases: readonly { name: string; path: string; type: string; body: string; expect: string }[] = [
  { name: 'ndjson', path: '/api/generate', type: 'application/x-ndjson', body: '{"response":"a bad \\u003cb","z":1}\r\n{"response":"x"}\n', expect: '{"response":"a good \\u003cb","z":1}\r\n{"response":"x"}\n' },
  { name: 'a document, white space kept', path: '/api/chat', type: 'application/json', body: '{ "message": {\n "content" : "bad" } }\n', expect: '{ "message": {\n "content" : "good" } }\n' },
  { name: 'sse with fields, comments and no space', path: '/v1/chat/completions', type: SSE, body: ': hi\nid: 1\ndata:{"choices":[{"delta":{"content":"bad"}}]}\nretry: 1\r\n\r\n', expect: ': hi\nid: 1\ndata:{"choices":[{"delta":{"content":"good"}}]}\nretry: 1\r\n\r\n' },
  { name: 'sse with several data lines', path: '/v1/chat/completions', type: SSE, body: '\uFEFFdata: {"choices":\r\n: c\ndata:[{"delta":\r\ndata:  {"content":"bad"}}]}\n\n', expect: '\uFEFFdata: {"choices":\r\n: c\ndata:[{"delta":\r\ndata:  {"content":"good"}}]}\n\n' },
  { name: 'logprobs go with an edit', path: '/v1/chat/completions', type: SSE, body: 'data: {"choices":[{"delta":{"content":"bad"},"logprobs":{"content":[{"token":"bad"}]}}]}\n\n', expect: 'data: {"choices":[{"delta":{"content":"good"},"logprobs":null}]}\n\n' },
  { name: 'logprobs stay without one', path: '/v1/chat/completions', type: SSE, body: 'data: {"choices":[{"delta":{"content":"fine"},"logprobs":{"content":[{"token":"fine"}]}}]}\n\n', expect: 'data: {"choices":[{"delta":{"content":"fine"},"logprobs":{"content":[{"token":"fine"}]}}]}\n\n' },
  { name: 'logprobs of the other choice stay', path: '/v1/chat/completions', type: 'application/json', body: '{"choices":[{"logprobs":{"content":[]},"message":{"content":"bad"}},{"message":{"content":"ok"},"logprobs":{"content":[1]}}]}', expect: '{"choices":[{"logprobs":null,"message":{"content":"good"}},{"message":{"content":"ok"},"logprobs":{"content":[1]}}]}' },
  { name: 'logprobs are never invented', path: '/v1/chat/completions', type: 'application/json', body: '{"choices":[{"logprobs": null,"message":{"content":"bad"}}]}', expect: '{"choices":[{"logprobs": null,"message":{"content":"good"}}]}' },
  { name: 'a dropped value that spans data lines', path: '/v1/chat/completions', type: SSE, body: 'data: {"choices":[{"delta":{"content":"bad"},"logprobs":{\ndata: "content":[1\ndata: ]}\ndata\ndata: }]}\nid: 4\n\n', expect: 'data: {"choices":[{"delta":{"content":"good"},"logprobs":null\ndata: \ndata: }]}\nid: 4\n\n' },
  { name: 'token ids go too', path: '/v1/chat/completions', type: 'application/json', body: '{"choices":[{"message":{"content":"bad"},"token_ids":[1,2]}]}', expect: '{"choices":[{"message":{"content":"good"},"token_ids":null}]}' },
  { name: 'two parts of one event', path: '/api/chat', type: 'application/json', body: '{"message":{"content":"bad","thinking":"so bad"},"logprobs":[1],"done":true}', expect: '{"message":{"content":"good","thinking":"so good"},"logprobs":null,"done":true}' },
  { name: 'tool calls stay', path: '/api/chat', type: 'application/json', body: '{"message":{"content":"","tool_calls":[{"function":{"arguments":{"path":"bad"}}}]}}', expect: '{"message":{"content":"","tool_calls":[{"function":{"arguments":{"path":"bad"}}}]}}' },
];
for (const { name, path, type, body, expect } of cases) {
  test(`rewrite: ${name}`, () => assert.equal(replaceWord(codecOf(path, type), Buffer.from(body), 'bad', 'good'), expect));
}

test('an event without changes is its own raw bytes', () => {
  const codec = codecOf('/v1/chat/completions', SSE);
  codec.envelope.open((event) => assert.equal(codec.rewrite(event, []), event.raw), 1_000).write(Buffer.from(': x\n\ndata: {}\n\n'));
});

test('property: a document cut into data lines anywhere says the same as in one', () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 });
  fc.assert(fc.property(text, text, fc.constantFrom('\n', '\r\n', '\r'), (before, behind, eol) => {
    const json = JSON.stringify({ choices: [{ delta: { content: `${before}bad${behind}` }, logprobs: { content: [{ token: 'x' }] } }] }, null, 1);
    const body = `event: e${eol}${json.split('\n').map((line) => `data: ${line}${eol}`).join('')}${eol}`;
    fc.pre(!before.includes('bad'));
    const out = replaceWord(codecOf('/v1/chat/completions', SSE), Buffer.from(body), 'bad', 'go\nod');
    const data = out.split(eol).filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
    assert.deepEqual(JSON.parse(data), { choices: [{ delta: { content: `${before}go\nod${behind}` }, logprobs: null }] });
    assert.ok(out.startsWith(`event: e${eol}`) && out.endsWith(`${eol}${eol}`));
  }), { seed: 23, numRuns: 400 });
});
