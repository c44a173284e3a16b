import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import OpenAI, { APIError } from 'openai';
import type { Answer } from '../../../src/app/backend/index.js';
import { post } from './raw-http.js';
import { withBackend } from './with-backend.js';

const MESSAGES = [{ role: 'user' as const, content: 'hi' }];
const ANSWER: Answer = {
  text: 'Use <b>&amp;</b> in "src/main.ts" — naïve 😀\nand\u2028more.',
  toolCalls: [{ name: 'read_file', arguments: { path: 'src/main.ts', note: 'é"\\' } }, { name: 'now', arguments: '{' }],
};

function client(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
}

/** Events by an independent parser. */
function events(body: Buffer): { readonly data: string[]; readonly comments: string[] } {
  const data: string[] = [];
  const comments: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data), onComment: (comment) => comments.push(comment) });
  parser.feed(body.toString('utf8'));
  return { data, comments };
}

test('the official client puts a stream together as the script says it', async () => {
  await withBackend({ answer: ANSWER }, async ({ url, backend }) => {
    const stream = client(url).chat.completions.stream({ model: 'm', messages: MESSAGES, stream_options: { include_usage: true } });
    const { choices, usage } = await stream.finalChatCompletion();
    const [choice] = choices;
    assert.equal(choice?.message.content, ANSWER.text);
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.deepEqual(choice?.message.tool_calls?.map((call) => call.type === 'function' && [call.function.name, call.function.arguments]), [
      ['read_file', '{"path":"src/main.ts","note":"é\\"\\\\"}'], ['now', '{'],
    ]);
    const exchange = await backend.next();
    assert.equal(usage?.completion_tokens, exchange.tokensSent);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  });
});

test('the official client reads a whole answer', async () => {
  await withBackend({ answer: { ...ANSWER, thinking: 'hm' } }, async ({ url }) => {
    const { choices, object } = await client(url).chat.completions.create({ model: 'm', messages: MESSAGES });
    assert.equal(object, 'chat.completion');
    const message = choices[0]?.message;
    assert.equal(message?.content, ANSWER.text);
    assert.equal(message?.tool_calls?.length, 2);
    assert.equal((message as unknown as { reasoning_content: string }).reasoning_content, 'hm');
  });
});

test('several choices are told apart, streamed and whole', async () => {
  await withBackend({ answers: ({ choice }) => ({ text: `choice ${choice}: ${'x'.repeat(choice * 9)}` }) }, async ({ url }) => {
    const expected = [0, 1, 2].map((choice) => `choice ${choice}: ${'x'.repeat(choice * 9)}`);
    const whole = await client(url).chat.completions.create({ model: 'm', messages: MESSAGES, n: 3 });
    assert.deepEqual(whole.choices.map((choice) => choice.message.content), expected);
    const texts = ['', '', ''];
    const order: number[] = [];
    for await (const chunk of await client(url).chat.completions.create({ model: 'm', messages: MESSAGES, n: 3, stream: true })) {
      for (const { index, delta } of chunk.choices) {
        texts[index] += delta.content ?? '';
        if (delta.content !== undefined && delta.content !== '') order.push(index);
      }
    }
    assert.deepEqual(texts, expected);
    assert.deepEqual(order.slice(0, 6), [0, 1, 2, 0, 1, 2]);
  });
});

test('several streams at once keep apart', async () => {
  await withBackend({ answers: ({ prompt }) => ({ text: prompt.repeat(30) }), tokensPerSecond: 3000 }, async ({ url }) => {
    const openai = client(url);
    await Promise.all(Array.from({ length: 12 }, async (_none, index) => {
      const stream = openai.chat.completions.stream({ model: 'm', messages: [{ role: 'user', content: `[${index}]` }] });
      assert.equal(await stream.finalContent(), `[${index}]`.repeat(30));
    }));
  });
});

test('an abort of the official client ends the generation', async () => {
  const answer: Answer = { text: 'abc '.repeat(100), stallAfterTokens: 3 };
  await withBackend({ answer }, async ({ url, backend }) => {
    const stream = await client(url).chat.completions.create({ model: 'm', messages: MESSAGES, stream: true });
    let chunks = 0;
    for await (const chunk of stream) {
      chunks += chunk.choices.length;
      // The role, then three tokens, then silence.
      if (chunks === 4) stream.controller.abort();
    }
    const exchange = await backend.next();
    assert.equal(exchange.aborted, true);
    assert.equal(exchange.tokensSent, 3);
  });
});

