import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Answer, type Backend, createBackend } from '../../src/app/backend/index.js';
import { runCli } from '../helpers/processes.js';
import { startProxy } from '../helpers/proxy.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-proxy-rules-'));
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

test('x-hotpatch-mode is honoured and removed; x-hotpatch-exchange tells of an inspected answer', async () => {
  const proxy = await startProxy({ upstream, db: withRules('headers', ['teh', 'the']) });
  const seen = async (headers: Record<string, string>): Promise<readonly [string, boolean]> => {
    const { text, response } = await chat(proxy.url, headers);
    const sent = backend.exchanges.at(-1)?.rawHeaders.map((name) => name.toLowerCase()) ?? [];
    assert.ok(!sent.some((name) => name.startsWith('x-hotpatch')), 'it does not reach the backend');
    return [text, response.headers.has('x-hotpatch-exchange')];
  };
  assert.deepEqual(await seen({}), ['the end', true]);
  assert.deepEqual(await seen({ 'x-hotpatch-mode': 'observe' }), ['teh end', false]);
  assert.deepEqual(await seen({ 'X-Hotpatch-Mode': 'off', 'x-hotpatch-workspace': '/tmp' }), ['teh end', false]);
  const [annotated, inspected] = await seen({ 'x-hotpatch-mode': 'annotate' });
  assert.match(annotated, /^teh \[.*the.*\] end$/);
  assert.equal(inspected, true);
  assert.deepEqual(await seen({ 'x-hotpatch-mode': 'nonsense' }), ['the end', true]);
  await proxy.stop();
});

test('corrections are in the log and in the database when the proxy has stopped', async () => {
  const db = withRules('audit', ['teh', 'the']);
  const proxy = await startProxy({ upstream, db, config: { correctionsFile: join(folder, 'corrections.log') } });
  for (let round = 0; round < 5; round += 1) await chat(proxy.url);
  await proxy.stop();
  const log = readFileSync(join(folder, 'corrections.log'), 'utf8').trimEnd().split('\n');
  assert.equal(log.length, 5);
  for (const line of log) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \| Type: pattern_match \| Confidence: 1\.00 \| Detected: teh \| Corrected: the \| Action: replace \| Exchange: [0-9A-Z]{26}$/);
  const database = new Database(db, { readonly: true });
  const rows = database.prepare('SELECT detected, expected, action, model, route, start, "end" FROM corrections').all();
  database.close();
  assert.deepEqual(rows, Array.from({ length: 5 }, () => ({ detected: 'teh', expected: 'the', action: 'replace', model: 'm', route: 'ollama-chat', start: 0, end: 3 })));
});

test('a malformed row is named with its id and skipped; the others load', async () => {
  const db = withRules('malformed', ['teh', 'the'], ['{"match":"regex","value":"(a"}', null], ['{not json', null], ['{"match":"regex","value":"(x+x+)+y","replace":""}', null], ['end', 'END']);
  const proxy = await startProxy({ upstream, db });
  assert.equal((await chat(proxy.url)).text, 'the END');
  const told = proxy.log.entries.flatMap(({ msg }) => /^rule (\d+) in .*malformed\.db is skipped: ./.exec(msg)?.[1] ?? []);
  assert.deepEqual(told, ['2', '3']);
  await proxy.stop();
});

test('rules of another process count for the next exchange within a second; a running stream keeps its own', async (t) => {
  const db = withRules('edited', ['nothing', 'x']);
  const proxy = await startProxy({ upstream, db });
  const gate = new Gate();
  answer = held(gate, 'teh ', 'middle ', 'teh end');
  const running = chat(proxy.url);
  await backend.next(({ done, tokensSent }) => !done && tokensSent === 2);
  const added = await runCli(['rules', 'add', '--pattern', 'teh', '--replace', 'the', '--db', db], { cwd: folder });
  assert.equal(added.code, 0);
  const startedMs = performance.now();
  answer = { text: 'teh end' };
  let text = '';
  while ((text = (await chat(proxy.url)).text) !== 'the end') assert.ok(performance.now() - startedMs < NEVER_MS, `still ${text}`);
  t.diagnostic(`seen after ${(performance.now() - startedMs).toFixed(0)} ms`);
  gate.open();
  assert.equal((await running).text, 'teh middle teh end');
  // Another hand at the database; asked to look, the proxy need not wait.
  const database = new Database(db);
  database.prepare('UPDATE correction_patterns SET replacement = ? WHERE pattern = ?').run('THE', 'teh');
  database.close();
  proxy.proxy.reload();
  assert.equal((await chat(proxy.url)).text, 'THE end');
  await proxy.stop();
});
