import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createBackend } from '../../src/app/backend/index.js';
import { createProxy, openRuleStore } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-patches-'));
after(() => rmSync(folder, { recursive: true }));

const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh end' }) });
const { port: backendPort } = await backend.start();
after(() => backend.stop());

let count = 0;

interface Sent {
  readonly path?: string;
  readonly body: object | string;
  readonly headers?: Record<string, string>;
}

/** Sends requests through a proxy with these patches; returns the bodies the backend got, and what was told. */
async function through(payloads: readonly object[], requests: readonly Sent[]): Promise<{ readonly bodies: readonly string[]; readonly applied: readonly string[]; readonly statistics: number }> {
  count += 1;
  const db = join(folder, `${count}.db`);
  const store = openRuleStore(db);
  payloads.forEach((payload, index) => store.add({ patch_type: 'prompt_modifier', name: `patch-${index}`, description: 'test', payload_json: payload as Record<string, unknown> }));
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${backendPort}`, db });
  const applied: string[] = [];
  proxy.on('behaviorPatchApplied', ({ id }) => applied.push(id));
  const { port } = await proxy.start();
  backend.forget();
  try {
    for (const { path = '/api/chat', body, headers = {} } of requests) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
      assert.match(await answer.text(), /te?he? end|error/);
    }
    return { bodies: backend.exchanges.map((exchange) => exchange.body.toString()), applied, statistics: proxy.statistics().behaviorPatchesApplied };
  } finally {
    await proxy.stop(0);
  }
}

const chat = (...messages: readonly object[]): object => ({ model: 'llama3', messages, stream: false });
const user = { role: 'user', content: 'hi' };

test('a prompt modifier adds system text and options, and the length is right', async () => {
  const patches = [{ rules: [{ system: { mode: 'append', text: 'Never guess a päth.' } }, { options: { temperature: 0 } }] }];
  const { bodies, applied, statistics } = await through(patches, [{ body: chat(user) }, { path: '/v1/chat/completions', body: chat({ role: 'system', content: 'Be kind.' }, user) }]);
  assert.deepEqual(bodies.map((body) => JSON.parse(body) as unknown), [
    { options: { temperature: 0 }, model: 'llama3', messages: [{ role: 'system', content: 'Never guess a päth.' }, user], stream: false },
    { temperature: 0, model: 'llama3', messages: [{ role: 'system', content: 'Be kind.\n\nNever guess a päth.' }, user], stream: false },
  ]);
  assert.deepEqual([applied, statistics], [['patch-0', 'patch-0'], 2]);
});

test('a patch is for its models, its route and its occasion only', async () => {
  const rules = [{ options: { seed: 1 } }];
  const body = JSON.stringify(chat(user));
  const none = await through([{ models: ['qwen*'], rules }, { when: { route: 'generate' }, rules }, { when: { after: 'navigation_error' }, rules }], [{ body }]);
  assert.deepEqual(none, { bodies: [body], applied: [], statistics: 0 });
  const all = await through([{ models: ['llama*'], rules }, { when: { route: 'chat' }, rules: [{ options: { top_k: 3 } }] }], [{ body }]);
  assert.deepEqual(all.applied, ['patch-0', 'patch-1']);
});

test('occasions: what was corrected before, a tool that failed, an answer without reasoning', async () => {
  const when = (after: string): object => ({ when: { after }, rules: [{ options: { seed: 1 } }] });
  const failed = chat(user, { role: 'assistant', content: '', tool_calls: [] }, { role: 'tool', content: 'ENOENT: no such file or directory' });
  const found = chat(user, { role: 'tool', content: 'contents' });
  assert.deepEqual((await through([when('navigation_error')], [{ body: found }, { body: failed }])).applied, ['patch-0']);
  const silent = chat(user, { role: 'assistant', content: 'x', thinking: '' }, user);
  assert.deepEqual((await through([when('empty_reasoning')], [{ body: found }, { body: silent }])).applied, ['patch-0']);
  // The first answer is corrected, so the second request is patched.
  const after = await through([when('hallucination')], [{ body: found }, { body: found }]);
  assert.equal('options' in (JSON.parse(after.bodies[0] as string) as object), false);
  assert.equal('options' in (JSON.parse(after.bodies[1] as string) as object), true);
});

test('an output filter applies on its route, to its models and on its occasion', async () => {
  const db = join(folder, 'filters.db');
  const store = openRuleStore(db);
  const filter = (when: object, value: string, replace: string): object => ({ ...when, rules: [{ match: 'literal', value, replace }] });
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  for (const payload of [
    filter({ when: { route: 'generate' } }, 'end', 'END'),
    filter({ when: { route: 'chat' }, models: ['qwen*'] }, 'end', 'fin'),
    filter({ when: { after: 'hallucination', route: 'ollama-chat' } }, 'end', 'finish'),
  ]) store.add({ patch_type: 'output_filter', payload_json: payload as Record<string, unknown> });
  store.close();
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${backendPort}`, db });
  const { port } = await proxy.start();
  const ask = async (agent: string, path: string, model: string, stream: boolean): Promise<string> => {
    const body = JSON.stringify({ model, stream, ...(path === '/api/chat' ? { messages: [user] } : { prompt: 'hi' }) });
    const answer = await (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers: { 'user-agent': agent } })).text();
    return answer.trim().split('\n').map((line) => JSON.parse(line) as { response?: string; message?: { content: string } }).map(({ response, message }) => response ?? message?.content ?? '').join('');
  };
  try {
    for (const stream of [true, false]) {
      assert.equal(await ask(`a${stream}`, '/api/generate', 'llama3', stream), 'the END');
      assert.equal(await ask(`b${stream}`, '/api/chat', 'llama3', stream), 'the end');
      // Its last answer was corrected.
      assert.equal(await ask(`b${stream}`, '/api/chat', 'llama3', stream), 'the finish');
      assert.equal(await ask(`c${stream}`, '/api/chat', 'qwen3', stream), 'the fin');
    }
  } finally {
    await proxy.stop(0);
  }
});

