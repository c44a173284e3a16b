import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { LLMock } from '@copilotkit/aimock';
import { type AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { ChatOllama, Ollama as OllamaCompletion } from '@langchain/ollama';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { type Answer, type Backend, type BackendRequest, createBackend } from '../../src/app/backend/index.js';
import { rule, type RunningProxy, startProxy } from '../helpers/proxy.js';

/** The frameworks people build on: each puts the answer together its own way, and every copy it keeps is the corrected one. */

const TEXT = 'Run `npm run biuld` in `src/mian.ts`, then teh quick test (version 1.2.3) beside `src/router.ts`, and `npm run biuld` again: “naïve” 🦊 end.';
const RIGHT = 'Run `npm run build` in `src/main.ts`, then the quick test (version v1-2-3) beside `src/router.ts`, and `npm run build` again: “naïve” 🦊 end.';
const [THINKING, THOUGHT] = ['They want teh build, as I see it.', 'They want the build, as I see it.'];
const RULES = [
  rule('npm run biuld', 'npm run build'),
  rule('\\bteh\\b', 'the', { match: 'regex' }),
  rule('version (\\d)\\.(\\d)\\.(\\d)', 'version v$1-$2-$3', { match: 'regex', expand: true }),
];
const WRONG_CALL = { path: 'src/mian.ts', note: 'see src/mian.ts', lines: [1, 2] };
const RIGHT_CALL = { ...WRONG_CALL, path: 'src/main.ts' };
const WRITTEN = { path: 'src/new-file.ts', content: 'import "./src/mian.ts"; // teh biuld\n' };
const CALLS = [{ name: 'read_file', arguments: WRONG_CALL }, { name: 'write_file', arguments: WRITTEN }];
/** The mock answers by these words too. */
const [PROMPT, CALL] = ['say it', 'call them'];
const model = 'gpt-4o';

const schema = { type: 'object' as const, properties: { path: { type: 'string' as const, description: 'Path of the file.' } } };
const offered = ['read_file', 'write_file'].map((name) => ({ type: 'function' as const, function: { name, description: 'Works on a file.', parameters: schema } }));

interface Side {
  readonly name: string;
  readonly proxy: RunningProxy;
}

let backend: Backend;
let mock: LLMock;
let workspace: string;
let cut: Pick<Answer, 'seed' | 'unitTokens'> = {};
const sides: Side[] = [];

function answer({ prompt, messages }: BackendRequest): Answer {
  const result = messages.find(({ role }) => role === 'tool');
  if (result !== undefined) return { text: `It says: ${result.content}; teh end.`, ...cut };
  if (prompt === CALL) return { text: TEXT, thinking: THINKING, toolCalls: CALLS, ...cut };
  if (prompt === 'read only') return { toolCalls: CALLS.slice(0, 1), ...cut };
  return { text: TEXT, thinking: THINKING, ...cut };
}

before(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'hotpatch-sdks-'));
  mkdirSync(join(workspace, 'src'));
  for (const file of ['src/main.ts', 'src/router.ts', 'README.md']) writeFileSync(join(workspace, file), '');
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: answer });
  const { port } = await backend.start();
  mock = new LLMock({ port: 0, chunkSize: 3, latency: 0 });
  mock.onMessage(CALL, { toolCalls: CALLS.map(({ name, arguments: json }) => ({ name, arguments: JSON.stringify(json) })) });
  mock.onMessage(PROMPT, { content: TEXT });
  await mock.start();
  for (const [name, upstream] of [['embedded', `http://127.0.0.1:${port}`], ['aimock', mock.url]] as const) {
    const proxy = await startProxy({ upstream, rules: RULES, config: { workspaces: [workspace] } });
    await proxy.proxy.files.complete;
    sides.push({ name, proxy });
  }
});

after(async () => {
  for (const { proxy } of sides) await proxy.stop();
  await mock.stop();
  await backend.stop();
  rmSync(workspace, { recursive: true, force: true });
});

/** Each backend, the embedded one with its answer cut in several ways: what a client puts together does not depend on it. */
async function everywhere(ask: (url: string, embedded: boolean) => Promise<void>): Promise<void> {
  for (const { name, proxy } of sides) {
    const cuts = name === 'embedded' ? [{ seed: 1 }, { seed: 2 }, { seed: 3 }, { unitTokens: true }] : [{}];
    for (cut of cuts) await ask(proxy.url, name === 'embedded');
  }
}

