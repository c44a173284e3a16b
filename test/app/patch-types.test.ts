import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Answer, createBackend } from '../../src/app/backend/index.js';
import { runRules } from '../../src/app/rules-command.js';
import { createProxy, openRuleStore, type Proxy } from '../../src/index.js';
import { seedRules } from '../../src/core/rules/seed-rules.js';

/** Each type of patch from the database to what the backend received or the client got, over every dialect, streamed and whole. */

/** Ids go on behind those of the seed rules. */
const SEEDS = seedRules().length;
const folder = mkdtempSync(join(tmpdir(), 'hotpatch-patch-types-'));
after(() => rmSync(folder, { recursive: true }));

let answer: Answer = {};
const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => answer });
const { port: backendPort } = await backend.start();
after(() => backend.stop());

let count = 0;
const newDb = (): string => join(folder, `${(count += 1)}.db`);

type Patch = { readonly patch_type: string; readonly payload_json: object | string; readonly name?: string };

function dbWith(...patches: readonly Patch[]): string {
  const db = newDb();
  const store = openRuleStore(db);
  for (const patch of patches) store.add(patch as Parameters<typeof store.add>[0]);
  store.close();
  return db;
}

async function withProxy(db: string, use: (proxy: Proxy, port: number) => Promise<void>, files: readonly string[] = ['src/main.ts', 'src/lib/text.ts']): Promise<void> {
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${backendPort}`, db, files });
  const { port } = await proxy.start();
  try {
    await use(proxy, port);
  } finally {
    await proxy.stop(0);
  }
}

interface Json {
  readonly [key: string]: Json & string & Json[];
}

interface Api {
  readonly name: string;
  readonly path: string;
  readonly request: object;
  /** Of one event of a stream, and of a document. */
  readonly text: readonly [streamed: (event: Json) => string | undefined, whole: (document: Json) => string | undefined];
  readonly thinking: readonly [streamed: (event: Json) => string | undefined, whole: (document: Json) => string | undefined];
}

const messages = [{ role: 'user', content: 'What is in src/main.ts of this repository?' }];
const none = (): undefined => undefined;
const APIS: readonly Api[] = [
  { name: 'Ollama chat', path: '/api/chat', request: { messages }, text: [(e) => e.message?.content, (e) => e.message?.content], thinking: [(e) => e.message?.thinking, (e) => e.message?.thinking] },
  { name: 'Ollama generate', path: '/api/generate', request: { prompt: messages[0]?.content }, text: [(e) => e.response, (e) => e.response], thinking: [(e) => e.thinking, (e) => e.thinking] },
  { name: 'OpenAI chat', path: '/v1/chat/completions', request: { messages }, text: [(e) => e.choices?.[0]?.delta?.content, (e) => e.choices?.[0]?.message?.content], thinking: [(e) => e.choices?.[0]?.delta?.reasoning_content, (e) => e.choices?.[0]?.message?.reasoning_content] },
  { name: 'OpenAI completions', path: '/v1/completions', request: { prompt: 'x' }, text: [(e) => e.choices?.[0]?.text, (e) => e.choices?.[0]?.text], thinking: [none, none] },
  {
    name: 'OpenAI Responses', path: '/v1/responses', request: { input: messages[0]?.content },
    text: [(e) => (e.type === 'response.output_text.delta' ? e.delta : undefined), (e) => e.output?.find((item) => item.type === 'message')?.content?.[0]?.text],
    thinking: [none, none],
  },
  {
    name: 'Anthropic', path: '/v1/messages', request: { messages, max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 } },
    text: [(e) => e.delta?.text, (e) => e.content?.find((block) => block.type === 'text')?.text],
    thinking: [(e) => e.delta?.thinking, (e) => e.content?.find((block) => block.type === 'thinking')?.thinking],
  },
];

interface Got {
  readonly text: string;
  readonly thinking: string;
  readonly raw: string;
}

async function ask(port: number, api: Api, stream: boolean, more: object = {}, model = 'llama3'): Promise<Got> {
  const response = await fetch(`http://127.0.0.1:${port}${api.path}`, { method: 'POST', body: JSON.stringify({ model, ...api.request, stream, ...more }), headers: { 'content-type': 'application/json' } });
  const raw = await response.text();
  assert.equal(response.status, 200, raw);
  const events = raw.split('\n').map((line) => line.replace(/^data: /, '')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Json);
  const all = (read: Api['text']): string => events.map((event) => read[stream ? 0 : 1](event) ?? '').join('');
  return { text: all(api.text), thinking: all(api.thinking), raw };
}

