import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackend } from '../../src/app/backend/index.js';
import type { StatsReport } from '../../src/app/stats-report.js';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { type Finished, runCli, serveProcess } from '../helpers/processes.js';

async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-stats-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const db = join(folder, 'rules.db');
  const store = openRuleStore(db);
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh end of teh day' }) });
  const upstream = `http://127.0.0.1:${(await backend.start()).port}`;
  t.after(() => backend.stop());
  const serving = async (...args: string[]) => {
    const proxy = await serveProcess(['--upstream', upstream, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), ...args], { cwd: folder, timeoutMs: 90_000 });
    t.after(() => void proxy.child.kill('SIGKILL'));
    return proxy;
  };
  const ask = async (url: string): Promise<void> => {
    const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }), headers: { connection: 'close' } });
    assert.ok((await response.text()).includes('the'));
  };
  const stats = (...args: string[]): Promise<Finished> => runCli(['stats', '--db', db, ...args], { cwd: folder });
  const report = async (): Promise<StatsReport> => JSON.parse((await stats('--json')).stdout) as StatsReport;
  /** What is counted is written within seconds. */
  const reportOnce = async (done: (now: StatsReport) => boolean): Promise<StatsReport> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const now = await report();
      if (done(now)) return now;
      await sleep(100);
    }
    throw new Error(`never so: ${JSON.stringify(await report())}`);
  };
  return { folder, db, upstream, serving, ask, stats, report, reportOnce };
}

describe('hotpatch stats', () => {
  test('the running proxy, its counts and all before it; then that none runs', async (t) => {
    const { upstream, serving, ask, stats, reportOnce, report } = await setUp(t);
    const first = await serving();
    await ask(first.url);
    await fetch(`${first.url}/nowhere`);
    assert.equal((await first.stop()).code, 0);
    const second = await serving('--mode', 'invalid_path=off');
    await ask(second.url);
    const { running, sinceStart, allTime, topRules, rules } = await reportOnce((now) => now.sinceStart?.requestsProcessed === 1);
    assert.equal(running.length, 1);
    const { url, endpoint, mode, pids, silent, statistics } = running[0] as (typeof running)[number];
    assert.deepEqual([url, endpoint, mode, pids, silent], [second.url, upstream, 'correct', [second.child.pid], false]);
    assert.deepEqual([statistics.listenPort, statistics.serverListening, statistics.endpoint, statistics.byType.pattern_match], [second.port, true, upstream, { detected: 2, corrected: 2 }]);
    assert.deepEqual([sinceStart?.hallucinationsCorrected, sinceStart?.notInspected], [2, {}]);
    assert.deepEqual([allTime.requestsProcessed, allTime.hallucinationsDetected, allTime.notInspected], [3, 4, { route: 1 }]);
    assert.ok(rules.patterns >= 1 && statistics.correctionPatterns === rules.patterns);
    const [top] = topRules;
    assert.deepEqual([top?.rule, top?.hits, top?.effectiveness, top?.enabled], ['teh -> the', 4, 1, true]);
    const said = await stats();
    assert.deepEqual([said.code, said.stderr], [0, '']);
    assert.match(said.stdout, new RegExp(`^${second.url} -> ${upstream}, mode correct, since .* \\(pid ${second.child.pid}\\)$`, 'm'));
    assert.match(said.stdout, /^ +SINCE START +ALL TIME$/m);
    assert.match(said.stdout, /^requests +1 +3$/m);
    assert.match(said.stdout, /^ {2}pattern_match +2 +4$/m);
    assert.match(said.stdout, /^ {2}route +0 +1$/m);
    assert.match(said.stdout, /4 hits {2}effectiveness 1 {2}pattern \d+ {2}teh -> the$/m);
    await second.stop();
    const after = await stats();
    assert.deepEqual([after.code, after.stderr.replace(/ on .*;/, ' on DB;')], [0, 'hotpatch stats: no proxy runs on DB; these are the counts of those that did\n']);
    assert.match(after.stdout, /^ +ALL TIME$/m);
    assert.deepEqual([(await report()).running, (await report()).sinceStart, (await report()).allTime], [[], null, allTime]);
  });

  test('a proxy that is killed does not run, and what it had written stays', async (t) => {
    const { serving, ask, reportOnce, report, stats } = await setUp(t);
    const proxy = await serving();
    await ask(proxy.url);
    await reportOnce((now) => now.sinceStart?.requestsProcessed === 1);
    proxy.child.kill('SIGKILL');
    await proxy.finished;
    const now = await report();
    assert.deepEqual([now.running, now.sinceStart, now.allTime.requestsProcessed, now.allTime.hallucinationsCorrected], [[], null, 1, 2]);
    assert.match((await stats()).stderr, /no proxy runs/);
    const next = await serving();
    assert.deepEqual((await report()).running.map(({ pids }) => pids), [[next.child.pid]]);
  });

  test('workers are one proxy, and one that dies takes no counts along', async (t) => {
    const { serving, ask, reportOnce } = await setUp(t);
    const proxy = await serving('--workers', '2');
    await Promise.all(Array.from({ length: 10 }, () => ask(proxy.url)));
    const { running, allTime } = await reportOnce((now) => now.sinceStart?.requestsProcessed === 10);
    assert.deepEqual([running.length, running[0]?.pids.length, running[0]?.url, allTime.hallucinationsCorrected], [1, 2, proxy.url, 20]);
    process.kill(running[0]?.pids[0] as number, 'SIGKILL');
    await proxy.said(/another takes its place/);
    const later = await reportOnce((now) => now.running[0]?.pids.length === 2);
    assert.deepEqual([later.running.length, later.sinceStart?.requestsProcessed], [1, 10]);
    assert.ok(!later.running[0]?.pids.includes(running[0]?.pids[0] as number));
    assert.equal((await proxy.stop()).code, 0);
    assert.deepEqual((await reportOnce(() => true)).allTime.requestsProcessed, 10);
  });

  test('nothing is written to the database, and what cannot be read is told', async (t) => {
    const { folder, db, stats } = await setUp(t);
    const before = readFileSync(db);
    assert.equal((await stats('--json')).code, 0);
    assert.ok(readFileSync(db).equals(before));
    const missing = await runCli(['stats', '--db', 'none-yet.db', '--json'], { cwd: folder });
    assert.deepEqual([missing.code, (JSON.parse(missing.stdout) as StatsReport).allTime.requestsProcessed], [0, 0]);
    assert.match(missing.stderr, /^hotpatch stats: there is no database at .*none-yet\.db yet, and no proxy runs on it; .*--db names another\n$/);
    writeFileSync(join(folder, 'broken.db'), 'this is no database, and long enough to be taken for one'.repeat(50));
    const broken = await runCli(['stats', '--db', 'broken.db'], { cwd: folder });
    assert.deepEqual([broken.code, broken.stdout], [1, '']);
    assert.match(broken.stderr, /^hotpatch stats: the database .*broken\.db is damaged or no SQLite database/);
    const none = await runCli(['stats', '--db', 'none'], { cwd: folder });
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /--db/);
  });
});
