import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ollama, type ChatResponse } from 'ollama';
import type { Answer } from '../../../src/app/backend/index.js';
import { goTime } from '../../../src/app/backend/protocols/ollama.js';
import { post } from './raw-http.js';
import { withBackend } from './with-backend.js';

const MESSAGES = [{ role: 'user', content: 'hi' }];
const ANSWER: Answer = {
  text: 'Use <b>&amp;</b> in "src/main.ts" — naïve 😀\nand\u2028more.',
  thinking: 'Let me see: 1 < 2.',
  toolCalls: [{ name: 'read_file', arguments: { path: 'src/<x>.ts', deep: { n: [1, 2] } } }, { name: 'now', arguments: '{}' }],
};
const CALLS = [{ name: 'read_file', arguments: { path: 'src/<x>.ts', deep: { n: [1, 2] } } }, { name: 'now', arguments: {} }];

function bare(calls: ChatResponse['message']['tool_calls']): unknown[] {
  return (calls ?? []).map((call) => ({ name: call.function.name, arguments: call.function.arguments }));
}

async function collect(stream: AsyncIterable<ChatResponse>): Promise<{ text: string; thinking: string; calls: unknown[]; last: ChatResponse | null; lines: number }> {
  const all = { text: '', thinking: '', calls: [] as unknown[], last: null as ChatResponse | null, lines: 0 };
  for await (const part of stream) {
    all.text += part.message.content;
    all.thinking += part.message.thinking ?? '';
    all.calls.push(...bare(part.message.tool_calls));
    all.last = part;
    all.lines += 1;
  }
  return all;
}

test('the official client reads a streamed chat as the script says it', async () => {
  await withBackend({ answer: ANSWER }, async ({ url, backend }) => {
    const read = await collect(await new Ollama({ host: url }).chat({ model: 'any', messages: MESSAGES, stream: true }));
    assert.equal(read.text, ANSWER.text);
    assert.equal(read.thinking, ANSWER.thinking);
    assert.deepEqual(read.calls, CALLS);
    assert.equal(read.last?.done_reason, 'stop');
    assert.equal(read.last.eval_count, read.lines - 1);
    const exchange = await backend.next();
    assert.equal(exchange.tokensSent, read.lines - 1);
    assert.equal(exchange.aborted, false);
    assert.equal(exchange.status, 200);
  });
});

test('the official client reads a whole chat and a whole generation', async () => {
  await withBackend({ answer: ANSWER }, async ({ url }) => {
    const client = new Ollama({ host: url });
    const chat = await client.chat({ model: 'any', messages: MESSAGES });
    assert.equal(chat.message.content, ANSWER.text);
    assert.equal(chat.message.thinking, ANSWER.thinking);
    assert.deepEqual(bare(chat.message.tool_calls), CALLS);
    const generated = await client.generate({ model: 'any', prompt: 'hi', think: false });
    assert.equal(generated.response, ANSWER.text);
    assert.equal(generated.thinking, undefined);
    assert.ok(generated.context.length > 5 && generated.eval_count >= generated.context.length);
  });
});

test('the official client reads a streamed generation', async () => {
  await withBackend({ answer: ANSWER }, async ({ url }) => {
    let text = '';
    let thinking = '';
    for await (const part of await new Ollama({ host: url }).generate({ model: 'any', prompt: 'hi', stream: true })) {
      text += part.response ?? '';
      thinking += part.thinking ?? '';
    }
    assert.equal(text, ANSWER.text);
    assert.equal(thinking, ANSWER.thinking);
  });
});

test('twenty chats at once keep apart', async () => {
  await withBackend({ answers: ({ prompt }) => ({ text: prompt.repeat(20) }), tokensPerSecond: 2000 }, async ({ url }) => {
    const client = new Ollama({ host: url });
    await Promise.all(Array.from({ length: 20 }, async (_none, index) => {
      const read = await collect(await client.chat({ model: 'any', messages: [{ role: 'user', content: `<${index}>` }], stream: true }));
      assert.equal(read.text, `<${index}>`.repeat(20));
    }));
  });
});

test('the official client lists models, shows one and asks the version', async () => {
  await withBackend({ models: ['a:latest', 'b:7b'] }, async ({ url }) => {
    const client = new Ollama({ host: url });
    assert.deepEqual((await client.list()).models.map(({ name }) => name), ['a:latest', 'b:7b']);
    assert.deepEqual((await client.show({ model: 'a:latest' })).capabilities, ['completion', 'tools', 'thinking']);
    assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
  });
});

test('an abort of the official client ends the generation', async () => {
  await withBackend({ answer: { tokens: endless() } }, async ({ url, backend }) => {
    const stream = await new Ollama({ host: url }).chat({ model: 'any', messages: MESSAGES, stream: true });
    await assert.rejects(async () => {
      let seen = 0;
      for await (const part of stream) {
        seen += part.message.content.length;
        if (seen > 50) stream.abort();
      }
    }, { name: 'AbortError' });
    const exchange = await backend.next();
    assert.equal(exchange.aborted, true);
    assert.ok(exchange.tokensSent > 0 && (exchange.abortedAtMs ?? -1) >= 0);
  });
});

