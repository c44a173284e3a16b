import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { resolveConfig } from '../../src/app/config.js';
import { importFormat, runFilter } from '../../src/app/filter-command.js';
import { runCli, startCli } from '../helpers/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-filter-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const RULES = join(folder, 'rules.json');
writeFileSync(RULES, JSON.stringify([
  { match: 'literal', value: 'teh', replace: 'the', word: true },
  { type: 'regex', pattern: 'v(\\d)\\.(\\d)', replacement: 'version', flags: 'i' },
]));

/** Keeps what it is given, as text. */
class Sink extends Writable {
  readonly #pieces: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#pieces).toString();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(chunk);
    done();
  }
}

interface Filtered {
  readonly code: number;
  readonly output: string;
  readonly messages: string;
}

/** Filters in this process, fed in pieces of so many bytes. */
async function filter(format: string, input: string | Buffer, more: { readonly pieceBytes?: number; readonly rules?: string; readonly report?: string; readonly db?: string; readonly mode?: string } = {}): Promise<Filtered> {
  const { pieceBytes = 7, rules = RULES, report, db = 'none', mode = 'correct' } = more;
  const bytes = Buffer.from(input);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_none, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes));
  const [stdout, stderr] = [new Sink(), new Sink()];
  const config = resolveConfig({ flags: { db, workspace: ['none'], mode: [mode] }, env: {}, cwd: folder, readFile: () => null });
  const code = await runFilter({ format, rules: rules === '' ? undefined : rules, report, stdin: Readable.from(pieces), stdout, stderr }, config);
  return { code, output: stdout.text, messages: stderr.text };
}

const ollama = (field: (text: string) => object, ...texts: string[]): string =>
  [...texts.map((text) => ({ model: 'm', ...field(text), done: false })), { model: 'm', ...field(''), done: true }].map((line) => `${JSON.stringify(line)}\n`).join('');