const vercel = (url: string) => createOpenAICompatible({ name: 'local', baseURL: `${url}/v1`, apiKey: 'k', includeUsage: true });
/** Without `execute` the calls are handed to the caller as they came. */
const tools = { read_file: tool({ description: 'Reads a file.', inputSchema: jsonSchema(schema) }), write_file: tool({ description: 'Writes a file.', inputSchema: jsonSchema(schema) }) };
const fatal = { maxRetries: 0, onError: ({ error }: { error: unknown }) => assert.fail(String(error)) };

test('ai: a chat stream, its deltas and each of its final copies', async () => {
  await everywhere(async (url, embedded) => {
    const result = streamText({ model: vercel(url).chatModel(model), prompt: PROMPT, ...fatal });
    let [text, reasoning] = ['', ''];
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'reasoning-delta') reasoning += part.text;
    }
    const [step] = await result.steps;
    assert.deepEqual([text, await result.text, step?.text], [RIGHT, RIGHT, RIGHT]);
    const { messages } = await result.response;
    assert.deepEqual(partsOf(messages, 'text'), [RIGHT]);
    if (embedded) assert.deepEqual([reasoning, await result.reasoningText, partsOf(messages, 'reasoning')], [THOUGHT, THOUGHT, [THOUGHT]]);
    assert.equal(await result.finishReason, 'stop');
    assert.ok(((await result.usage).outputTokens ?? 0) > 0);
  });
});

function partsOf(messages: readonly { readonly content: string | readonly { readonly type: string; readonly text?: string }[] }[], type: string): (string | undefined)[] {
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content.filter((part) => part.type === type).map(({ text }) => text)));
}

function inputsOf(messages: readonly { readonly content: string | readonly { readonly type: string; readonly input?: unknown }[] }[]): unknown[] {
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool-call').map(({ input }) => input)));
}

test('ai: a whole chat answer, and a completion streamed and whole', async () => {
  await everywhere(async (url, embedded) => {
    const whole = await generateText({ model: vercel(url).chatModel(model), prompt: PROMPT, maxRetries: 0 });
    assert.deepEqual([whole.text, partsOf(whole.response.messages, 'text')], [RIGHT, [RIGHT]]);
    // The mock does not speak completions.
    if (!embedded) return;
    assert.equal(whole.reasoningText, THOUGHT);
    const completion = streamText({ model: vercel(url).completionModel(model), prompt: PROMPT, ...fatal });
    let text = '';
    for await (const piece of completion.textStream) text += piece;
    // This route gets the prompt as a transcript ("user: …"), so the script answers it like any other.
    assert.deepEqual([text, await completion.text], [RIGHT, RIGHT]);
    assert.equal((await generateText({ model: vercel(url).completionModel(model), prompt: PROMPT, maxRetries: 0 })).text, RIGHT);
  });
});

test('ai: tool calls of a stream and of a document, in every copy', async () => {
  await everywhere(async (url, embedded) => {
    const result = streamText({ model: vercel(url).chatModel(model), prompt: CALL, tools, ...fatal });
    const deltas = new Map<string, string>();
    for await (const part of result.fullStream) if (part.type === 'tool-input-delta') deltas.set(part.id, (deltas.get(part.id) ?? '') + part.delta);
    assert.deepEqual([...deltas.values()].map((json): unknown => JSON.parse(json)), [RIGHT_CALL, WRITTEN]);
    assert.deepEqual((await result.toolCalls).map(({ input }) => input), [RIGHT_CALL, WRITTEN]);
    const whole = await generateText({ model: vercel(url).chatModel(model), prompt: CALL, tools, maxRetries: 0 });
    assert.deepEqual(whole.toolCalls.map(({ input }) => input), [RIGHT_CALL, WRITTEN]);
    for (const { messages } of [await result.response, whole.response]) assert.deepEqual(inputsOf(messages), [RIGHT_CALL, WRITTEN]);
    if (embedded) assert.deepEqual([await result.text, whole.text], [RIGHT, RIGHT]);
  });
});

