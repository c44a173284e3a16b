import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { LLMock } from '@copilotkit/aimock';
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
const PROMPT = 'say it';
const model = 'gpt-4o';
const claude = 'claude-test';
const messages = [{ role: 'user' as const, content: PROMPT }];

interface Side {
  readonly name: string;
  readonly url: string;
  readonly proxy: RunningProxy;
}

let backend: Backend;
let mock: LLMock;
const sides: Side[] = [];

before(async () => {
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: ({ prompt }) => (prompt === 'tool' ? { text: TEXT, toolCalls: [{ name: 'shell', arguments: { command: 'echo' } }] } : { text: TEXT, thinking: THINKING }) });
  const { port } = await backend.start();
  mock = new LLMock({ port: 0, chunkSize: 3, latency: 0 });
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

const openai = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'test', maxRetries: 0 });
const anthropic = (url: string): Anthropic => new Anthropic({ baseURL: url, apiKey: 'test', maxRetries: 0 });

/** What differs from one answer to the next, whoever gives it. */
const PASSING = new Set(['id', 'item_id', 'created', 'created_at', 'completed_at', '_request_id', 'system_fingerprint', 'obfuscation']);

/** All that a client was told, with its texts told apart: whatever else there is must be the backend's. */
interface Told {
  /** The text, each time it was told as a whole. */
  readonly texts: readonly string[];
  readonly rest: unknown;
}

function told(texts: readonly string[], all: unknown): Told {
  const rest: unknown = JSON.parse(JSON.stringify(all, (key, value: unknown) => (PASSING.has(key) ? undefined : (key === 'text' || key === 'delta' || key === 'output_text') && typeof value === 'string' ? '' : value)));
  return { texts, rest };
}

async function completionsStream(url: string): Promise<Told> {
  const all = [];
  for await (const chunk of await openai(url).completions.create({ model, prompt: PROMPT, stream: true, stream_options: { include_usage: true } })) all.push(chunk);
  return told([all.map((chunk) => chunk.choices[0]?.text ?? '').join('')], all);
}

async function completionsWhole(url: string): Promise<Told> {
  const completion = await openai(url).completions.create({ model, prompt: PROMPT });
  return told([completion.choices[0]?.text ?? ''], completion);
}

async function responsesStream(url: string): Promise<Told> {
  const all: OpenAI.Responses.ResponseStreamEvent[] = [];
  const texts: string[] = [];
  let deltas = '';
  const stream = openai(url).responses.stream({ model, input: PROMPT });
  for await (const event of stream) {
    all.push(event);
    if (event.type === 'response.output_text.delta') deltas += event.delta;
    if (event.type === 'response.output_text.done') texts.push(event.text);
    if (event.type === 'response.content_part.done' && event.part.type === 'output_text') texts.push(event.part.text);
    if (event.type === 'response.output_item.done') texts.push(...textsOf([event.item]));
    if (event.type === 'response.completed') texts.push(...textsOf(event.response.output));
  }
  // The SDK's own accumulation.
  texts.push((await stream.finalResponse()).output_text);
  // The mock does not number its events.
  if (all.some((event) => event.sequence_number !== undefined)) assert.deepEqual(all.map((event) => event.sequence_number), all.map((_, index) => index));
  return told([deltas, ...texts], all);
}

function textsOf(output: readonly OpenAI.Responses.ResponseOutputItem[]): string[] {
  return output.flatMap((item) => (item.type === 'message' ? item.content.flatMap((part) => (part.type === 'output_text' ? [part.text] : [])) : []));
}

async function responsesWhole(url: string): Promise<Told> {
  const response = await openai(url).responses.create({ model, input: PROMPT });
  return told([response.output_text, ...textsOf(response.output)], response);
}

async function messagesStream(url: string): Promise<Told> {
  const all: Anthropic.MessageStreamEvent[] = [];
  let deltas = '';
  const stream = anthropic(url).messages.stream({ model: claude, max_tokens: 1_000, messages });
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') deltas += event.delta.text;
    all.push(event);
  }
  return told([deltas, await stream.finalText()], all);
}

