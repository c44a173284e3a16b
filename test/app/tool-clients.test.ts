import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type AnswerScript, type Backend, createBackend } from '../../src/app/backend/index.js';
import { type RunningProxy, startProxy } from '../helpers/proxy.js';

/** Real clients parse tool calls that went through the proxy: the wrong path of a reader is right, everything else as it was. */

const WRONG = { path: 'src/mian.ts', note: 'see src/mian.ts', lines: [1, 2] };
const RIGHT = { ...WRONG, path: 'src/main.ts' };
const WRITTEN = { path: 'src/mian.ts', content: 'import "./src/mian.ts";\n' };
const prompt = 'Read the main file.';
const model = 'm';
const parameters = { type: 'object' as const, properties: { path: { type: 'string', description: 'Path of the file.' } } };
const tools = [{ type: 'function' as const, function: { name: 'read_file', description: 'Reads a file.', parameters } }];
const messages = [{ role: 'user' as const, content: prompt }];

const CALLS: AnswerScript = () => ({ toolCalls: [{ name: 'read_file', arguments: WRONG }, { name: 'write_file', arguments: WRITTEN }] });

let backend: Backend;
let running: RunningProxy;
let workspace: string;

before(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'hotpatch-tools-'));
  mkdirSync(join(workspace, 'src'));
  for (const file of ['src/main.ts', 'src/router.ts', 'README.md']) writeFileSync(join(workspace, file), '');
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: CALLS });
  const { port } = await backend.start();
  running = await startProxy({ upstream: port, config: { workspaces: [workspace] } });
  await running.proxy.files.complete;
});

after(async () => {
  await running.stop();
  await backend.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const openai = (): OpenAI => new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'k', maxRetries: 0 });

test('ollama: calls of a stream and of a document', async () => {
  const client = new Ollama({ host: running.url });
  const called: unknown[] = [];
  for await (const { message } of await client.chat({ model, messages, tools, stream: true })) for (const call of message.tool_calls ?? []) called.push(call.function.arguments);
  assert.deepEqual(called, [RIGHT, WRITTEN]);
  const { message } = await client.chat({ model, messages, tools, stream: false });
  assert.deepEqual(message.tool_calls?.map((call) => call.function.arguments), [RIGHT, WRITTEN]);
});

test('openai chat: calls of a stream and of a document', async () => {
  const called: string[] = [];
  for await (const { choices } of await openai().chat.completions.create({ model, messages, tools, stream: true })) {
    for (const { index, function: part } of choices[0]?.delta.tool_calls ?? []) called[index] = (called[index] ?? '') + (part?.arguments ?? '');
  }
  assert.deepEqual(called.map((json) => JSON.parse(json) as unknown), [RIGHT, WRITTEN]);
  const { choices } = await openai().chat.completions.create({ model, messages, tools });
  const whole = choices[0]?.message.tool_calls?.map((call) => (call.type === 'function' ? (JSON.parse(call.function.arguments) as unknown) : null));
  assert.deepEqual(whole, [RIGHT, WRITTEN]);
});

test('openai responses: calls of a stream, with their copies, and of a document', async () => {
  const asked = { model, input: prompt, tools: [{ type: 'function' as const, name: 'read_file', description: 'Reads a file.', parameters, strict: false }] };
  const called = new Map<string, string>();
  let completed: unknown[] = [];
  for await (const event of await openai().responses.create({ ...asked, stream: true })) {
    if (event.type === 'response.function_call_arguments.delta') called.set(event.item_id, (called.get(event.item_id) ?? '') + event.delta);
    if (event.type === 'response.completed') completed = event.response.output.flatMap((item) => (item.type === 'function_call' ? [JSON.parse(item.arguments) as unknown] : []));
  }
  assert.deepEqual([...called.values()].map((json) => JSON.parse(json) as unknown), [RIGHT, WRITTEN]);
  assert.deepEqual(completed, [RIGHT, WRITTEN]);
  const { output } = await openai().responses.create(asked);
  assert.deepEqual(output.flatMap((item) => (item.type === 'function_call' ? [JSON.parse(item.arguments) as unknown] : [])), [RIGHT, WRITTEN]);
});

test('openai responses: a call of a tool in a namespace', async () => {
  const toolsOf = (name: string): OpenAI.Responses.NamespaceTool => ({ type: 'namespace', name, description: 'x', tools: [{ type: 'function', name: 'get_file', description: 'Gets a file.', parameters, strict: false }] });
  const asked = { model, input: prompt, tools: [toolsOf('mcp__files'), toolsOf('mcp__github')] };
  const offered: (readonly string[])[] = [];
  backend.setAnswers(({ tools: names }) => {
    offered.push(names);
    return { toolCalls: ['mcp__files', 'mcp__github'].map((namespace) => ({ namespace, name: 'get_file', arguments: WRONG })) };
  });
  const responses = [await openai().responses.create(asked)];
  for await (const event of await openai().responses.create({ ...asked, stream: true })) if (event.type === 'response.completed') responses.push(event.response);
  backend.setAnswers(CALLS);
  for (const { output } of responses) {
    const called = output.flatMap((item) => (item.type === 'function_call' ? [[item.namespace, item.name, JSON.parse(item.arguments) as unknown]] : []));
    assert.deepEqual(called, [['mcp__files', 'get_file', RIGHT], ['mcp__github', 'get_file', WRONG]]);
  }
  assert.deepEqual(offered, Array.from({ length: 2 }, () => ['mcp__files__get_file', 'mcp__github__get_file']));
});

test('anthropic: calls of a stream and of a document', async () => {
  const client = new Anthropic({ baseURL: running.url, apiKey: 'k', maxRetries: 0 });
  const asked = { model, max_tokens: 100, messages, tools: [{ name: 'read_file', description: 'Reads a file.', input_schema: parameters }] };
  for (const { content } of [await client.messages.stream(asked).finalMessage(), await client.messages.create(asked)]) {
    assert.deepEqual(content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : [])), [RIGHT, WRITTEN]);
  }
});

test('what was mended in arguments is in both logs', async () => {
  await running.proxy.stop(0);
  const log = (name: string): string => readFileSync(join(running.logDir, name), 'utf8');
  assert.match(log('corrections.log'), /Type: invalid_path .*Detected: src\/mian\.ts \| Corrected: src\/main\.ts \| Action: replace/);
  assert.match(log('navigation_fixes.log'), /From: src\/mian\.ts \| To: src\/main\.ts/);
});