test('on the wire: role, tokens, finish, usage, [DONE]', async () => {
  await withBackend({ answer: { tokens: ['a<', 'b'], thinking: 'h', reasoningKey: 'reasoning', pings: { beforeTokens: [0, 2] } } }, async ({ raw }) => {
    const socket = await raw();
    socket.send(post('/v1/chat/completions', { model: 'm', stream: true, messages: MESSAGES, stream_options: { include_usage: true } }));
    const { headers, body, chunks } = await socket.reply();
    assert.equal(headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const { data, comments } = events(body);
    const head = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":0,"model":"m","system_fingerprint":"fp_hotpatch","choices":';
    assert.deepEqual(data.map((text) => text.replace(/"created":\d+/, '"created":0')), [
      `${head}[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}`,
      `${head}[{"index":0,"delta":{"reasoning":"h"},"finish_reason":null}],"usage":null}`,
      `${head}[{"index":0,"delta":{"content":"a<"},"finish_reason":null}],"usage":null}`,
      `${head}[{"index":0,"delta":{"content":"b"},"finish_reason":null}],"usage":null}`,
      `${head}[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}`,
      `${head}[],"usage":{"prompt_tokens":1,"completion_tokens":3,"total_tokens":4}}`,
      '[DONE]',
    ]);
    assert.deepEqual(comments, ['', '']);
    assert.equal(chunks.length, 9);
    for (const chunk of chunks) assert.match(chunk.toString('utf8'), /\n\n$/);
  });
});

test('on the wire: tool calls in fragments or in one, usage only where asked, text in other escapings', async () => {
  const call = { name: 'f', arguments: '{"path":"src/main.ts"}' };
  const fragments = async (answer: Answer): Promise<unknown[]> => {
    let calls: unknown[] = [];
    await withBackend({ answer }, async ({ raw }) => {
      const socket = await raw();
      socket.send(post('/v1/chat/completions', { model: 'm', stream: true, messages: MESSAGES }));
      const { data } = events((await socket.reply()).body);
      assert.ok(data.every((text) => !text.includes('"usage"')));
      calls = data.flatMap((text) => (/"tool_calls":\[(\{.*?\})\]\}/.exec(text)?.[1] ?? []));
    });
    return calls;
  };
  const whole = await fragments({ toolCalls: [call], toolFragments: false });
  assert.deepEqual(whole, ['{"index":0,"id":"call_1_0_0","type":"function","function":{"name":"f","arguments":"{\\"path\\":\\"src/main.ts\\"}"}}']);
  const pieces = await fragments({ toolCalls: [call] });
  assert.ok(pieces.length > 3);
  assert.equal(pieces[0], '{"index":0,"id":"call_1_0_0","type":"function","function":{"name":"f","arguments":""}}');
  await withBackend({ answer: { text: 'é<', jsonStyle: 'ascii' } }, async ({ raw }) => {
    const socket = await raw();
    socket.send(post('/v1/chat/completions', { model: 'm', messages: MESSAGES }));
    assert.match((await socket.reply()).body.toString('utf8'), /"content":"\\u00e9<"/);
  });
});

test('a mid-stream error ends without [DONE]', async () => {
  await withBackend({ answer: { text: 'some text', errorAfterTokens: 1, errorMessage: 'slot lost' } }, async ({ url, raw }) => {
    const socket = await raw();
    socket.send(post('/v1/chat/completions', { model: 'm', stream: true, messages: MESSAGES }));
    const { data } = events((await socket.reply()).body);
    assert.equal(data.length, 3);
    assert.equal(data[2], '{"error":{"message":"slot lost","type":"server_error","param":null,"code":null}}');
    await assert.rejects(client(url).chat.completions.stream({ model: 'm', messages: MESSAGES }).finalContent(), /slot lost/);
  });
});

test('the official client lists models and gets its own error object', async () => {
  await withBackend({ models: ['a', 'b'], answer: { statusCode: 429, errorMessage: 'slow down' } }, async ({ url }) => {
    const ids: string[] = [];
    for await (const model of client(url).models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['a', 'b']);
    await assert.rejects(client(url).chat.completions.create({ model: 'm', messages: MESSAGES }), (error) => error instanceof APIError && error.status === 429 && error.message.includes('slow down'));
  });
});

const REFUSED: readonly { readonly name: string; readonly body: string; readonly param: string | null }[] = [
  { name: 'empty body', body: '', param: null },
  { name: 'no JSON', body: '{bad', param: null },
  { name: 'no object', body: '"x"', param: null },
  { name: 'no model', body: '{"messages":[{"role":"user","content":"x"}]}', param: 'model' },
  { name: 'no messages', body: '{"model":"m"}', param: 'messages' },
  { name: 'empty messages', body: '{"model":"m","messages":[]}', param: 'messages' },
  { name: 'messages of the wrong type', body: '{"model":"m","messages":{}}', param: 'messages' },
  { name: 'a message without a role', body: '{"model":"m","messages":[{"content":"x"}]}', param: 'messages[0]' },
  { name: 'no choices', body: '{"model":"m","n":0,"messages":[{"role":"user"}]}', param: 'n' },
  { name: 'too many choices', body: '{"model":"m","n":129,"messages":[{"role":"user"}]}', param: 'n' },
  { name: 'half a choice', body: '{"model":"m","n":1.5,"messages":[{"role":"user"}]}', param: 'n' },
  { name: 'stream of the wrong type', body: '{"model":"m","stream":1,"messages":[{"role":"user"}]}', param: 'stream' },
];

for (const { name, body, param } of REFUSED) {
  test(`refused: ${name}`, async () => {
    await withBackend({}, async ({ raw }) => {
      const socket = await raw();
      socket.send(post('/v1/chat/completions', body));
      const reply = await socket.reply();
      assert.equal(reply.statusLine, 'HTTP/1.1 400 Bad Request');
      const { error } = JSON.parse(reply.body.toString('utf8')) as { error: Record<string, unknown> };
      assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code']);
      assert.equal(error['type'], 'invalid_request_error');
      assert.equal(error['param'], param);
    });
  });
}

test('a token limit cuts the answer and says so', async () => {
  await withBackend({ answer: { tokens: ['a', 'b', 'c'] } }, async ({ url }) => {
    for (const limit of [{ max_tokens: 2 }, { max_completion_tokens: 2 }]) {
      const { choices, usage } = await client(url).chat.completions.create({ model: 'm', messages: MESSAGES, ...limit });
      assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason, usage?.completion_tokens], ['ab', 'length', 2]);
    }
  });
});