test('ai: a loop of steps runs the tool with the right path and reads on', async () => {
  const read: unknown[] = [];
  const reader = { read_file: tool({ description: 'Reads a file.', inputSchema: jsonSchema<{ path: string }>(schema), execute: ({ path }) => (read.push(path), `contents of ${path}`) }) };
  const [embedded] = sides as [Side];
  const asked = { model: vercel(embedded.proxy.url).chatModel(model), prompt: 'read only', tools: reader, stopWhen: stepCountIs(3), maxRetries: 0 };
  const whole = await generateText(asked);
  assert.deepEqual([whole.steps.length, whole.text], [2, 'It says: contents of src/main.ts; the end.']);
  const streamed = streamText({ ...asked, ...fatal });
  assert.equal(await streamed.text, 'It says: contents of src/main.ts; the end.');
  assert.deepEqual(read, ['src/main.ts', 'src/main.ts']);
});

const langchain = (baseUrl: string, think = false): ChatOllama => new ChatOllama({ baseUrl, model, think, maxRetries: 0 });

async function accumulated(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let all: AIMessageChunk | null = null;
  for await (const chunk of stream) all = all === null ? chunk : all.concat(chunk);
  assert.ok(all !== null);
  return all;
}

test('langchain: a chat streamed and whole, thinking beside it', async () => {
  await everywhere(async (url, embedded) => {
    const asked = [new HumanMessage(PROMPT)];
    for (const message of [await accumulated(await langchain(url).stream(asked)), await langchain(url).invoke(asked)]) {
      assert.equal(message.content, RIGHT);
      assert.equal(message.response_metadata['done_reason'], 'stop');
    }
    if (!embedded) return;
    const thinking = await accumulated(await langchain(url, true).stream(asked));
    assert.deepEqual([thinking.content, thinking.additional_kwargs['reasoning_content']], [RIGHT, THOUGHT]);
  });
});

test('langchain: a completion streamed and whole', async () => {
  const [embedded] = sides as [Side];
  for (cut of [{ seed: 1 }, { unitTokens: true }]) {
    const llm = new OllamaCompletion({ baseUrl: embedded.proxy.url, model, maxRetries: 0 });
    let text = '';
    for await (const piece of await llm.stream(PROMPT)) text += piece;
    // This class hands on thinking and text as one.
    assert.deepEqual([text, await llm.invoke(PROMPT)], [THOUGHT + RIGHT, THOUGHT + RIGHT]);
  }
});

test('langchain: tool calls streamed and whole', async () => {
  await everywhere(async (url) => {
    const bound = langchain(url).bindTools(offered);
    for (const message of [await accumulated(await bound.stream([new HumanMessage(CALL)])), await bound.invoke([new HumanMessage(CALL)])]) {
      assert.deepEqual(message.tool_calls?.map(({ name, args }) => [name, args]), [['read_file', RIGHT_CALL], ['write_file', WRITTEN]]);
    }
  });
});

test('openai: its own accumulators of a chat stream, of calls, and its loop of tools', async () => {
  const read: string[] = [];
  await everywhere(async (url, embedded) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 });
    const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });
    const stream = client.chat.completions.stream(ask(PROMPT));
    let text = '';
    stream.on('content', (delta) => (text += delta));
    assert.deepEqual([await stream.finalContent(), text], [RIGHT, RIGHT]);
    const { choices } = await client.chat.completions.stream({ ...ask(CALL), tools: offered }).finalChatCompletion();
    assert.deepEqual(choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? (JSON.parse(call.function.arguments) as unknown) : null)), [RIGHT_CALL, WRITTEN]);
    if (!embedded) return;
    const call = (json: string): string => {
      const { path } = JSON.parse(json) as { path: string };
      read.push(path);
      return `contents of ${path}`;
    };
    const runner = client.chat.completions.runTools({ ...ask('read only'), stream: true, tools: [{ type: 'function', function: { name: 'read_file', description: 'Reads a file.', parameters: schema, function: call } }] });
    assert.equal(await runner.finalContent(), 'It says: contents of src/main.ts; the end.');
  });
  assert.deepEqual([...new Set(read)], ['src/main.ts']);
});
