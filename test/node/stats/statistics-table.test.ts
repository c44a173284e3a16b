import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createDatabase } from '../../../src/node/rules/sqlite-rule-store.js';
import type { Database } from '../../../src/node/rules/sqlite.js';
import { readStatistics } from '../../../src/node/stats/statistics-read.js';
import { StatisticsTable } from '../../../src/node/stats/statistics-table.js';
import type { ProxyFacts, StatisticsTableOptions } from '../../../src/node/stats/statistics-table.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string, options?: { timeout?: number }) => Database;
const FACTS: ProxyFacts = { host: '127.0.0.1', port: 11435, tls: false, endpoint: 'http://127.0.0.1:11434', mode: 'correct', patterns: 5, patches: 1, connections: 2 };

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-stats-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.db');
  createDatabase(file);
  const other = new Sqlite(file);
  t.after(() => other.close());
  const clock = { nowMs: Date.now() };
  const faults: string[] = [];
  let made = 0;
  /** A table whose timer is the test. */
  const table = (counts: Record<string, number>, options: Partial<StatisticsTableOptions> = {}) => {
    const ticks: (() => void)[] = [];
    const id = `P${(made += 1)}`;
    const it = new StatisticsTable({
      file, open: () => new Sqlite(file), id, family: id, startedMs: clock.nowMs, counts: () => counts, facts: () => FACTS, nowMs: () => clock.nowMs,
      onFault: (error) => faults.push(error.message), every: (_ms, tick) => { ticks.push(tick); return () => void ticks.pop(); }, ...options,
    });
    t.after(() => it.close());
    return { it, tick: () => ticks[0]?.(), ticks };
  };
  const read = () => readStatistics(other, clock.nowMs);
  const versions = (): unknown => other.pragma('data_version', { simple: true });
  return { folder, file, other, clock, faults, table, read, versions };
}

