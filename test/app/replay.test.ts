import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as streamText } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { resolveConfig } from '../../src/app/config.js';
import { runFilter } from '../../src/app/filter-command.js';
import { runReplay } from '../../src/app/replay-command.js';
import { openRuleStore, type RuleInput } from '../../src/index.js';
import type { Format } from '../../src/node/stream/rewrite-stream.js';
import { PATHS, WORD } from '../core/rewrite/plant.js';
import { plantedCases } from '../core/rewrite/planted-cases.js';
import { FILES } from '../core/rewrite/tool-calls.js';
import { runCli } from '../helpers/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-replay-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const KEPT = join(import.meta.dirname, '../fixtures/llama-server');

const work = join(folder, 'work');
for (const file of FILES) {
  mkdirSync(dirname(join(work, file)), { recursive: true });
  writeFileSync(join(work, file), '');
}
const WORD_RULE = { name: 'word', match: 'literal', value: WORD.wrong, replace: WORD.right, scopes: ['prose', 'code', 'reasoning', 'arguments'] } as const;

/** A database with these rules alone. */
function database(name: string, ...rules: readonly RuleInput[]): string {
  const file = join(folder, name);
  const store = openRuleStore(file);
  for (const { id } of store.list('pattern')) store.remove(id);
  for (const rule of rules) store.add(rule);
  store.close();
  return file;
}

const db = database('rules.db', WORD_RULE, { name: 'package', match: 'literal', value: 'fast-json-turbo', replace: 'JSON.parse' });

interface Line {
  readonly kind: string;
  readonly [key: string]: unknown;
}

interface Replayed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly Line[];
}

async function replay(files: readonly string[], more: { readonly format?: Format; readonly json?: boolean; readonly mode?: readonly string[]; readonly db?: string; readonly workspace?: string; readonly colours?: boolean } = {}): Promise<Replayed> {
  const { format = 'auto', json = true, mode = [], colours = false } = more;
  const config = resolveConfig({ flags: { db: more.db ?? db, workspace: [more.workspace ?? 'none'], mode }, env: {}, cwd: folder, readFile: () => null });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const kept = Promise.all([streamText(stdout), streamText(stderr)]);
  const code = await runReplay({ files, format, json, colours, stdout, stderr }, config);
  stdout.end();
  stderr.end();
  const [text, messages] = await kept;
  return { code, stdout: text, stderr: messages, lines: json ? text.trimEnd().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line) : [] };
}

