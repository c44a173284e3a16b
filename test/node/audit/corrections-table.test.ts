import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Observation } from '../../../src/core/observe.js';
import { CorrectionsTable } from '../../../src/node/audit/corrections-table.js';
import { createDatabase, openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import type { Database } from '../../../src/node/rules/sqlite.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string, options?: { timeout?: number }) => Database;
const atMs = Date.parse('2026-01-20T14:32:45.120Z');

function observed(id: string, rule: string | null = null, at = atMs): Observation {
  return {
    kind: 'correction', atMs: at, model: 'llama3', route: 'ollama-chat',
    correction: { id, exchange: 'E1', type: 'pattern_match', rule, confidence: 1, detected: "te'h\0\n|", expected: null, action: 'report', start: 3, end: 6, channel: 'message/content', reason: 'rule' },
  };
}

function setUp(t: TestContext, options: { retentionDays?: number; queueRows?: number; nowMs?: () => number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-table-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.db');
  createDatabase(file);
  const timers: (() => void)[] = [];
  const faults: string[] = [];
  let opened = 0;
  const table = new CorrectionsTable({
    open: () => {
      opened += 1;
      return new Sqlite(file);
    },
    onFault: (error) => faults.push(error.message),
    nowMs: () => atMs,
    after: (_ms, run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
    ...options,
  });
  t.after(() => table.close());
  const other = new Sqlite(file);
  t.after(() => other.close());
  const count = (): number => (other.prepare('SELECT count(*) AS n FROM corrections').get() as { n: number }).n;
  return { file, table, other, count, faults, opened: () => opened, tick: () => timers.shift()?.() };
}

describe('CorrectionsTable', () => {
  test('writes nothing when observing, and everything in batches of one timer each', (t) => {
    const { table, other, count, opened, tick } = setUp(t);
    for (let index = 0; index < 250; index += 1) table.observe(observed(`C${index}`));
    assert.deepEqual([opened(), count()], [0, 0]);
    tick();
    assert.deepEqual([opened(), count()], [1, 100]);
    tick();
    tick();
    assert.deepEqual([opened(), count(), table.written, table.dropped], [1, 250, 250, 0]);
    assert.deepEqual(other.prepare("SELECT * FROM corrections WHERE id = 'C7'").get(), {
      id: 'C7', at: '2026-01-20T14:32:45.120Z', exchange: 'E1', type: 'pattern_match', rule: null, confidence: 1, detected: "te'h\0\n|", expected: null,
      action: 'report', channel: 'message/content', start: 3, end: 6, model: 'llama3', route: 'ollama-chat', reason: 'rule', rejected: 0,
    });
  });

  test('counts the hits of the rule, by number, by name, and of a patch', (t) => {
    const { file, table, other } = setUp(t);
    const store = openRuleStore(file);
    t.after(() => store.close());
    const plain = store.add({ pattern: 'a' });
    const named = store.add({ pattern: 'b', id: '77' });
    const patch = store.add({ patch_type: 'output_filter', payload_json: { rules: [{ match: 'literal', value: 'a' }] } });
    for (const rule of [String(plain), String(plain), '77', `patch:${patch}/0`, 'unknown']) table.observe(observed(`C${Math.random()}`, rule));
    table.flush();
    const hits = (from: string, id: number) => other.prepare(`SELECT hits, last_hit FROM ${from} WHERE id = ?`).get(id);
    assert.deepEqual(hits('correction_patterns', plain), { hits: 2, last_hit: '2026-01-20T14:32:45.120Z' });
    assert.deepEqual(hits('correction_patterns', named), { hits: 1, last_hit: '2026-01-20T14:32:45.120Z' });
    assert.deepEqual(hits('behavior_patches', patch), { hits: 1, last_hit: '2026-01-20T14:32:45.120Z' });
  });

  test('a full queue drops and counts', (t) => {
    const { table, count } = setUp(t, { queueRows: 3 });
    for (let index = 0; index < 5; index += 1) table.observe(observed(`C${index}`));
    table.close();
    table.observe(observed('late'));
    assert.deepEqual([count(), table.written, table.dropped], [3, 3, 3]);
  });

  test('a locked database is not waited for and costs no row; a lock that somebody forgot is told once', (t) => {
    const clock = { nowMs: atMs };
    const { table, other, count, faults, tick } = setUp(t, { nowMs: () => clock.nowMs });
    other.exec('BEGIN IMMEDIATE');
    for (let index = 0; index < 150; index += 1) table.observe(observed(`C${index}`));
    for (let round = 0; round < 20; round += 1) tick();
    assert.deepEqual([faults, table.dropped], [[], 0]);
    clock.nowMs += 10_000;
    for (let round = 0; round < 5; round += 1) tick();
    assert.deepEqual(faults, ['database is locked']);
    other.exec('COMMIT');
    tick();
    tick();
    assert.deepEqual([count(), table.written, table.dropped], [150, 150, 0]);
    other.exec('BEGIN IMMEDIATE');
    table.observe(observed('again'));
    tick();
    assert.equal(faults.length, 1, 'another lock is another one');
    other.exec('COMMIT');
  });

  test('rows that a database does not take are told once and given up after some tries', (t) => {
    const { table, other, count, faults, tick } = setUp(t);
    other.exec("CREATE TRIGGER no BEFORE INSERT ON corrections WHEN new.id = 'C1' BEGIN SELECT RAISE(ABORT, 'not this one'); END");
    table.observe(observed('C1'));
    for (let round = 0; round < 3; round += 1) tick();
    assert.deepEqual([count(), table.dropped, faults], [0, 1, ['not this one']]);
    table.observe(observed('C2'));
    tick();
    assert.deepEqual([count(), table.dropped], [1, 1]);
  });

  test('a broken database costs rows and throws nothing', (t) => {
    const { table, file, faults, other } = setUp(t);
    other.close();
    writeFileSync(file, 'not a database '.repeat(600));
    table.observe(observed('C1'));
    table.close();
    assert.deepEqual([table.written, table.dropped, faults.length], [0, 1, 1]);
  });

  test('old rows go, rejected ones stay', (t) => {
    const { table, other } = setUp(t, { retentionDays: 1 });
    const day = 86_400_000;
    for (const [id, at] of [['old', atMs - 2 * day], ['rejected', atMs - 2 * day], ['new', atMs - day / 2]] as const) {
      other.prepare('INSERT INTO corrections (id, at, rejected) VALUES (?, ?, ?)').run(id, new Date(at).toISOString(), id === 'rejected' ? 1 : 0);
    }
    table.observe(observed('C1'));
    table.flush();
    assert.deepEqual(other.prepare('SELECT id FROM corrections ORDER BY id').pluck().all(), ['C1', 'new', 'rejected']);
  });
});
