import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { everyHelp, examplesIn } from '../helpers/help.js';
import { runCli, runMany } from '../helpers/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { cwd: folder });
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

test('every command has a help with an example, on stdout, and exits 0', async () => {
  const seen: string[] = [];
  for (const [path, { code, stdout, stderr }] of await everyHelp(folder)) {
    const name = `hotpatch ${path}`.trim();
    assert.deepEqual([code, stderr], [0, ''], name);
    assert.match(stdout, /^Usage: hotpatch/, name);
    assert.match(stdout, /\nExample:\n {2}\S/, name);
    // The example is of this very command.
    if (path !== '') assert.ok(examplesIn(stdout).some((example) => example.includes(name)), name);
    seen.push(path);
  }
  for (const command of ['serve', 'filter', 'eval', 'rules', 'rules list', 'rules add', 'rules remove', 'rules enable', 'rules disable', 'rules test', 'rules import', 'rules export', 'stats']) {
    assert.ok(seen.includes(command), command);
  }
  const { code, stdout } = await run('rules', 'add', '--help');
  assert.deepEqual([code, stdout.includes('Example:')], [0, true]);
});

test('the file that package.json names runs in a clone', async () => {
  const root = join(import.meta.dirname, '../..');
  const { version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; bin: { hotpatch: string } };
  const { code, stdout } = await runCli(['--version'], { cwd: folder, bin: join(root, bin.hotpatch) });
  assert.deepEqual([code, stdout], [0, `${version}\n`]);
});

const config = join(folder, 'bad.json');
writeFileSync(config, '{"hot_patching":{"proxy_prot":1},"logging":{"retention_days":"x"}}');
const broken = join(folder, 'broken.json');
writeFileSync(broken, '{"hot_patching":{,}}');

/** Wrong usage: exit code 2, nothing on stdout, and a message that names what is wrong. */
const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['--no-such-flag'], /--no-such-flag/],
  [['serve', '--listn', '127.0.0.1:0'], /--listn.*\n?.*--listen/],
  [['sevre'], /^hotpatch: there is no command "sevre"; did you mean "serve"\?; "hotpatch --help" lists them\n$/],
  [['frobnicate'], /^hotpatch: there is no command "frobnicate"; "hotpatch --help" lists them\n$/],
  [['--upstraem', 'x'], /^hotpatch: unknown option '--upstraem'; did you mean --upstream\?\n$/],
  [['rules', 'lst'], /^hotpatch: unknown command 'lst'; did you mean list\?\n$/],
  [['filter', '--format', 'olama-chat'], /; did you mean "ollama-chat"\?\n$/],
  [['rules', 'lisst'], /lisst/],
  [['rules', 'remove'], /missing required argument/],
  [['serve', '--listen', '0.0.0.0:0'], /--listen: "0\.0\.0\.0:0".*--allow-remote/],
  [['serve', '--listen', '127.0.0.1:99999'], /--listen.*port from 0 to 65535/],
  [['serve', '--upstream', 'http://127.0.0.1:1/v1'], /--upstream.*path/],
  [['serve', '--upstream', 'ftp://x'], /--upstream/],
  [['serve', '--listen', '127.0.0.1:4000', '--upstream', 'http://localhost:4000'], /circle/],
  [['serve', '--mode', 'corect'], /did you mean "correct"/],
  [['serve', '--mode', 'invalid_pth=off'], /did you mean "invalid_path"/],
  [['serve', '--log-level', 'loud'], /--log-level/],
  [['serve', '--config', 'nowhere.json'], /nowhere\.json/],
  [['serve', '--config', 'broken.json'], /broken\.json:1:18.*not JSON/],
  [['filter'], /--format/],
  [['filter', '--format', 'xml'], /^hotpatch: --format: "xml" is not allowed; expected one of text, /],
  [['rules', 'add', '--pattern', 'a', '--type', 'invalid_pth'], /--type: "invalid_pth" .*; did you mean "invalid_path"\?\n$/],
  [['rules', 'add', '--pattern', 'a', '--match', 'regx'], /--match: "regx" .*; did you mean "regex"\?\n$/],
  [['rules', 'list', '--kind', 'patern'], /--kind: "patern" .*; did you mean "pattern"\?\n$/],
  [['rules', 'import', 'absent.json', '--format', 'jsn'], /--format: "jsn" .*; did you mean "json"\?\n$/],
  [['log', '--type', 'incorect_fact'], /--type: "incorect_fact" .*; did you mean "incorrect_fact"\?\n$/],
  [['serve', '--log-level', 'wran'], /--log-level: "wran" .*; did you mean "warn"\?\n$/],
  [['evla'], /^hotpatch: there is no command "evla"; did you mean "eval"\?; "hotpatch --help" lists them\n$/],
  [['rules', 'add'], /--pattern/],
  [['rules', 'add', '--match', 'glob', '--pattern', 'x'], /--match/],
  [['rules', 'add', '--match', 'regex', '--pattern', '(a', '--db', 'x.db'], /regular expression/],
  [['rules', 'list', '--db', 'none'], /--db none/],
];

