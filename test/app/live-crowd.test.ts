import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type Answer, type Backend, createBackend } from '../../src/app/backend/index.js';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { serveProcess } from '../helpers/processes.js';
import { type RawReply, RawClient } from './backend/raw-http.js';

/** Streams that run from before the first change until after the last. */
const STREAMS = 100;
/** Streams that begin after each change. */
const LATER = 10;
const TOKEN_MS = 100;
/** What does not count after this time never will. How long it took is told; on a busy machine it says nothing of the proxy. */
const NEVER_MS = 20_000;
/** Between the tokens of a long stream: it is to outlast all changes on a slow machine too. */
const LONG_TOKEN_MS = 200;

/** What is in force. */
interface State {
  readonly port: number;
  readonly backend: 'A' | 'B';
  readonly mode: 'correct' | 'observe';
  /** What `teh` becomes. */
  readonly word: string;
}

/** The chunks of a stream: the text of each tells backend, stream and place, so that none can take another's place unseen. */
function chunksOf(backend: string, prompt: string): readonly string[] {
  const tokens = prompt.startsWith('long') ? 100 : prompt.startsWith('later') ? 12 : 2;
  const lines = Array.from({ length: tokens }, (_, index) => JSON.stringify({ model: backend, response: `${prompt} ${index} of teh “naïve” 🦊 ${createHash('sha1').update(`${prompt} ${index}`).digest('base64url')} `, done: false }));
  return [...lines, JSON.stringify({ model: backend, response: '', done: true, done_reason: 'stop' })].map((line) => `${line}\n`);
}

/** The recorded answer of a backend: a token each tenth of a second, each stream a little later than the one before. */
function answerOf(backend: string, prompt: string): Answer {
  const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n');
  const pieces = chunksOf(backend, prompt).map((chunk) => Buffer.from(`${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`));
  const offset = Number(/\d+$/.exec(prompt)?.[0] ?? 0) % TOKEN_MS;
  const pace = prompt.startsWith('probe') ? 0 : prompt.startsWith('long') ? LONG_TOKEN_MS : TOKEN_MS;
  const segments = pieces.map((piece, index) => [offset + index * pace, piece.length] as const);
  return { replay: { bytes: Buffer.concat([head, ...pieces, Buffer.from('0\r\n\r\n')]), segments: [[0, head.length], ...segments, [(segments.at(-1)?.[0] ?? 0), 5]] } };
}

function backendNamed(name: string): Backend {
  return createBackend({ port: 0, answers: ({ prompt }) => answerOf(name, prompt) });
}

const hash = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What a stream is to look like that began in this state. */
function expected({ backend, mode, word }: State, prompt: string): readonly string[] {
  return chunksOf(backend, prompt).map((chunk) => (mode === 'observe' ? chunk : chunk.replace('teh', word)));
}