/** Completions are raw text, to which nothing is added: there a check that failed is reported. */
const isRaw = (api: Api): boolean => api.path === '/v1/completions';

describe('each type of patch, end to end', () => {
  for (const api of APIS) {
    for (const stream of [true, false]) {
      const how = `${api.name}, ${stream ? 'streamed' : 'whole'}`;

      test(`prompt_modifier: ${how}: what the backend received`, async () => {
        answer = { text: 'so' };
        const db = dbWith({ patch_type: 'prompt_modifier', payload_json: { rules: [{ system: { mode: 'append', text: 'Be exact.' } }, { options: { seed: 7 } }] } });
        await withProxy(db, async (_, port) => {
          backend.forget();
          await ask(port, api, stream);
          const body = JSON.parse(backend.exchanges[0]?.body.toString() ?? '') as Json;
          assert.equal(api.path.startsWith('/api/') ? body.options?.['seed'] : body.seed, 7);
          const system = body.system ?? body.instructions ?? body.messages?.find(({ role }) => role === 'system')?.content;
          assert.equal(system, isRaw(api) ? undefined : 'Be exact.');
        });
      });

      test(`output_filter: ${how}: what the client got`, async () => {
        answer = { text: 'so teh end', thinking: 'Hm, teh thought.' };
        const db = dbWith({ patch_type: 'output_filter', payload_json: { rules: [{ match: 'literal', value: 'teh', replace: 'the' }] } }, { patch_type: 'output_filter', payload_json: { models: ['llama*'], rules: [{ drop: 'thinking' }] } });
        await withProxy(db, async (proxy, port) => {
          const applied: string[] = [];
          proxy.on('behaviorPatchApplied', ({ id }) => applied.push(id));
          const got = await ask(port, api, stream);
          assert.equal(got.text, 'so the end');
          // Anthropic's thinking is signed.
          assert.equal(got.thinking, api.name === 'Anthropic' ? 'Hm, teh thought.' : '');
          if (api.name !== 'Anthropic') assert.ok(!got.raw.includes('thought'), got.raw);
          // Another model's stays.
          const other = await ask(port, api, stream, {}, 'qwen3');
          assert.equal(api.name === 'OpenAI Responses' ? /thought/.test(other.raw) : other.thinking !== '', backendThinks(api));
          assert.deepEqual(applied, backendThinks(api) && api.name !== 'Anthropic' ? [`patch:${SEEDS + 2}`] : []);
        });
      });

      test(`validator: ${how}: what the client got`, async () => {
        const checks = ['paths', 'json', 'reasoning_present'];
        const db = dbWith({ patch_type: 'validator', name: 'checks', payload_json: { when: { route: 'chat' }, rules: [{ check: 'json' }] } }, { patch_type: 'validator', name: 'all', payload_json: { rules: checks.map((check) => ({ check, action: 'annotate' })) } });
        await withProxy(db, async (proxy, port) => {
          const told: string[] = [];
          proxy.on('hallucinationDetected', ({ rule, action }) => rule !== null && told.push(`${rule} ${action}`));
          answer = { text: 'So:\n```json\n{"a":1,}\n```\nas `src/nowhere/at-all.ts` has it.' };
          const { text } = await ask(port, api, stream);
          const done = isRaw(api) ? 'report' : 'annotate';
          const ownToo = ['/api/chat', '/v1/chat/completions'].includes(api.path) ? ['checks/0 report'] : [];
          // Nothing ties these requests to the workspace, so that no path is said to be missing.
          assert.deepEqual(told.sort(), ['all/0 report', `all/1 ${done}`, `all/2 ${done}`, ...ownToo]);
          if (!isRaw(api)) assert.match(text, /it\.\n\n\[The JSON of this answer is not valid\.\]\n\n\[This answer came without reasoning\.\]$/);
          answer = { text: '{"a":1}', thinking: 'Hm.' };
          told.length = 0;
          const sound = await ask(port, api, stream);
          // Completions have no reasoning to be told of.
          assert.deepEqual([sound.text, told], ['{"a":1}', backendThinks(api) ? [] : ['all/2 report']]);
        });
      });
    }
  }
});

/** Whether the embedded backend gives its thinking in this protocol. */
function backendThinks(api: Api): boolean {
  return !isRaw(api);
}