describe('StatisticsTable', () => {
  test('adds only what is new, and several add up', async (t) => {
    const { table, read } = setUp(t);
    const [a, b]: [Record<string, number>, Record<string, number>] = [{ requests: 1 }, { requests: 10, 'notInspected/route': 3 }];
    const [first, second] = [table(a), table(b)];
    first.it.start();
    second.it.start();
    a['requests'] = 4;
    first.tick();
    second.tick();
    assert.deepEqual(read().counts, { requests: 14, 'notInspected/route': 3 });
    a['requests'] = 5;
    await first.it.close();
    await second.it.close();
    assert.deepEqual(read(), { counts: { requests: 15, 'notInspected/route': 3 }, running: [] });
    const again = table({ requests: 2 });
    again.it.start();
    assert.equal(read().counts['requests'], 17, 'over restarts');
  });

  test('says that it runs, where, and what it counted; then that it is gone', async (t) => {
    const { table, read, clock } = setUp(t);
    const counts = { requests: 3 };
    const one = table(counts);
    one.it.start();
    const at = new Date(clock.nowMs).toISOString();
    assert.deepEqual(read().running, [{ ...FACTS, family: 'P1', machine: hostname(), pids: [process.pid], startedAt: at, seenAt: at, silent: false, counts }]);
    clock.nowMs += 50_000;
    assert.equal(read().running[0]?.silent, true);
    one.tick();
    assert.equal(read().running[0]?.silent, false);
    await one.it.close();
    assert.deepEqual(read().running, []);
  });

  test('writes nothing while nothing is counted, save a heartbeat', (t) => {
    const { table, versions, clock } = setUp(t);
    const counts: Record<string, number> = {};
    const one = table(counts);
    one.it.start();
    const before = versions();
    for (let tick = 0; tick < 4; tick += 1) {
      clock.nowMs += 2_000;
      one.tick();
    }
    assert.equal(versions(), before);
    clock.nowMs += 2_000;
    one.tick();
    assert.notEqual(versions(), before);
  });

  test('a locked database is not waited for, and costs nothing: the next writing adds all', async (t) => {
    const { table, other, read, faults } = setUp(t);
    const counts = { requests: 1 };
    const one = table(counts);
    one.it.start();
    counts.requests = 2;
    other.exec('BEGIN IMMEDIATE');
    assert.equal(one.it.flush(), false);
    counts.requests = 5;
    // Shutdown does wait, and the test lets go.
    const closed = one.it.close();
    other.exec('COMMIT');
    await closed;
    assert.deepEqual([read().counts, faults], [{ requests: 5 }, []]);
  });

  test('a database that cannot be opened is told once, and later gets everything', (t) => {
    const { table, file, clock, faults, read } = setUp(t);
    let broken = true;
    const one = table({ requests: 9 }, { open: () => { if (broken) throw new Error('no'); return new Sqlite(file); } });
    one.it.start();
    one.tick();
    clock.nowMs += 10_000;
    one.tick();
    assert.deepEqual(faults, ['no']);
    broken = false;
    clock.nowMs += 10_000;
    one.tick();
    assert.deepEqual(read().counts, { requests: 9 });
  });

  test('another file in the place of the database gets what comes from then on', (t) => {
    const { table, file } = setUp(t);
    const counts = { requests: 1 };
    const one = table(counts);
    one.it.start();
    createDatabase(`${file}.new`);
    // Its log would be taken for the new one's.
    for (const beside of ['-wal', '-shm']) rmSync(`${file}${beside}`, { force: true });
    renameSync(`${file}.new`, file);
    counts.requests = 3;
    one.tick();
    const db = new Sqlite(file);
    t.after(() => db.close());
    const now = readStatistics(db, Date.now());
    assert.deepEqual([now.counts, now.running.length], [{ requests: 2 }, 1]);
  });

  test('rows of killed proxies are not believed, and taken away; those of a killed worker count while its family lives', async (t) => {
    const { table, other, read, clock } = setUp(t);
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const row = other.prepare("INSERT INTO proxies (id, family, machine, pid, port, connections, counts, started_at, seen_at) VALUES (?, ?, ?, ?, 1, 1, ?, '2026-01-20T00:00:00.000Z', ?)");
    const at = new Date(clock.nowMs).toISOString();
    row.run('killed', 'K', hostname(), child.pid, '{"requests":100}', at);
    row.run('odd', 'O', hostname(), null, 'not json', at);
    row.run('elsewhere', 'E', 'another machine', child.pid, '{"requests":7}', at);
    row.run('worker', 'F', hostname(), child.pid, '{"requests":20,"constructor":1.5}', at);
    assert.deepEqual(read().running.map(({ family }) => family), ['E'], 'of another machine only the heartbeat tells');
    const one = table({ requests: 1 }, { family: 'F' });
    one.it.start();
    const alive = (): unknown[] => read().running.map(({ family, pids, counts, startedAt }) => [family, pids, counts, startedAt]);
    const family = ['F', [process.pid], { requests: 21 }, '2026-01-20T00:00:00.000Z'];
    assert.deepEqual(alive(), [family, ['E', [child.pid], { requests: 7 }, '2026-01-20T00:00:00.000Z']]);
    assert.deepEqual(other.prepare('SELECT id FROM proxies ORDER BY id').pluck().all(), ['F/ended', 'P1', 'elsewhere']);
    row.run('worker', 'F', hostname(), child.pid, '{"requests":30}', at);
    const two = table({}, { family: 'F' });
    two.it.start();
    assert.deepEqual(read().running.find((each) => each.family === 'F')?.counts, { requests: 51 }, 'those gathered before among them');
    await two.it.close();
    await one.it.close();
    assert.deepEqual(read().running.map((each) => each.family), ['E']);
  });

  test('a database without these tables has no statistics', (t) => {
    const { folder } = setUp(t);
    const db = new Sqlite(join(folder, 'b.db'));
    t.after(() => db.close());
    db.exec('CREATE TABLE statistics (name TEXT, other TEXT); CREATE TABLE proxies (pid INTEGER)');
    assert.deepEqual(readStatistics(db, 0), { counts: {}, running: [] });
  });

  test('many processes at once lose nothing', async (t) => {
    const { folder, file, read } = setUp(t);
    const script = join(folder, 'count.mjs');
    const source = (name: string): string => JSON.stringify(new URL(`../../../src/node/${name}.ts`, import.meta.url).href);
    writeFileSync(script, `import { StatisticsTable } from ${source('stats/statistics-table')}; import { openDatabase } from ${source('rules/sqlite')};
      const counts = { requests: 0 };
      const table = new StatisticsTable({ file: process.argv[2], open: () => openDatabase(process.argv[2]), id: String(process.pid), family: String(process.pid), startedMs: 0, counts: () => counts, facts: () => (${JSON.stringify(FACTS)}) });
      for (let n = 0; n < 300; n += 1) { counts.requests += 1; table.flush(); if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve)); }
      await table.close();`);
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, [...process.execArgv, script, file], { stdio: 'inherit' }));
    assert.deepEqual(await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number)), [0, 0, 0, 0]);
    assert.deepEqual(read(), { counts: { requests: 1_200 }, running: [] });
  });
});
