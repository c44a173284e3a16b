import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createBackend } from '../../src/app/backend/index.js';
import { countedFrom, flatCounts, StatisticsCounter } from '../../src/app/statistics.js';
import type { Database } from '../../src/node/rules/sqlite.js';
import { readStatistics, type StoredStatistics } from '../../src/node/stats/statistics-read.js';
import { rule, startProxy } from '../helpers/proxy.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string, options: { readonly: boolean }) => Database;

async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-record-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh end' }) });
  const { port } = await backend.start();
  t.after(() => backend.stop());
  const proxy = async (db: string) => {
    const running = await startProxy({ upstream: port, db, rules: [rule('teh', 'the')] });
    t.after(() => running.stop());
    return running;
  };
  const ask = async (url: string): Promise<void> => {
    const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }), headers: { connection: 'close' } });
    assert.ok((await response.text()).includes('the'));
  };
  const read = (file: string): StoredStatistics => {
    const db = new Sqlite(file, { readonly: true });
    try {
      return readStatistics(db, Date.now());
    } finally {
      db.close();
    }
  };
  return { folder, proxy, ask, read };
}

const TWO = { requests: 2, 'detected/pattern_match': 2, 'corrected/pattern_match': 2 };

test('counts are kept over restarts, of proxies side by side too, and a proxy that runs is in the database', async (t) => {
  const { folder, proxy, ask, read } = await setUp(t);
  const file = join(folder, 'a.db');
  const [one, two] = [await proxy(file), await proxy(file)];
  assert.deepEqual(read(file).running.map(({ port, pids, patterns }) => [port, pids, patterns]).sort(), [[one.port, [process.pid], one.proxy.rules().patterns.length], [two.port, [process.pid], two.proxy.rules().patterns.length]].sort());
  await ask(one.url);
  await ask(two.url);
  await one.stop();
  await two.stop();
  assert.deepEqual(read(file), { counts: TWO, running: [] });
  const three = await proxy(file);
  assert.deepEqual(three.proxy.statistics().requestsProcessed, 0, 'its own counts begin with it');
  await ask(three.url);
  await three.stop();
  assert.deepEqual(read(file).counts['requests'], 3);
});

test('another database gets what no database has yet', async (t) => {
  const { folder, proxy, ask, read } = await setUp(t);
  const [a, b] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const one = await proxy('none');
  const moveTo = (db: string): Promise<void> => one.proxy.apply({ ...one.proxy.config, db });
  await ask(one.url);
  await moveTo(a);
  await ask(one.url);
  await moveTo('none');
  await ask(one.url);
  await moveTo(b);
  await one.stop();
  assert.deepEqual([read(a), read(b).counts['requests'], read(b).running], [{ counts: TWO, running: [] }, 1, []]);
});

test('counts by name and back', () => {
  const counter = new StatisticsCounter();
  const summary = { exchange: 'E', method: 'GET', target: '/', route: null, model: null, status: 200, inspected: false, reason: 'route', outcome: 'complete', corrections: {}, heldTokens: 0, tokens: 0, ms: 1 } as const;
  counter.observe({ kind: 'exchange', atMs: 0, summary });
  counter.observe({ kind: 'tunnel', atMs: 0, reason: 'tunnel' });
  counter.observe({ kind: 'patch', atMs: 0, exchange: 'E', patch: 'p' });
  assert.deepEqual(flatCounts(counter.counted()), { requests: 1, behaviorPatchesApplied: 1, 'notInspected/route': 1, 'notInspected/tunnel': 1 });
  assert.deepEqual(countedFrom(flatCounts(counter.counted())), counter.counted());
  assert.equal(countedFrom({ unknown: 1, 'detected/constructor': 2 }).hallucinationsDetected, 0);
});