async function ask(port: number, prompt: string): Promise<RawReply> {
  const client = await RawClient.open(port);
  const body = JSON.stringify({ model: 'm', prompt });
  client.send(`POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const reply = await client.reply();
  client.socket.destroy();
  return reply;
}

/** Runs a stream to its end and holds it against what it was to be. */
async function stream(state: State, prompt: string): Promise<void> {
  const { body, chunks } = await ask(state.port, prompt);
  const wanted = expected(state, prompt);
  assert.equal(hash(body), hash(wanted.join('')), `${prompt} in ${JSON.stringify(state)}: ${body.toString()}`);
  // Watched only: the framing is the backend's as well.
  if (state.mode === 'observe') assert.deepEqual(chunks.map(hash), wanted.map(hash), prompt);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether an answer that begins now is that of the state; a port that is not open yet says no. */
async function inForce(state: State, prompt: string): Promise<boolean> {
  try {
    return (await ask(state.port, prompt)).body.toString() === expected(state, prompt).join('');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  }
}

test('100 streams run while modes, rules, limits, upstream and port change by file, signal and SQL: each comes into force, and every byte is as it was to be', { timeout: 150_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-crowd-'));
  const backends = { A: backendNamed('A'), B: backendNamed('B') };
  const urls = { A: `http://127.0.0.1:${(await backends.A.start()).port}`, B: `http://127.0.0.1:${(await backends.B.start()).port}` };
  const db = join(folder, 'rules.db');
  const store = openRuleStore(db);
  const rule = store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const file = join(folder, 'hot_patching_config.json');
  const save = (state: State, limits: object = {}, how: 'write' | 'replace' = 'write'): void => {
    const text = JSON.stringify({ hot_patching: { listen: `127.0.0.1:${state.port}`, upstream: urls[state.backend], mode: state.mode, workspace: 'none', limits }, databases: { correction_patterns: db } });
    writeFileSync(how === 'write' ? file : `${file}.new`, text);
    if (how === 'replace') renameSync(`${file}.new`, file);
  };
  let state: State = { port: await freePort(), backend: 'A', mode: 'correct', word: 'the' };
  save(state);
  mkdirSync(join(folder, 'logs'));
  const proxy = await serveProcess(['--log-dir', join(folder, 'logs'), '--log-format', 'json'], { cwd: folder, timeoutMs: 150_000, listen: null });
  // Where the test fails half-way, nothing may keep its process alive.
  t.after(async () => {
    proxy.child.kill('SIGKILL');
    await Promise.all([backends.A.stop(), backends.B.stop()]);
  });
  assert.equal(proxy.port, state.port);
  const all: Promise<void>[] = Array.from({ length: STREAMS }, (_, index) => stream(state, `long ${index}`));
  const failed = Promise.all(all).then(() => undefined, (error: unknown) => error);
  await backends.A.next(() => backends.A.exchanges.length === STREAMS);

  const change = async (how: string, next: Partial<State>, make: (after: State) => unknown): Promise<void> => {
    const before = state;
    state = { ...state, ...next };
    await make(state);
    const startedMs = performance.now();
    for (let probe = 0; !(await inForce(state, `probe ${probe}`)); probe += 1) assert.ok(performance.now() - startedMs < NEVER_MS, `${how}: not in force after ${NEVER_MS} ms\n${proxy.stderr().slice(-1_000)}`);
    t.diagnostic(`${how}: in force after ${(performance.now() - startedMs).toFixed(0)} ms`);
    const now = state;
    const backend = backends[now.backend];
    const seen = backend.exchanges.length;
    all.push(...Array.from({ length: LATER }, (_, index) => stream(now, `later ${how} ${index}`)));
    // What an answer is to be is settled when its request has gone up.
    await backend.next(() => backend.exchanges.length === seen + LATER);
    if (before.port !== now.port) await assert.rejects(once(connect(before.port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  };
  const sql = (statement: string): Promise<unknown> => promisify(execFile)(process.execPath, ['--input-type=module', '-e', `import Database from ${JSON.stringify(import.meta.resolve('better-sqlite3'))}; new Database(process.argv[1]).exec(process.argv[2]);`, db, statement]);

  await change('mode by file', { mode: 'observe' }, (after) => save(after));
  await change('mode by signal', { mode: 'correct' }, (after) => {
    save(after, {}, 'replace');
    proxy.child.kill('SIGHUP');
  });
  await change('rules by SQL of another process', { word: 'THE' }, () => sql(`UPDATE correction_patterns SET replacement = 'THE' WHERE id = ${rule}`));
  await change('upstream by file', { backend: 'B' }, (after) => save(after, {}, 'replace'));
  await change('port and limits by file', { port: await freePort() }, (after) => save(after, { holdChars: 512, stallMs: 900 }));
  // What is wrong is told, and nothing changes.
  writeFileSync(file, '{"hot_patching":{"mode":"obsrve"}}');
  await proxy.said(/hot_patching\.mode: .{0,4}obsrve.{0,4} is not allowed; expected one of correct, annotate, observe, off; the configuration before stays in force/);
  await change('back by signal', { port: await freePort(), backend: 'A', mode: 'observe' }, (after) => {
    save(after);
    proxy.child.kill('SIGHUP');
  });
  const running = backends.A.exchanges.filter(({ done }) => !done).length;
  t.diagnostic(`${running} streams ran through all of it`);
  assert.ok(running > 0, 'no stream ran through all of it');
  assert.equal(await failed, undefined);
  await Promise.all(all);
  assert.equal((await proxy.stop()).code, 0);
  rmSync(folder, { recursive: true, force: true });
});
