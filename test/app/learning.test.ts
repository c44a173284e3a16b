import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { runRules } from '../../src/app/rules-command.js';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { startProxy } from '../helpers/proxy.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-learning-'));
const TEXT = 'teh sum: 60 + 2 = 120 in all.\n';
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

let backend: Backend;
let upstream = '';

before(async () => {
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: TEXT }) });
  upstream = `http://127.0.0.1:${(await backend.start()).port}`;
});
after(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(url: string): Promise<string> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify(CHAT) });
  return (await response.text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as { message?: { content: string } }).message?.content ?? '').join('');
}

/** A change takes less than a second; on a loaded machine asking for it takes longer. */
const NEVER_MS = 20_000;

/** Asks until the answer is this one. @throws Error where it never is */
async function becomes(url: string, wanted: string): Promise<void> {
  const startedMs = performance.now();
  for (let text = ''; text !== wanted; ) {
    text = await ask(url);
    if (text !== wanted && performance.now() - startedMs > NEVER_MS) assert.equal(text, wanted);
  }
}

async function rules(db: string, ...command: Parameters<typeof runRules>[0][]): Promise<string> {
  let out = '';
  for (const one of command) assert.equal(await runRules(one, { db }, { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => assert.fail(text) } }), 0);
  return out;
}

/** The stored correction of a text, as soon as its batch is written. */
async function stored(db: string, detected: string): Promise<string> {
  const database = new Database(db, { readonly: true });
  try {
    for (let tries = 0; tries < 100; tries += 1) {
      const row = database.prepare('SELECT id FROM corrections WHERE detected = ? ORDER BY id LIMIT 1').get(detected) as { id: string } | undefined;
      if (row !== undefined) return row.id;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    database.close();
  }
  return assert.fail(`no correction of ${detected} was stored`);
}

test('a rejected correction is not made again until that is taken back, and counts against its rule', async () => {
  const db = join(folder, 'reject.db');
  const id = Number(await rules(db, { do: 'add', input: { match: 'literal', value: 'teh', replace: 'the' } }));
  const proxy = await startProxy({ upstream, db });
  const both = 'the sum: 60 + 2 = 62 in all.\n';
  assert.equal(await ask(proxy.url), both);
  const [word, sum] = [await stored(db, 'teh'), await stored(db, '120')];
  await rules(db, { do: 'reject', correctionId: word });
  await becomes(proxy.url, 'teh sum: 60 + 2 = 62 in all.\n');
  await rules(db, { do: 'reject', correctionId: sum });
  await becomes(proxy.url, TEXT);
  const effectiveness = async (): Promise<number | null | undefined> =>
    (JSON.parse(await rules(db, { do: 'list', json: true })) as { id: number; effectiveness: number | null }[]).find((rule) => rule.id === id)?.effectiveness;
  const before = await effectiveness();
  assert.ok(typeof before === 'number' && before < 1, String(before));
  await rules(db, { do: 'reject', correctionId: word, undo: true }, { do: 'reject', correctionId: sum, undo: true });
  await becomes(proxy.url, both);
  assert.equal(await effectiveness(), 1);
  assert.match(await rules(db, { do: 'list' }), new RegExp(`^${id}\\tpattern\\ton\\tteh -> the\\t\\d+ hits, last \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z, effectiveness 1$`, 'm'));
  await proxy.stop();
});

test('a switch, and the threshold of one, count for the next exchange', async () => {
  const db = join(folder, 'switch.db');
  await rules(db, { do: 'add', input: { rule: 'check_logic', enabled: true } });
  const proxy = await startProxy({ upstream, db });
  const corrected = 'teh sum: 60 + 2 = 62 in all.\n';
  await becomes(proxy.url, corrected);
  const store = openRuleStore(db);
  const row = store.add({ rule: 'check_facts', enabled: false });
  await becomes(proxy.url, TEXT);
  store.update(row, { rule: 'check_facts', enabled: true });
  await becomes(proxy.url, corrected);
  // No verdict is entirely sure, save those of the operator's own rules.
  store.update(row, { rule: 'check_facts', enabled: true, confidence_threshold: 1 });
  await becomes(proxy.url, TEXT);
  store.update(row, { rule: 'check_facts', enabled: true, confidence_threshold: 0.5 });
  await becomes(proxy.url, corrected);
  store.close();
  await proxy.stop();
});