test('what cannot be read goes up as it came', async () => {
  const patches = [{ rules: [{ options: { seed: 1 } }] }];
  const noJson = '{"model":"llama3","messages":';
  const { bodies, applied } = await through(patches, [{ body: noJson }, { body: JSON.stringify(chat(user)), headers: { 'x-hotpatch-mode': 'observe' } }]);
  assert.deepEqual(bodies, [noJson, JSON.stringify(chat(user))]);
  assert.deepEqual(applied, []);
});

test('a body over requestBytes passes unpatched, and so does one that comes in chunks', async () => {
  const db = join(folder, 'large.db');
  const store = openRuleStore(db);
  store.add({ patch_type: 'prompt_modifier', payload_json: { rules: [{ options: { seed: 1 } }] } });
  store.close();
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${backendPort}`, db, limits: { requestBytes: 1_000 } });
  const { port } = await proxy.start();
  backend.forget();
  const large = JSON.stringify(chat({ role: 'user', content: 'x'.repeat(5_000) }));
  const small = JSON.stringify(chat(user));
  try {
    await (await fetch(`http://127.0.0.1:${port}/api/chat`, { method: 'POST', body: large })).text();
    for (const body of [large, small]) {
      const pieces = new ReadableStream({
        start(controller) {
          for (let at = 0; at < body.length; at += 100) controller.enqueue(Buffer.from(body.slice(at, at + 100)));
          controller.close();
        },
      });
      await (await fetch(`http://127.0.0.1:${port}/api/chat`, { method: 'POST', body: pieces, duplex: 'half' })).text();
    }
    const got = backend.exchanges.map((exchange) => exchange.body.toString());
    assert.deepEqual(got.slice(0, 2), [large, large]);
    assert.deepEqual(JSON.parse(got[2] as string), { options: { seed: 1 }, ...(JSON.parse(small) as object) });
    assert.equal(backend.exchanges[2]?.headers['transfer-encoding'], undefined);
  } finally {
    await proxy.stop(0);
  }
});
