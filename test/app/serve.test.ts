import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Answer, type Backend, createBackend } from '../../src/app/backend/index.js';
import { READY, serveProcess, type Serving, startCli } from '../helpers/processes.js';
import { Wire } from '../helpers/http-client.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-serve-'));
/** What takes less than a second may be seen later on a loaded machine; after this it never will be. */
const NEVER_MS = 20_000;
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

let backend: Backend;
let upstream = '';
let answer: Answer = { text: 'teh end' };

before(async () => {
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => answer });
  upstream = `http://127.0.0.1:${(await backend.start()).port}`;
});
after(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A proxy with a folder of its own. */
async function serving(name: string, ...args: string[]): Promise<Serving> {
  return serveProcess(['--upstream', upstream, '--workspace', 'none', '--log-dir', join(folder, name, 'logs'), ...args], { cwd: folder });
}

function withRules(name: string, ...rules: readonly (readonly [pattern: string, replacement: string | null])[]): string {
  const db = join(folder, `${name}.db`);
  const database = new Database(db);
  database.exec('CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL, replacement TEXT)');
  for (const [pattern, replacement] of rules) database.prepare('INSERT INTO correction_patterns (pattern, replacement) VALUES (?, ?)').run(pattern, replacement);
  database.close();
  return db;
}

async function chat(url: string, headers: Record<string, string> = {}): Promise<{ readonly text: string; readonly response: Response }> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify(CHAT), headers });
  const text = (await response.text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as { message?: { content: string } }).message?.content ?? '').join('');
  return { text, response };
}

/** A promise and the function that keeps it. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** An answer that stops before its last token until the gate opens. */
function held(gate: Gate, ...tokens: string[]): Answer {
  return { tokens, beforeToken: (sent) => (sent === tokens.length - 1 ? gate.opened : undefined) };
}

test('the ready line: exact, once, on stderr, in every log format, with the real port and the rules in use', async (t) => {
  const db = withRules('ready', ['teh', 'the'], ['foo', null]);
  for (const args of [['--log-format', 'json', '--mode', 'observe'], ['--log-format', 'pretty', '--mode', 'invalid_path=observe']]) {
    const proxy = await serving('ready', '--db', db, ...args);
    assert.equal(proxy.readyLine, `hotpatch listening on http://127.0.0.1:${proxy.port} -> ${upstream} (files: 0, rules: 2, mode: ${args.includes('observe') ? 'observe' : 'correct'})`);
    const { text, response } = await chat(proxy.url);
    const observed = args.includes('observe');
    assert.deepEqual([text, response.headers.has('x-hotpatch-exchange')], observed ? ['teh end', false] : ['the end', true]);
    const { code, stdout, stderr } = await proxy.stop();
    assert.deepEqual([code, stdout], [0, '']);
    assert.equal(stderr.split('\n').filter((line) => READY.test(line)).length, 1);
    if (args.includes('json')) for (const line of stderr.trim().split('\n')) if (!READY.test(line)) assert.equal(typeof (JSON.parse(line) as { level: unknown }).level, 'string');
    t.diagnostic(`ready after ${proxy.readyMs.toFixed(0)} ms`);
  }
});

test('a fresh database has the seed rules, and every exchange leaves its line', async () => {
  const proxy = await serving('seeded', '--db', join(folder, 'fresh/hotpatch.db'), '--log-format', 'json');
  assert.match(proxy.readyLine, /rules: [1-9]/);
  await chat(proxy.url);
  const [, json = ''] = await proxy.said(/^(\{.*"msg":"exchange".*\})$/m);
  const line = JSON.parse(json) as Record<string, unknown>;
  assert.deepEqual([line['route'], line['model'], line['inspected'], line['reason'], line['corrections']], ['ollama-chat', 'm', true, null, {}]);
  assert.equal((await proxy.stop()).code, 0);
  assert.ok(existsSync(join(folder, 'fresh/hotpatch.db')));
});

test('SIGHUP: the rules are read again and the proxy goes on', async () => {
  const db = withRules('hup', ['teh', 'the']);
  const proxy = await serving('hup', '--db', db);
  assert.equal((await chat(proxy.url)).text, 'the end');
  const database = new Database(db);
  database.prepare('UPDATE correction_patterns SET replacement = ?').run('THE');
  database.close();
  proxy.child.kill('SIGHUP');
  const startedMs = performance.now();
  let text = '';
  while ((text = (await chat(proxy.url)).text) !== 'THE end') assert.ok(performance.now() - startedMs < NEVER_MS, `still ${text}`);
  assert.equal((await proxy.stop()).code, 0);
});

test('a corrupt database: serve says so, moves nothing, and passes the bytes', async () => {
  const db = join(folder, 'corrupt.db');
  const bytes = Buffer.alloc(8192, 'this is no database. ');
  writeFileSync(db, bytes);
  const proxy = await serving('corrupt', '--db', db);
  assert.match(proxy.readyLine, /rules: 0,/);
  assert.equal((await chat(proxy.url)).text, 'teh end');
  const { code, stderr } = await proxy.stop();
  assert.equal(code, 0);
  assert.ok(stderr.includes(db), stderr);
  assert.ok(readFileSync(db).equals(bytes));
});

