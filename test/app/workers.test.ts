import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { serveProcess, type Serving, startCli } from '../helpers/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-workers-'));
const db = join(folder, 'rules.db');
let backend: Backend;
let upstream = '';

before(async () => {
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh end of it' }) });
  upstream = `http://127.0.0.1:${(await backend.start()).port}`;
  const database = new Database(db);
  database.exec('CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL, replacement TEXT)');
  database.exec("INSERT INTO correction_patterns (pattern, replacement) VALUES ('teh', 'the')");
  database.close();
});
after(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

function serving(...args: string[]): Promise<Serving> {
  return serveProcess(['--upstream', upstream, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), ...args], { cwd: folder });
}

async function ask(url: string): Promise<string> {
  // A connection each, so that the workers take turns.
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }), headers: { connection: 'close' } });
  return (await response.text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as { message?: { content: string } }).message?.content ?? '').join('');
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

const linux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

test('workers share one port, take turns, correct alike, and say once that they are ready', linux, async () => {
  const proxy = await serving('--workers', '3');
  try {
    const workers = childrenOf(proxy.child.pid as number);
    assert.equal(workers.length, 3);
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(proxy.url)));
    assert.deepEqual([...new Set(answers)], ['the end of it']);
    const asked = proxy.stderr().split('\n').filter((line) => line.includes('exchange'));
    assert.equal(asked.length, 12);
    assert.equal(proxy.stderr().split('hotpatch listening on').length - 1, 1);
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
  assert.equal(readFileSync(join(folder, 'logs/corrections.log'), 'utf8').trimEnd().split('\n').length, 12);
});

test('a worker that is killed is replaced, and the others go on meanwhile', linux, async () => {
  const proxy = await serving('--workers', '2');
  try {
    const pid = proxy.child.pid as number;
    const before = childrenOf(pid);
    process.kill(before[0] as number, 'SIGKILL');
    // A connection that is handed to a worker in the moment of its death waits for good: Node's cluster tells nobody.
    await proxy.said(/hotpatch: a worker ended \(SIGKILL\); another takes its place/);
    for (let tries = 0; tries < 20; tries += 1) assert.equal(await ask(proxy.url), 'the end of it');
    for (const until = Date.now() + 10_000; childrenOf(pid).length < 2 && Date.now() < until; ) await sleep(20);
    assert.ok(!childrenOf(pid).includes(before[0] as number) && childrenOf(pid).includes(before[1] as number));
    assert.equal(await ask(proxy.url), 'the end of it');
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('a rule added by another process reaches every worker', linux, async () => {
  const proxy = await serving('--workers', '2');
  try {
    const database = new Database(db);
    database.exec("INSERT INTO correction_patterns (pattern, replacement) VALUES ('end of it', 'end')");
    database.close();
    proxy.child.kill('SIGHUP');
    const until = Date.now() + 10_000;
    for (let inARow = 0; inARow < 6 && Date.now() < until; inARow = (await ask(proxy.url)) === 'the end' ? inARow + 1 : 0);
    for (let tries = 0; tries < 6; tries += 1) assert.equal(await ask(proxy.url), 'the end');
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('a port that is taken is told once, with exit code 1 and no worker left', linux, async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const done = await startCli(['serve', '--upstream', upstream, '--workspace', 'none', '--db', 'none', '--log-dir', join(folder, 'taken'), '--listen', `127.0.0.1:${port}`, '--workers', '2'], { cwd: folder }).finished;
  taken.close();
  assert.equal(done.code, 1);
  assert.equal(done.stderr.split(`port ${port} on 127.0.0.1 is taken`).length - 1, 1, done.stderr);
  const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(`--listen 127.0.0.1:${port} --workers`));
  assert.deepEqual(left, []);
});
