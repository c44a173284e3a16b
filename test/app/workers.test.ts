import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { hasOpenssl, makeCertificate } from '../helpers/certificates.js';
import { serveProcess, type Serving, startCli } from '../helpers/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-workers-'));
const db = join(folder, 'rules.db');
/** Several processes start at once, on machines that may have better to do. */
const PATIENCE_MS = 60_000;
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
  return serveProcess(['--upstream', upstream, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), ...args], { cwd: folder, timeoutMs: PATIENCE_MS });
}

async function ask(url: string): Promise<string> {
  // A connection each, so that the workers take turns.
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }), headers: { connection: 'close' } });
  return (await response.text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as { message?: { content: string } }).message?.content ?? '').join('');
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => socket.once('connect', () => resolve(socket.destroy().destroyed)).once('error', () => resolve(false)));
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
    await proxy.said(/hotpatch: a worker ended \(SIGKILL\); another takes its place/, PATIENCE_MS);
    for (let tries = 0; tries < 20; tries += 1) assert.equal(await ask(proxy.url), 'the end of it');
    for (const until = Date.now() + PATIENCE_MS; childrenOf(pid).length < 2 && Date.now() < until; ) await sleep(20);
    assert.ok(!childrenOf(pid).includes(before[0] as number) && childrenOf(pid).includes(before[1] as number));
    assert.equal(await ask(proxy.url), 'the end of it');
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('a connection on its way to a worker that dies goes to another, and one that does not come back holds up nobody else', linux, async () => {
  const proxy = await serving('--workers', '2');
  try {
    const [stopped] = childrenOf(proxy.child.pid as number) as [number];
    // It takes what it is sent and does nothing about it, as one does that dies before it gets to it.
    process.kill(stopped, 'SIGSTOP');
    const answered: string[] = [];
    let most = (): void => undefined;
    const almost = new Promise<void>((resolve) => (most = resolve));
    const all = Array.from({ length: 6 }, async () => {
      answered.push(await ask(proxy.url));
      if (answered.length === 5) most();
    });
    await almost;
    process.kill(stopped, 'SIGKILL');
    await Promise.all(all);
    assert.deepEqual(answered, Array.from({ length: 6 }, () => 'the end of it'));
    await proxy.said(/a worker ended \(SIGKILL\); another takes its place/, PATIENCE_MS);
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('when every worker dies, those who come meanwhile wait for the next one', linux, async () => {
  const proxy = await serving('--workers', '2');
  try {
    for (const pid of childrenOf(proxy.child.pid as number)) process.kill(pid, 'SIGKILL');
    await proxy.said(/a worker ended[^]*a worker ended/, PATIENCE_MS);
    assert.equal(await ask(proxy.url), 'the end of it');
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('workers move to another address together', linux, async () => {
  const config = join(folder, 'moving.json');
  const saved = (port: number): void => writeFileSync(config, JSON.stringify({ hot_patching: { proxy_port: port } }));
  const [first, second] = [await freePort(), await freePort()];
  saved(first);
  const proxy = await serveProcess(['--upstream', upstream, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), '--workers', '2', '--config', config], { cwd: folder, listen: null, timeoutMs: PATIENCE_MS });
  try {
    assert.equal(await ask(`http://127.0.0.1:${first}`), 'the end of it');
    saved(second);
    proxy.child.kill('SIGHUP');
    await proxy.said(new RegExp(`listening on http://127.0.0.1:${second}[^]*listening on http://127.0.0.1:${second}`), PATIENCE_MS);
    for (let tries = 0; tries < 4; tries += 1) assert.equal(await ask(`http://127.0.0.1:${second}`), 'the end of it');
    // Once the last worker has left, nobody listens there any more.
    for (const until = Date.now() + PATIENCE_MS; (await listens(first)) && Date.now() < until; ) await sleep(20);
    assert.equal(await listens(first), false);
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: false });
const REQUEST = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

test('what is handed on may be half closed', linux, async () => {
  const proxy = await serving('--workers', '2');
  try {
    for (let tries = 0; tries < 3; tries += 1) {
      const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
      client.end(REQUEST);
      assert.match(await text(client), /^HTTP\/1\.1 200 [^]*the end of it/);
    }
  } finally {
    assert.equal((await proxy.stop()).code, 0);
  }
});

test('what is handed on may speak TLS', { skip: linux.skip || (hasOpenssl ? false : 'there is no openssl') }, async () => {
  const { certFile, keyFile, cert } = makeCertificate(folder, 'workers');
  const proxy = await serving('--workers', '2', '--tls-cert', certFile, '--tls-key', keyFile);
  try {
    for (let tries = 0; tries < 3; tries += 1) {
      const client = tlsConnect({ port: proxy.port, host: '127.0.0.1', ca: cert });
      client.write(REQUEST);
      assert.match(await text(client), /^HTTP\/1\.1 200 [^]*the end of it/);
    }
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
    const until = Date.now() + PATIENCE_MS;
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