test('wrong usage and wrong configuration exit 2 and say what is wrong', async () => {
  const results = await runMany(WRONG.map(([args]) => args), { cwd: folder });
  results.push(await run(...(WRONG[0]?.[0] ?? [])), await run('serve', '--listen', '0.0.0.0:0'));
  const cases = [...WRONG, ...WRONG.slice(0, 1), [['serve', '--listen', '0.0.0.0:0'], /--allow-remote/] as const];
  for (const [index, { code, stdout, stderr }] of results.entries()) {
    const [args, says] = cases[index] as (typeof WRONG)[number];
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, says, args.join(' '));
    assert.doesNotMatch(stderr, /\n {4}at /, 'no stack');
  }
});

test('both errors of a configuration file are told at once', async () => {
  const { code, stderr } = await run('serve', '--config', config);
  assert.equal(code, 2);
  assert.match(stderr, /hot_patching\.proxy_prot .*proxy_port/);
  assert.match(stderr, /logging\.retention_days: "x"/);
});

test('a port that is taken: exit 1 and one clear line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stdout, stderr } = await run('serve', '--listen', `127.0.0.1:${port}`, '--upstream', 'http://127.0.0.1:1', '--workspace', 'none', '--db', 'taken.db');
  assert.deepEqual([code, stdout, lines(stderr).length], [1, '', 1], stderr);
  assert.match(stderr, new RegExp(`^hotpatch: port ${port} on 127\\.0\\.0\\.1 is taken; .*--listen`));
  server.close();
});

test('a corrupt database: rules list exits 1, names the file and leaves it as it is', async () => {
  const db = join(folder, 'corrupt.db');
  const bytes = Buffer.alloc(8192, 'not a database ');
  writeFileSync(db, bytes);
  const { code, stdout, stderr } = await run('rules', 'list', '--db', db);
  assert.deepEqual([code, stdout], [1, '']);
  assert.ok(stderr.includes(db), stderr);
  assert.ok(readFileSync(db).equals(bytes));
});

test('results go to stdout alone', async () => {
  const db = join(folder, 'rules.db');
  const [added, shown, exported] = await runMany([
    ['rules', 'add', '--pattern', 'teh', '--replace', 'the', '--db', db],
    ['rules', 'test', '--text', 'teh end', '--db', db, '--json'],
    ['rules', 'export', '--db', db, '--format', 'ndjson'],
  ], { cwd: folder });
  assert.match(added?.stdout ?? '', /^\d+\n$/);
  assert.equal((JSON.parse(shown?.stdout ?? '') as { output: string }).output, 'the end');
  assert.ok(lines(exported?.stdout ?? '').every((line) => typeof JSON.parse(line) === 'object'));
});
