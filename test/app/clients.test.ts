import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { LLMock } from '@copilotkit/aimock';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { rule, type RunningProxy, startProxy } from '../helpers/proxy.js';

const TEXT = 'Run `npm run biuld` first, then teh quick test (version 1.2.3), and `npm run biuld` again: “naïve” 🦊 end.';
const RIGHT = 'Run `npm run build` first, then the quick test (version v1-2-3), and `npm run build` again: “naïve” 🦊 end.';
const THINKING = 'They want teh build.';
const RULES = [
  rule('npm run biuld', 'npm run build'),
  rule('\\bteh\\b', 'the', { match: 'regex' }),
  rule('version (\\d)\\.(\\d)\\.(\\d)', 'version v$1-$2-$3', { match: 'regex', expand: true }),
];
const ARGUMENTS = { command: 'npm run biuld', path: 'src/a.ts' };
/** How each backend is asked for the planted text; the embedded one knows it by its script. */
const PROMPT = 'say it';
const messages = [{ role: 'user' as const, content: PROMPT }];
const model = 'gpt-4o';

interface Side {
  readonly name: string;
  readonly url: string;
  readonly proxy: RunningProxy;
}

let backend: Backend;
let mock: LLMock;
const sides: Side[] = [];

before(async () => {
  backend = createBackend({
    port: 0,
    tokensPerSecond: 0,
    answers: ({ prompt }) => {
      if (prompt === 'tool') return { toolCalls: [{ name: 'shell', arguments: ARGUMENTS }] };
      if (prompt === 'endless') return { tokens: endless(), tokensPerSecond: 500 };
      if (prompt === 'late') return { text: 'never', delayMs: Infinity };
      return { text: TEXT, thinking: THINKING };
    },
  });
  const { port } = await backend.start();
  mock = new LLMock({ port: 0, chunkSize: 3, latency: 0 });
  mock.onMessage('tool', { toolCalls: [{ name: 'shell', arguments: JSON.stringify(ARGUMENTS) }] });
  mock.onMessage(PROMPT, { content: TEXT });
  await mock.start();
  for (const [name, url] of [['embedded', `http://127.0.0.1:${port}`], ['aimock', mock.url]] as const) {
    sides.push({ name, url, proxy: await startProxy({ upstream: url, rules: RULES }) });
  }
});

after(async () => {
  for (const { proxy } of sides) await proxy.stop();
  await mock.stop();
  await backend.stop();
});

function* endless(): Generator<string, void, undefined> {
  for (;;) yield 'teh words ';
}

const openai = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'test', maxRetries: 0 });

/** What differs from one answer to the next, whoever gives it, and the thinking, which has a test of its own. */
const PASSING = new Set(['thinking', 'reasoning_content', 'id', 'created', 'created_at', 'total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration', '_request_id', 'system_fingerprint']);

function lasting<Value>(value: Value): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (PASSING.has(key) ? undefined : item)));
}

/** The events without their text, and the text put together. */
interface Told {
  readonly text: string;
  readonly rest: unknown;
}

async function openaiStream(url: string, prompt = PROMPT): Promise<Told> {
  const stream = await openai(url).chat.completions.create({ model, messages: [{ role: 'user', content: prompt }], stream: true, stream_options: { include_usage: true } });
  let text = '';
  const rest: unknown[] = [];
  for await (const chunk of stream) {
    for (const { delta } of chunk.choices) {
      text += delta.content ?? '';
      if (typeof delta.content === 'string') delta.content = '';
    }
    rest.push(lasting(chunk));
  }
  return { text, rest };
}

async function openaiWhole(url: string): Promise<Told> {
  const completion = await openai(url).chat.completions.create({ model, messages });
  const message = completion.choices[0]?.message;
  const text = message?.content ?? '';
  if (message !== undefined) message.content = '';
  return { text, rest: lasting(completion) };
}

async function ollamaStream(url: string): Promise<Told> {
  let text = '';
  const rest: unknown[] = [];
  for await (const part of await new Ollama({ host: url }).chat({ model, messages, stream: true })) {
    text += part.message.content;
    part.message.content = '';
    rest.push(lasting(part));
  }
  return { text, rest };
}