test('SIGTERM: no new connection, the running stream ends as it should, exit 0', async () => {
  const proxy = await serving('term', '--db', withRules('term', ['teh', 'the']));
  const idle = await Wire.open(proxy.port);
  const gate = new Gate();
  answer = held(gate, 'teh ', 'middle ', 'teh end');
  backend.forget();
  const running = chat(proxy.url);
  await backend.next(({ tokensSent }) => tokensSent === 2);
  proxy.child.kill('SIGTERM');
  // The idle connection is closed at once; by then nobody listens any more.
  assert.equal(await idle.ended, 'fin');
  await assert.rejects(Wire.open(proxy.port));
  idle.socket.destroy();
  gate.open();
  assert.equal((await running).text, 'the middle the end');
  const { code, signal } = await proxy.finished;
  assert.deepEqual([code, signal], [0, null]);
  answer = { text: 'teh end' };
});

test('a second signal ends it at once, and the stream visibly', async (t) => {
  const proxy = await serving('twice', '--db', 'none');
  answer = { tokens: ['one ', 'two'], stallAfterTokens: 1 };
  backend.forget();
  const client = await Wire.open(proxy.port);
  const idle = await Wire.open(proxy.port);
  client.send(`POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${JSON.stringify(CHAT).length}\r\n\r\n${JSON.stringify(CHAT)}`);
  await client.take('one ');
  proxy.child.kill('SIGINT');
  assert.equal(await idle.ended, 'fin');
  const startedMs = performance.now();
  proxy.child.kill('SIGTERM');
  const { code } = await proxy.finished;
  t.diagnostic(`ended after ${(performance.now() - startedMs).toFixed(0)} ms`);
  // One that waited for its stream in order, to the end of its grace, ends with 0.
  assert.equal(code, 1);
  assert.doesNotMatch((await client.rest()).toString('latin1'), /\r\n0\r\n\r\n$/);
  assert.equal((await backend.next()).aborted, true);
  client.socket.destroy();
  idle.socket.destroy();
  answer = { text: 'teh end' };
});

test('kill -9 in the midst of corrections leaves database and logs readable', async () => {
  const db = withRules('killed', ['teh', 'the']);
  answer = { text: 'teh end. '.repeat(40) };
  const moments = [3, 9];
  for (const answered of moments) {
    const proxy = await serving('killed', '--db', db);
    const asking = Promise.allSettled(Array.from({ length: 12 }, () => chat(proxy.url)));
    // A moment of the work, not of the clock: it falls somewhere else in each round.
    await backend.next(() => backend.exchanges.filter(({ done }) => done).length >= answered);
    proxy.child.kill('SIGKILL');
    assert.equal((await proxy.finished).signal, 'SIGKILL');
    await asking;
    backend.forget();
    const database = new Database(db);
    assert.deepEqual(database.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
    assert.equal((database.prepare('SELECT count(*) AS n FROM correction_patterns').get() as { n: number }).n, 1);
    database.close();
  }
  answer = { text: 'teh end' };
  const proxy = await serving('killed', '--db', db);
  assert.equal((await chat(proxy.url)).text, 'the end');
  assert.equal((await proxy.stop()).code, 0);
  const log = readFileSync(join(folder, 'killed/logs/corrections.log'), 'utf8');
  assert.ok(log.endsWith('\n'));
  const torn = log.trimEnd().split('\n').filter((line) => !/^\d{4}-\S+Z \| Type: pattern_match \| .* \| Exchange: [0-9A-Z]{26}$/.test(line));
  // At most the line under way when each process was killed.
  assert.ok(torn.length <= moments.length, torn.join('\n'));
  assert.match(log.trimEnd().split('\n').at(-1) ?? '', /Exchange: [0-9A-Z]{26}$/);
});

const taken = await new Promise<boolean>((resolve) => {
  const socket = connect(11434, '127.0.0.1');
  socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
});

test('without a backend the embedded one answers, and its curl line shows a correction', { skip: taken ? 'a model server runs on this machine' : false }, async () => {
  const proxy = await serveProcess(['--workspace', 'none', '--db', 'none', '--log-dir', join(folder, 'demo')], { cwd: folder });
  const [, url = '', body = ''] = /curl -sN (\S+) -d '(.*)'/.exec(proxy.stderr()) ?? [];
  assert.match(proxy.stderr(), /EMBEDDED DEMO BACKEND/);
  const response = await fetch(url, { method: 'POST', body });
  const text = (await response.text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as { response: string }).response).join('');
  assert.equal(text, 'the quick brown fox jumps');
  assert.equal((await proxy.stop()).code, 0);
});

test('an upstream that was named and does not answer is no reason for the embedded one', async () => {
  const proxy = startCli(['serve', '--listen', '127.0.0.1:0', '--upstream', 'http://127.0.0.1:1', '--db', 'none', '--workspace', 'none', '--log-dir', join(folder, 'named')], { cwd: folder });
  const [, url = ''] = await proxy.said(READY);
  const { error } = (await (await fetch(`${url}/api/tags`)).json()) as { error: string };
  assert.equal(error, 'backend_unreachable');
  assert.doesNotMatch(proxy.stderr(), /DEMO/);
  proxy.child.kill('SIGTERM');
  assert.equal((await proxy.finished).code, 0);
});