test('a malformed patch is told of and skipped, and the others work', async () => {
  const good = { patch_type: 'output_filter', payload_json: { rules: [{ match: 'literal', value: 'teh', replace: 'the' }] } };
  const db = dbWith(good);
  const { default: Sqlite } = await import('better-sqlite3');
  const raw = new Sqlite(db);
  const insert = raw.prepare('INSERT INTO behavior_patches (id, patch_type, payload_json) VALUES (?, ?, ?)');
  const BAD: readonly (readonly [string | null, string | null, RegExp])[] = [
    ['validator', '{"rules":[{"check":"spelling"}]}', /patch:100 .*check must be one of paths, json, reasoning_present/],
    ['validator', '{"rules":[{"check":"json","action":"delete"}]}', /patch:101 .*action must be one of report, annotate/],
    ['output_filter', '{"rules":[{"drop":"answer"}]}', /patch:102 .*drop must be one of thinking/],
    ['output_filter', '{"rules":[]}', /patch:103 .*rules must be a list with at least one element/],
    ['prompt_modifier', '{"rules":', /patch:104 .*payload_json/],
    ['rewriter', '{"rules":[{}]}', /patch:105 .*patch_type must be one of/],
    ['validator', '{"when":{"after":"lunch"},"rules":[{"check":"json"}]}', /patch:106 .*when\.after must be one of/],
    ['validator', null, /patch:107 .*payload_json/],
  ];
  BAD.forEach(([type, payload], index) => insert.run(100 + index, type, payload));
  insert.run(200, 'validator', '{"rules":[{"check":"json"}]}');
  raw.close();
  const told: string[] = [];
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${backendPort}`, db });
  proxy.on('error', ({ message }) => told.push(message));
  const { port } = await proxy.start();
  try {
    assert.equal(told.length, BAD.length, told.join('\n'));
    for (const [, , message] of BAD) assert.ok(told.some((line) => message.test(line)), `${String(message)}\n${told.join('\n')}`);
    assert.equal(proxy.statistics().behaviorPatches, 2);
    const rules: (string | null)[] = [];
    proxy.on('hallucinationDetected', ({ rule }) => rules.push(rule));
    answer = { text: '{"teh":1,}' };
    const [chat] = APIS as [Api];
    assert.equal((await ask(port, chat, true)).text, '{"the":1,}');
    assert.deepEqual(rules, [`patch:${SEEDS + 1}/0`, 'patch:200/0']);
  } finally {
    await proxy.stop(0);
  }
});

async function listed(db: string): Promise<readonly Json[]> {
  let out = '';
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => undefined } };
  assert.equal(await runRules({ do: 'list', kind: 'patch', json: true }, { db }, io), 0);
  return JSON.parse(out) as readonly Json[];
}

test('counters: hits, last hit and success rate of each type of patch are in the database and in the list', async () => {
  const db = dbWith(
    { patch_type: 'prompt_modifier', name: 'prompt', payload_json: { rules: [{ options: { seed: 1 } }] } },
    { patch_type: 'output_filter', name: 'filter', payload_json: { rules: [{ match: 'literal', value: 'teh', replace: 'the' }, { drop: 'thinking' }] } },
    { patch_type: 'validator', name: 'check', payload_json: { rules: [{ check: 'json' }] } },
    { patch_type: 'validator', name: 'idle', payload_json: { models: ['qwen*'], rules: [{ check: 'json' }] } },
  );
  const [chat] = APIS as [Api];
  let first = '';
  await withProxy(db, async (proxy, port) => {
    proxy.on('hallucinationCorrected', ({ id }) => (first = first === '' ? id : first));
    const texts: readonly Answer[] = [{ text: 'so' }, { text: 'teh, teh' }, { text: '{}', thinking: 'hm' }, { text: '{', thinking: 'hm' }];
    for (const [index, next] of texts.entries()) {
      answer = next;
      await ask(port, chat, index % 2 === 0);
    }
  });
  const [prompt, filter, check, idle] = (await listed(db)) as [Json, Json, Json, Json];
  const of = (row: Json): unknown => [row['hits'], row['judged'], row['succeeded'], row['success_rate'], typeof row['last_hit']];
  // Something was corrected in the second answer, and the check of the fourth failed.
  assert.deepEqual(of(prompt), [4, 4, 2, 0.5, 'string']);
  // Twice a word, twice the thinking of an answer.
  assert.deepEqual(of(filter), [4, 0, 0, null, 'string']);
  assert.deepEqual(of(check), [1, 2, 1, 0.5, 'string']);
  assert.deepEqual(of(idle), [0, 0, 0, null, 'object']);
  let shown = '';
  await runRules({ do: 'list', kind: 'patch' }, { db }, { stdout: { write: (text) => (shown += text) }, stderr: { write: () => undefined } });
  assert.match(shown, /prompt: prompt_modifier .*\t4 hits, last \S+Z, success rate 0\.5 of 4\n/);
  assert.match(shown, /filter: output_filter .*\t4 hits, last \S+Z, effectiveness 1\n/);
  // What people take back counts against the patch, too.
  assert.equal(await runRules({ do: 'reject', correctionId: first }, { db }, { stdout: { write: () => undefined }, stderr: { write: assert.fail } }), 0);
  assert.deepEqual([(await listed(db))[1]?.['rejected'], (await listed(db))[1]?.['effectiveness']], [1, 0.75]);
});

test('counters: an answer that was not read to its end proves nothing', async () => {
  const db = dbWith({ patch_type: 'prompt_modifier', payload_json: { rules: [{ options: { seed: 1 } }] } });
  const [chat] = APIS as [Api];
  await withProxy(db, async (_, port) => {
    answer = { text: 'one two three four five six', cutAfterTokens: 2 };
    await assert.rejects(ask(port, chat, true));
    answer = { statusCode: 500, errorMessage: 'no' };
    await assert.rejects(ask(port, chat, true));
  });
  const [patch] = await listed(db);
  assert.deepEqual([patch?.['hits'], patch?.['judged']], [2, 0]);
});

test('a database that has only the named columns gets the counters when the first is written', async () => {
  const db = newDb();
  const { default: Sqlite } = await import('better-sqlite3');
  const raw = new Sqlite(db);
  raw.exec('CREATE TABLE behavior_patches (id INTEGER PRIMARY KEY, description TEXT, patch_type TEXT, payload_json TEXT); CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL)');
  raw.prepare('INSERT INTO behavior_patches VALUES (1, NULL, ?, ?)').run('prompt_modifier', '{"rules":[{"options":{"seed":1}}]}');
  raw.close();
  const [before] = await listed(db);
  assert.deepEqual([before?.['hits'], before?.['success_rate']], [undefined, null]);
  await withProxy(db, async (_, port) => {
    answer = { text: 'so' };
    await ask(port, (APIS as [Api])[0], true);
  });
  const [patch] = await listed(db);
  assert.deepEqual([patch?.['hits'], patch?.['success_rate']], [1, 1]);
});

test('another process edits the patches while a stream runs: it goes on as it began, the next one has them', async () => {
  const db = dbWith({ patch_type: 'output_filter', name: 'old', payload_json: { when: { route: 'chat' }, rules: [{ match: 'literal', value: 'teh', replace: 'OLD' }] } });
  const file = join(folder, 'next.json');
  const [chat] = APIS as [Api];
  await withProxy(db, async (proxy, port) => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answer = { tokens: ['so ', 'teh ', 'end ', 'teh ', 'end'], beforeToken: (sent) => (sent === 3 ? gate : undefined) };
    const running = ask(port, chat, true);
    while (proxy.statistics().activeConnections === 0) await new Promise((resolve) => setImmediate(resolve));
    const payload = (more: object) => ({ kind: 'patch', patch_type: 'output_filter', payload_json: { when: { route: 'chat' }, rules: [{ match: 'literal', value: 'teh', ...more }] } });
    writeFileSync(file, JSON.stringify([payload({ replace: 'NEW' }), { kind: 'patch', patch_type: 'prompt_modifier', payload_json: { rules: [{ options: { seed: 9 } }] } }]));
    // It has begun by then: the words before the gate have come through the proxy.
    await backendSent(1);
    await promisify(execFile)(process.execPath, ['bin/hotpatch.js', 'rules', 'import', file, '--replace-all', '--db', db], { cwd: join(import.meta.dirname, '../..') });
    while (proxy.statistics().behaviorPatches !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
    open();
    assert.equal((await running).text, 'so OLD end OLD end');
    answer = { text: 'teh end' };
    backend.forget();
    assert.equal((await ask(port, chat, true)).text, 'NEW end');
    assert.match(backend.exchanges[0]?.body.toString() ?? '', /"seed":9/);
  });
});

/** The backend has been asked so many times since it was told to forget. */
async function backendSent(times: number): Promise<void> {
  while (backend.exchanges.length < times) await new Promise((resolve) => setTimeout(resolve, 10));
}