async function ollamaWhole(url: string): Promise<Told> {
  const reply = await new Ollama({ host: url }).chat({ model, messages, stream: false });
  const text = reply.message.content;
  reply.message.content = '';
  return { text, rest: lasting(reply) };
}

async function ollamaGenerate(url: string): Promise<Told> {
  let text = '';
  const rest: unknown[] = [];
  for await (const part of await new Ollama({ host: url }).generate({ model, prompt: PROMPT, stream: true })) {
    text += part.response;
    part.response = '';
    rest.push(lasting(part));
  }
  return { text, rest };
}

const CALLS = { openaiStream, openaiWhole, ollamaStream, ollamaWhole, ollamaGenerate };

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: the text is the corrected one, all else is the backend's`, async () => {
    for (const side of sides) {
      const direct = await call(side.url);
      const corrected = await call(side.proxy.url);
      assert.equal(direct.text, TEXT, side.name);
      assert.equal(corrected.text, RIGHT, side.name);
      assert.deepEqual(corrected.rest, direct.rest, side.name);
    }
  });
}

test('thinking is corrected, tool arguments are not', async () => {
  const [embedded] = sides as [Side];
  let thinking = '';
  for await (const part of await new Ollama({ host: embedded.proxy.url }).chat({ model, messages, think: true, stream: true })) thinking += part.message.thinking ?? '';
  assert.equal(thinking, THINKING.replace('teh', 'the'));
  for (const side of sides) {
    const stream = await openai(side.proxy.url).chat.completions.create({ model, messages: [{ role: 'user', content: 'tool' }], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
    assert.deepEqual(JSON.parse(text), ARGUMENTS, side.name);
  }
  const reply = await new Ollama({ host: embedded.proxy.url }).chat({ model, messages: [{ role: 'user', content: 'tool' }], stream: false });
  assert.deepEqual(reply.message.tool_calls?.[0]?.function.arguments, ARGUMENTS);
});

test('the routes without text: models, version, an error of the backend', async () => {
  const [embedded] = sides as [Side];
  assert.deepEqual(lasting(await new Ollama({ host: embedded.proxy.url }).list()), lasting(await new Ollama({ host: embedded.url }).list()));
  assert.deepEqual(lasting(await openai(embedded.proxy.url).models.list()), lasting(await openai(embedded.url).models.list()));
  const wrong = { model, messages: 'none' } as unknown as Parameters<OpenAI['chat']['completions']['create']>[0];
  const direct = await openai(embedded.url).chat.completions.create(wrong).catch((error: unknown) => error);
  const proxied = await openai(embedded.proxy.url).chat.completions.create(wrong).catch((error: unknown) => error);
  assert.ok(proxied instanceof OpenAI.APIError && direct instanceof OpenAI.APIError);
  assert.deepEqual([proxied.status, proxied.message], [direct.status, direct.message]);
});

test('many at once on few kept connections, some of them aborted, leave no one else\'s answer touched', async () => {
  for (const side of sides) {
    const client = openai(side.proxy.url);
    const ollama = new Ollama({ host: side.proxy.url });
    const asked = Array.from({ length: 24 }, async (_none, index) => {
      if (index % 4 === 0 && side.name === 'embedded') return abortedAfter(client, 5);
      if (index % 2 === 0) return assert.equal((await openaiStream(side.proxy.url)).text, RIGHT);
      const reply = await ollama.chat({ model, messages, stream: false });
      return assert.equal(reply.message.content, RIGHT);
    });
    await Promise.all(asked);
    for (let round = 0; round < 3; round += 1) assert.equal((await openaiStream(side.proxy.url)).text, RIGHT);
  }
});

async function abortedAfter(client: OpenAI, count: number): Promise<void> {
  const stream = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'endless' }], stream: true });
  let seen = 0;
  for await (const chunk of stream) {
    assert.doesNotMatch(chunk.choices[0]?.delta.content ?? '', /teh words/);
    seen += 1;
    if (seen === count) stream.controller.abort();
  }
  assert.ok(seen >= count);
}