async function messagesWhole(url: string): Promise<Told> {
  const message = await anthropic(url).messages.create({ model: claude, max_tokens: 1_000, messages });
  return told(message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])), message);
}

const CALLS = { responsesStream, responsesWhole, messagesStream, messagesWhole, completionsStream, completionsWhole };
/** What the mock does not speak. */
const EMBEDDED_ONLY: readonly string[] = ['completionsStream', 'completionsWhole'];

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: every text is the corrected one, all else is the backend's`, async () => {
    for (const side of sides) {
      if (side.name !== 'embedded' && EMBEDDED_ONLY.includes(name)) continue;
      const direct = await call(side.url);
      const corrected = await call(side.proxy.url);
      assert.deepEqual(direct.texts, direct.texts.map(() => TEXT), side.name);
      assert.deepEqual(corrected.texts, direct.texts.map(() => RIGHT), side.name);
      assert.ok(corrected.texts.length > 0);
      assert.deepEqual(corrected.rest, direct.rest, side.name);
    }
  });
}

test('anthropic: signed thinking is left alone, with the text beside it corrected', async () => {
  const [embedded] = sides as [Side];
  const ask = { model: claude, max_tokens: 2_000, messages, thinking: { type: 'enabled' as const, budget_tokens: 1_024 } };
  const streamed = await anthropic(embedded.proxy.url).messages.stream(ask).finalMessage();
  const whole = await anthropic(embedded.proxy.url).messages.create(ask);
  for (const { content } of [streamed, whole]) {
    assert.deepEqual(content.map((block) => (block.type === 'thinking' ? block.thinking : block.type === 'text' ? block.text : block.type)), [THINKING, RIGHT]);
    assert.ok(content[0]?.type === 'thinking' && content[0].signature !== '');
  }
});

test('a call behind the text: its block and its arguments arrive, the text is corrected', async () => {
  const [embedded] = sides as [Side];
  const asked = [{ role: 'user' as const, content: 'tool' }];
  const message = await anthropic(embedded.proxy.url).messages.stream({ model: claude, max_tokens: 1_000, messages: asked }).finalMessage();
  assert.deepEqual(message.content.map((block) => (block.type === 'text' ? block.text : block.type === 'tool_use' ? block.input : null)), [RIGHT, { command: 'echo' }]);
  assert.equal(message.stop_reason, 'tool_use');
  const stream = openai(embedded.proxy.url).responses.stream({ model, input: 'tool' });
  const response = await stream.finalResponse();
  assert.equal(response.output_text, RIGHT);
  assert.deepEqual(response.output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : [])), ['{"command":"echo"}']);
});

test('responses: a reasoning summary is corrected in all its copies', async () => {
  const [embedded] = sides as [Side];
  const seen: string[] = [];
  let deltas = '';
  for await (const event of openai(embedded.proxy.url).responses.stream({ model, input: PROMPT })) {
    if (event.type === 'response.reasoning_summary_text.delta') deltas += event.delta;
    if (event.type === 'response.reasoning_summary_text.done') seen.push(event.text);
    if (event.type === 'response.reasoning_summary_part.done') seen.push(event.part.text);
    if (event.type === 'response.completed') for (const item of event.response.output) if (item.type === 'reasoning') seen.push(...item.summary.map(({ text }) => text));
  }
  const right = THINKING.replace('teh', 'the');
  assert.deepEqual([deltas, ...seen], [right, right, right, right]);
});

test('errors of the backend pass in each protocol\'s shape', async () => {
  const [embedded] = sides as [Side];
  const wrong = { model: claude, messages, max_tokens: 0 };
  for (const url of [embedded.url, embedded.proxy.url]) {
    const refused: unknown = await anthropic(url).messages.create(wrong).catch((error: unknown) => error);
    assert.ok(refused instanceof Anthropic.APIError);
    assert.deepEqual([refused.status, (refused.error as { error: { type: string } }).error.type], [400, 'invalid_request_error']);
    const responses: unknown = await openai(url).responses.create({ model, input: [] }).catch((error: unknown) => error);
    assert.ok(responses instanceof OpenAI.APIError);
    assert.equal(responses.status, 400);
  }
});