function put(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const ollama = (...pieces: readonly string[]): string => [...pieces.map((content) => ({ model: 'm', message: { role: 'assistant', content }, done: false })), { model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' }].map((line) => `${JSON.stringify(line)}\n`).join('');

const MODES = ['incomplete_reasoning=off', 'logic_contradiction=off', 'incorrect_fact=off'];

test('recorded answers with errors planted: the corrections that filter makes, each shown as it is and as it would be', async () => {
  const cases = plantedCases().filter(({ first }) => first);
  const files = cases.map(({ planted }, index) => put(`case-${index}`, planted.body));
  const own = database('word.db', WORD_RULE);
  const { code, stderr, lines } = await replay(files, { db: own, workspace: work, mode: MODES });
  assert.deepEqual([code, stderr], [0, '']);
  const config = resolveConfig({ flags: { db: own, workspace: [work], mode: MODES }, env: {}, cwd: folder, readFile: () => null });
  let corrections = 0;
  for (const [index, { name, codec, planted }] of cases.entries()) {
    const file = files[index] as string;
    const report = join(folder, 'report');
    await runFilter({ format: 'auto', rules: undefined, report, stdin: Readable.from([Buffer.from(planted.body)]), stdout: new PassThrough().resume(), stderr: new PassThrough().resume() }, config);
    const filtered = readFileSync(report, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
    const about = lines.filter((line) => line['file'] === file);
    const shown = about.filter(({ kind }) => kind === 'correction');
    const common = (line: Line): unknown[] => ['type', 'rule', 'detected', 'expected', 'action', 'start', 'end', 'channel'].map((key) => line[key]);
    assert.deepEqual(shown.map(common), filtered.map(common), name);
    assert.deepEqual(['kind', 'format', 'corrections', 'changed'].map((key) => about.at(-1)?.[key]), ['answer', codec.dialect.name, shown.length, true], name);
    const said = planted.answer.places.length > 0 ? [...planted.want.values()] : [];
    for (const { detected, expected, before: was, after: would } of shown) {
      const [old, now] = [was, would].map((text) => String(text).replace(/^…|…$/g, '')) as [string, string];
      assert.ok(old.includes(WORD.wrong) || PATHS.some(({ wrong }) => old.includes(wrong)), `${name}: ${String(detected)}: ${old}`);
      // Arguments are wanted as they stand in JSON.
      assert.ok(said.some((text) => text.includes(now) || text.includes(JSON.stringify(now).slice(1, -1))), `${name}: ${String(expected)}: ${now}`);
      corrections += 1;
    }
  }
  assert.deepEqual([lines.at(-1)?.kind, lines.at(-1)?.['files'], lines.at(-1)?.['changed'], lines.at(-1)?.['corrected']], ['total', files.length, files.length, corrections]);
});

test('a connection as it was on TCP: each answer by the route and the limits of its request', async () => {
  const names = readdirSync(KEPT).filter((name) => name.endsWith('.res.bin'));
  const { code, lines } = await replay(names.map((name) => join(KEPT, name)));
  assert.equal(code, 0);
  const of = (name: string): readonly Line[] => lines.filter((line) => line['file'] === join(KEPT, `${name}.res.bin`));
  assert.deepEqual(of('chat_nonstream').map(({ kind, rule, before: was, after: would, model }) => [kind, rule, was, would, model]), [
    ['correction', 'package', 'Sure! You can import the fast-json-turbo package from npm and call fs.readFileAs…', 'Sure! You can import the JSON.parse package from npm and call fs.readFileAs…', undefined],
    ['answer', undefined, undefined, undefined, 'scripted'],
  ]);
  const twice = (ending: string): Buffer => Buffer.concat([`chat_nonstream.${ending}`, `chat_nonstream.${ending}`].map((name) => readFileSync(join(KEPT, name))));
  put('twice.req.bin', twice('req.bin'));
  const { lines: both } = await replay([put('twice.res.bin', twice('res.bin'))]);
  assert.deepEqual(both.filter(({ kind }) => kind === 'answer').map(({ answer, model, corrections }) => [answer, model, corrections]), [[1, 'scripted', 1], [2, 'scripted', 1]]);
  assert.match(String(of('head_root')[0]?.['unread']), /not inspected/);
  assert.equal(of('client_abort').at(-1)?.['cutOff'], true);
  // Without its request an answer is known by its form, and what would have gone unread for its path is read.
  const alone = put('alone.res.bin', readFileSync(join(KEPT, 'chat_nonstream.res.bin')));
  const { lines: anonymous } = await replay([alone]);
  assert.deepEqual(anonymous.filter(({ kind }) => kind === 'answer').map(({ format, model, corrections }) => [format, model, corrections]), [['openai-chat', null, 1]]);
});

test('an answer that would pass unread says why', async () => {
  const answer = (head: string, body: string): string => `HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const files = {
    'status 404': answer('404 Not Found\r\nContent-Type: application/json', '{"error":"no"}'),
    'it is encoded (gzip)': answer('200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip', 'x'),
    'its media type is text/html': answer('200 OK\r\nContent-Type: text/html', '<p>'),
    'it names no media type': answer('200 OK', ollama('a')),
    'it has no body': answer('200 OK\r\nContent-Type: application/json', ''),
    'it is of no known format': answer('200 OK\r\nContent-Type: application/json', '{"a":1}'),
  };
  for (const [why, bytes] of Object.entries(files)) {
    const { code, lines } = await replay([put('unread.bin', bytes)]);
    assert.deepEqual([code, lines.map(({ unread }) => unread)], [0, [why, 1]]);
  }
});

test('for people: a place before and after, controls made harmless, colours only where asked for', async () => {
  const file = put('answer.ndjson', ollama('Take fast-json', '-turbo\n\u001b[2J or \u202e', `${WORD.wrong} now. 17 * 3 = 52.`));
  const { stdout } = await replay([file], { json: false, mode: ['incorrect_fact=observe'] });
  assert.deepEqual(stdout.split('\n'), [
    `${file}  ollama-chat  3 corrections`,
    '  pattern_match replace  rule package  message/content 5',
    `    - Take fast-json-turbo\\n\\u001b[2J or \\u202e${WORD.wrong} now. 17 * 3 = 52.`,
    `    + Take JSON.parse\\n\\u001b[2J or \\u202e${WORD.right} now. 17 * 3 = 52.`,
    '  pattern_match replace  rule word  message/content 30',
    `    - Take fast-json-turbo\\n\\u001b[2J or \\u202e${WORD.wrong} now. 17 * 3 = 52.`,
    `    + Take JSON.parse\\n\\u001b[2J or \\u202e${WORD.right} now. 17 * 3 = 52.`,
    '  incorrect_fact report  arithmetic  message/content 53',
    `    …n-turbo\\n\\u001b[2J or \\u202e${WORD.wrong} now. 17 * 3 = 52.`,
    '1 file, 1 answer read: 1 would change; 2 corrections, 1 only reported (incorrect_fact 1, pattern_match 2)',
    '',
  ]);
  const coloured = await replay([file], { json: false, colours: true });
  assert.ok(coloured.stdout.includes('\u001b[31mfast-json-turbo\u001b[39m') && coloured.stdout.includes('\u001b[32mJSON.parse\u001b[39m'), coloured.stdout);
});

test('modes and behavior patches have their say, the request decides about conditions', async () => {
  const file = join(KEPT, 'chat_nonstream.res.bin');
  const observed = await replay([file], { mode: ['observe'] });
  assert.deepEqual(observed.lines.map(({ action, after: would, changed, reported }) => [action, would, changed, reported]), [['report', null, undefined, undefined], [undefined, undefined, false, undefined], [undefined, undefined, 0, 1]]);
  const patched = database('patched.db', { patch_type: 'output_filter', description: 'only in chats', payload_json: { when: { route: 'chat' }, rules: [{ match: 'literal', value: 'Sure!', replace: 'Yes.' }] } });
  const { lines } = await replay([file], { db: patched });
  assert.deepEqual(lines.filter(({ kind }) => kind === 'correction').map(({ detected, expected }) => [detected, expected]), [['Sure!', 'Yes.']]);
});

test('what cannot be replayed is named with the reason, and the rest is replayed all the same', async () => {
  const good = put('good.ndjson', ollama('fast-json-turbo'));
  const bad = { 'empty.bin': '', 'requests.bin': 'POST /api/chat HTTP/1.1\r\nHost: a\r\n\r\n', 'notes.txt': 'only words\n', 'half.bin': 'HTTP/1.1 what\r\n\r\n' };
  const files = Object.entries(bad).map(([name, content]) => put(name, content));
  const { code, stderr, lines } = await replay([...files, join(folder, 'nowhere'), folder, good]);
  assert.equal(code, 1);
  const said = stderr.trimEnd().split('\n');
  assert.deepEqual(said.map((line) => /^hotpatch replay: (.*) cannot be replayed: /.exec(line)?.[1]), [...files, join(folder, 'nowhere'), folder]);
  [/is empty/, /holds requests/, /no known format.*--format text/, /begins as an HTTP answer/, /there is no such file/, /EISDIR/].forEach((why, index) => assert.match(said[index] as string, why));
  assert.deepEqual(lines.map(({ kind }) => kind), ['correction', 'answer', 'total']);
  assert.equal((await replay([join(folder, 'notes.txt')], { format: 'text' })).code, 0);
});

test('the command: no database is made, nothing is written, wrong usage exits 2', async () => {
  const place = join(folder, 'empty');
  mkdirSync(place);
  const file = put('teh.ndjson', ollama('nothing wrong'));
  const done = await runCli(['replay', file, '--json', '--workspace', 'none'], { cwd: place });
  assert.deepEqual([done.code, done.stderr, done.stdout.split('\n').length], [0, '', 3]);
  assert.deepEqual([readdirSync(place), existsSync(join(place, 'data'))], [[], false]);
  for (const [args, why] of [[['replay'], /missing required argument/], [['replay', file, '--format', 'xml'], /--format: "xml" is not allowed; expected one of/]] as const) {
    const { code, stderr } = await runCli(args, { cwd: place });
    assert.equal(code, 2);
    assert.match(stderr, why);
  }
});