test('the clients\' own abort reaches the backend, in the stream and before it', async (t) => {
  const [embedded] = sides as [Side];
  const gone = (since: number) => backend.next(({ done, aborted, id }) => done && aborted && id > since);
  const last = (): number => backend.exchanges.at(-1)?.id ?? 0;
  const shown: string[] = [];
  const measured = async (name: string, abort: (since: number) => Promise<() => void>): Promise<void> => {
    const since = last();
    const act = await abort(since);
    const startedMs = performance.now();
    const seen = gone(since);
    act();
    await seen;
    shown.push(`${name} ${(performance.now() - startedMs).toFixed(1)} ms`);
  };
  const asked = (prompt: string) => [{ role: 'user' as const, content: prompt }];
  await measured('openai stream', async () => {
    const stream = await openai(embedded.proxy.url).chat.completions.create({ model, messages: asked('endless'), stream: true });
    await stream[Symbol.asyncIterator]().next();
    return () => stream.controller.abort();
  });
  await measured('ollama stream', async () => {
    const stream = await new Ollama({ host: embedded.proxy.url }).chat({ model, messages: asked('endless'), stream: true });
    await stream[Symbol.asyncIterator]().next();
    return () => stream.abort();
  });
  await measured('openai before the first byte', async (since) => {
    const controller = new AbortController();
    const asking = openai(embedded.proxy.url).chat.completions.create({ model, messages: asked('late'), stream: true }, { signal: controller.signal });
    asking.catch(() => undefined);
    await backend.next(({ id, body }) => id > since && body.length > 0);
    return () => controller.abort();
  });
  await measured('openai whole answer', async (since) => {
    const controller = new AbortController();
    const asking = openai(embedded.proxy.url).chat.completions.create({ model, messages: asked('endless') }, { signal: controller.signal });
    asking.catch(() => undefined);
    await backend.next(({ id, tokensSent }) => id > since && tokensSent > 0);
    return () => controller.abort();
  });
  t.diagnostic(`abort seen by the backend after: ${shown.join(', ')}`);
});

const curlRun = promisify(execFile);
const curlHere = await curlRun('curl', ['--version']).then(() => true, () => false);

test('curl: streams, whole answers, HTTP/1.0, HEAD, a large body with Expect: 100-continue', { skip: curlHere ? false : 'there is no curl here' }, async () => {
  const [embedded] = sides as [Side];
  const curl = async (...args: string[]): Promise<string> => (await curlRun('curl', ['-sS', '--max-time', '10', ...args], { maxBuffer: 1 << 26 })).stdout;
  const body = JSON.stringify({ model, messages });
  const stream = async (...args: string[]): Promise<string> =>
    (await curl('-N', ...args, `${embedded.proxy.url}/api/chat`, '-d', body)).trimEnd().split('\n').map((line) => (JSON.parse(line) as { message: { content: string } }).message.content).join('');
  assert.equal(await stream(), RIGHT);
  assert.equal(await stream('--http1.0'), RIGHT);
  assert.equal(await stream('-H', 'Transfer-Encoding: chunked'), RIGHT);
  assert.match(await curl('-I', `${embedded.proxy.url}/api/tags`), /^HTTP\/1\.1 200 OK\r\n/);
  // Two requests of one curl share a connection.
  const twice = await curl('-v', '--stderr', '-', `${embedded.proxy.url}/api/version`, `${embedded.proxy.url}/api/version`);
  assert.match(twice, /Re-?using existing/i);
  const large = JSON.stringify({ model, messages: [{ role: 'system', content: 'x'.repeat(2_000_000) }, ...messages], stream: false });
  const asking = curlRun('curl', ['-sS', '-v', '--max-time', '10', `${embedded.proxy.url}/api/chat`, '-H', 'Expect: 100-continue', '--data-binary', '@-'], { maxBuffer: 1 << 26 });
  asking.child.stdin?.end(large);
  const { stdout, stderr } = await asking;
  assert.match(stderr, /< HTTP\/1\.1 100 Continue/);
  assert.equal((JSON.parse(stdout) as { message: { content: string } }).message.content, RIGHT);
});