const chat = (content: string): object => ({ message: { role: 'assistant', content } });
const generate = (response: string): object => ({ response });
const sse = (...texts: string[]): string => `${texts.map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`).join('')}data: [DONE]\n\n`;
const whole = (content: string): string => JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] });

const WRONG = ['Now te', 'h end, V1', '.2 and other', ' tehran.'];
const RIGHT = 'Now the end, version and other tehran.';

/** Everything that is text in an output, put together. */
function textOf(output: string): string {
  return output.split('\n').filter((line) => line.includes('{')).map((line) => {
    const json = JSON.parse(line.replace(/^data: /, '')) as { response?: string; message?: { content: string }; choices?: { delta?: { content?: string }; message?: { content: string } }[] };
    return json.response ?? json.message?.content ?? json.choices?.[0]?.delta?.content ?? json.choices?.[0]?.message?.content ?? '';
  }).join('');
}

const FORMATTED: readonly (readonly [name: string, format: string, input: string])[] = [
  ['ollama chat', 'ollama-chat', ollama(chat, ...WRONG)],
  ['ollama generate', 'ollama-generate', ollama(generate, ...WRONG)],
  ['openai stream', 'openai-chat', sse(...WRONG)],
  ['openai document', 'openai-chat', whole(WRONG.join(''))],
  ['ollama document', 'ollama-chat', JSON.stringify({ model: 'm', ...chat(WRONG.join('')), done: true })],
];

test('every format is corrected, named or found out, whole and in small pieces', async () => {
  for (const [name, format, input] of FORMATTED) {
    for (const asked of [format, 'auto']) {
      for (const pieceBytes of [1, 7, 1e6]) {
        const { code, output, messages } = await filter(asked, input, { pieceBytes });
        assert.deepEqual([code, messages, textOf(output)], [0, '', RIGHT], `${name} as ${asked}, ${pieceBytes}`);
      }
    }
  }
  for (const pieceBytes of [1, 7, 1e6]) assert.equal((await filter('text', WRONG.join(''), { pieceBytes })).output, RIGHT);
});

test('what is right already, or of another format, passes byte for byte', async () => {
  const bodies = [ollama(chat, 'fine', ' text'), sse('fine', ' text'), whole('fine text'), 'plain text\r\nno JSON', '', '{"broken', Buffer.from([0xff, 0x00, 0x7b]).toString('latin1')];
  for (const body of bodies) for (const format of ['auto', 'ollama-chat', 'openai-chat']) assert.equal((await filter(format, body)).output, body, `${format}: ${body}`);
  const { code, messages } = await filter('auto', 'no format at all\n');
  assert.equal(code, 0);
  assert.match(messages, /passes unchanged/);
});

test('the report has one line of JSON a correction', async () => {
  const report = join(folder, 'report.ndjson');
  await filter('ollama-chat', ollama(chat, ...WRONG), { report });
  const lines = readFileSync(report, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(lines.map(({ detected, expected, action, start, end, type }) => ({ detected, expected, action, start, end, type })), [
    { detected: 'teh', expected: 'the', action: 'replace', start: 4, end: 7, type: 'pattern_match' },
    { detected: 'V1.2', expected: 'version', action: 'replace', start: 13, end: 17, type: 'pattern_match' },
  ]);
  const unwritable = await filter('text', 'teh end', { report: join(folder, 'no/such/folder/report') });
  assert.deepEqual([unwritable.code, unwritable.output], [1, 'the end']);
  assert.match(unwritable.messages, /cannot be written/);
  const observed = await filter('text', 'teh end', { report, mode: 'observe' });
  assert.equal(observed.output, 'teh end');
  assert.match(readFileSync(report, 'utf8'), /"action":"report"/);
});

test('rules: each import form by its name, those alone, and a bad one is skipped with a word', async () => {
  const forms = {
    'a.ndjson': '{"match":"literal","value":"teh","replace":"the"}\nnot json\n{"match":"regex","value":"(a"}\n',
    'b.csv': 'kind,type,match,pattern,replacement,flags,word,confidence_threshold,enabled,id\npattern,,literal,teh,the,,,,,\n',
    'c.jsonl': '{"id":"r1","type":"literal","pattern":"teh","flags":"","replacement":"the"}\n',
    'd.json': '{"match":"literal","value":"teh","replace":"the"}',
  };
  for (const [name, text] of Object.entries(forms)) {
    const rules = join(folder, name);
    writeFileSync(rules, text);
    const { output, messages } = await filter('text', 'teh end', { rules });
    assert.equal(output, 'the end', name);
    assert.equal(messages.split('\n').length - 1, name === 'a.ndjson' ? 2 : 0, messages);
  }
  assert.deepEqual(['x.csv', 'x.CSV', 'x.ndjson', 'x.jsonl', 'x.json', 'x'].map(importFormat), ['csv', 'csv', 'ndjson', 'ndjson', 'json', 'json']);
  // The database's rules do not count beside a file's.
  const db = join(folder, 'rules.db');
  const database = new Database(db);
  database.exec("CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL, replacement TEXT); INSERT INTO correction_patterns (pattern, replacement) VALUES ('end', 'END')");
  database.close();
  assert.equal((await filter('text', 'teh end', { db })).output, 'the end');
  assert.equal((await filter('text', 'teh end', { db, rules: '' })).output, 'teh END');
});

test('a filter creates no database', async () => {
  const db = join(folder, 'missing.db');
  assert.equal((await filter('text', 'teh end', { db, rules: '' })).output, 'teh end');
  assert.equal(existsSync(db), false);
});

test('unknown formats are refused', async () => {
  for (const format of ['later', 'xml', '']) await assert.rejects(filter(format, ''), { name: 'ConfigError' });
});

test('the command: stdin to stdout, missing rules exit 1, a reader that leaves is no failure', async () => {
  const done = await runCli(['filter', '--format', 'auto', '--rules', RULES, '--workspace', 'none'], { cwd: folder, input: ollama(chat, ...WRONG) });
  assert.deepEqual([done.code, done.stderr, textOf(done.stdout)], [0, '', RIGHT]);
  const missing = await runCli(['filter', '--format', 'text', '--rules', 'nowhere.json'], { cwd: folder, input: 'teh' });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^hotpatch: .*nowhere\.json/);
  assert.doesNotMatch(missing.stderr, /\n {4}at /);
  const left = startCli(['filter', '--format', 'text', '--rules', RULES], { cwd: folder, input: 'teh end\n'.repeat(40_000) });
  left.child.stdout?.once('data', () => left.child.stdout?.destroy());
  const { code, stderr } = await left.finished;
  assert.deepEqual([code, stderr], [0, '']);
});