test('on the wire: one line a token, escaped as Go does it, with its fields in order', async () => {
  await withBackend({ answer: { tokens: ['<a>', '&\u2028'], toolCalls: [{ name: 'f', arguments: { x: '>' } }] } }, async ({ raw }) => {
    const client = await raw();
    client.send(post('/api/chat', { model: 'm<1>', messages: MESSAGES }));
    const { statusLine, headers, body, chunks } = await client.reply();
    assert.equal(statusLine, 'HTTP/1.1 200 OK');
    assert.equal(headers.get('content-type'), 'application/x-ndjson');
    const time = /"created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z"/g;
    const lines = body.toString('utf8').replace(time, '"created_at":"T"').replace(/_duration":\d+/g, '_duration":0').split('\n');
    const head = String.raw`{"model":"m\u003c1\u003e","created_at":"T",`;
    assert.deepEqual(lines, [
      `${head}${String.raw`"message":{"role":"assistant","content":"\u003ca\u003e"},"done":false}`}`,
      `${head}${String.raw`"message":{"role":"assistant","content":"\u0026\u2028"},"done":false}`}`,
      `${head}${String.raw`"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1_0","function":{"index":0,"name":"f","arguments":{"x":"\u003e"}}}]},"done":false}`}`,
      `${head}"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":0,"load_duration":0,"prompt_eval_count":1,"prompt_eval_duration":0,"eval_count":3,"eval_duration":0}`,
      '',
    ]);
    // Each line was its own write.
    assert.equal(chunks.length, 4);
  });
});

const REQUESTS: readonly { readonly name: string; readonly path: string; readonly body: string; readonly status: number; readonly expect: RegExp }[] = [
  { name: 'empty body', path: '/api/chat', body: '', status: 400, expect: /^\{"error":"missing request body"\}$/ },
  { name: 'no JSON', path: '/api/chat', body: '{bad', status: 400, expect: /^\{"error":"[^"].*"\}$/ },
  { name: 'no object', path: '/api/generate', body: '[1]', status: 400, expect: /^\{"error":/ },
  { name: 'no model', path: '/api/generate', body: '{"prompt":"x"}', status: 400, expect: /^\{"error":"model is required"\}$/ },
  { name: 'messages of the wrong type', path: '/api/chat', body: '{"model":"m","messages":"x"}', status: 400, expect: /^\{"error":"json: cannot unmarshal string into Go struct field/ },
  { name: 'a message of the wrong type', path: '/api/chat', body: '{"model":"m","messages":[1]}', status: 400, expect: /^\{"error":"messages\[0\]/ },
  { name: 'stream of the wrong type', path: '/api/chat', body: '{"model":"m","stream":"yes","messages":[]}', status: 400, expect: /field stream of type bool/ },
  { name: 'no messages loads the model', path: '/api/chat', body: '{"model":"m"}', status: 200, expect: /"message":\{"role":"assistant","content":""\},"done":true,"done_reason":"load"\}$/ },
  { name: 'no prompt loads the model', path: '/api/generate', body: '{"model":"m"}', status: 200, expect: /"response":"","done":true,"done_reason":"load"\}$/ },
  { name: 'keep_alive 0 unloads it', path: '/api/generate', body: '{"model":"m","keep_alive":0}', status: 200, expect: /"done_reason":"unload"\}$/ },
  { name: 'show without a model', path: '/api/show', body: '{}', status: 400, expect: /^\{"error":"model is required"\}$/ },
  { name: 'show without a body', path: '/api/show', body: '', status: 400, expect: /^\{"error":"missing request body"\}$/ },
  { name: 'a token limit', path: '/api/generate', body: '{"model":"m","prompt":"x","stream":false,"options":{"num_predict":2}}', status: 200, expect: /"response":"ab","done":true,"done_reason":"length".*"eval_count":2,/ },
  { name: 'a token limit that is none', path: '/api/generate', body: '{"model":"m","prompt":"x","stream":false,"options":{"num_predict":-1}}', status: 200, expect: /"response":"abc","done":true,"done_reason":"stop"/ },
];

for (const { name, path, body, status, expect } of REQUESTS) {
  test(`request: ${name}`, async () => {
    await withBackend({ answer: { tokens: ['a', 'b', 'c'] } }, async ({ raw }) => {
      const client = await raw();
      client.send(post(path, body));
      const reply = await client.reply();
      assert.equal(reply.statusLine.split(' ')[1], String(status));
      assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8');
      assert.match(reply.body.toString('utf8'), expect);
    });
  });
}

test('a mid-stream error is a line of its own, then a normal end', async () => {
  await withBackend({ answer: { tokens: ['a', 'b'], errorAfterTokens: 1, errorMessage: 'out of <memory>' } }, async ({ url, raw }) => {
    const client = await raw();
    client.send(post('/api/chat', { model: 'm', messages: MESSAGES }));
    const lines = (await client.reply()).body.toString('utf8').split('\n');
    assert.equal(lines.length, 3);
    assert.equal(lines[1], String.raw`{"error":"out of \u003cmemory\u003e"}`);
    await assert.rejects(async () => collect(await new Ollama({ host: url }).chat({ model: 'm', messages: MESSAGES, stream: true })), /out of <memory>/);
    await assert.rejects(new Ollama({ host: url }).chat({ model: 'm', messages: MESSAGES }), { status_code: 500, error: 'out of <memory>' });
  });
});

test('time is printed as Go prints it', () => {
  assert.equal(goTime(0), '1970-01-01T00:00:00Z');
  assert.equal(goTime(1_000.5), '1970-01-01T00:00:01.0005Z');
  assert.equal(goTime(1_750_000_000_120), '2025-06-15T15:06:40.12Z');
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => assert.equal(Date.parse(goTime(ms)), ms)), { seed: 20_260_120 });
});

function* endless(): Generator<string, void, undefined> {
  for (;;) yield 'and on ';
}
