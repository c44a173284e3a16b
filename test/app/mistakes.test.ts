import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { openDatabase } from '../../src/node/rules/sqlite.js';
import { runCli, runMany, serveProcess } from '../helpers/processes.js';

/* Every mistake that is documented, really made: its one clear line, word for word where it is short, and its exit code. */

let folder: string;

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hotpatch-mistakes-')));
  const files: Readonly<Record<string, string>> = {
    'unknown.json': '{"hot_patching":{"proxy_prot":1}}', 'limit.json': '{"hot_patching":{"limits":{"holdChars":"many"}}}',
    'limit-name.json': '{"hot_patching":{"limits":{"holdChar":1}}}', 'limit-low.json': '{"hot_patching":{"limits":{"eventBytes":1}}}',
    'broken.json': '{"hot_patching":{,}}', 'value.json': '{"hot_patching":{"mode":"corect"}}', 'both.json': '{"hot_patching":{"listen":"127.0.0.1:1","proxy_port":2}}',
    'same-log.json': '{"logging":{"corrections_file":"a","navigation_fixes_file":"a"}}', 'no.pem': 'no certificate', 'noise.db': 'no database '.repeat(800),
    'rules.txt': 'x', 'bad.csv': 'kind,match\npattern,literal\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'a-folder'));
  openRuleStore(join(folder, 'good.db')).close();
  openRuleStore(join(folder, 'newer.db')).close();
  const db = openDatabase(join(folder, 'newer.db'));
  db.exec('UPDATE schema_version SET version = 99');
  db.close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** `DIR` in a line stands for the folder the command runs in. */
type Mistake = readonly [args: string | readonly string[], code: 1 | 2, line: string | RegExp];

const USAGE: readonly Mistake[] = [
  ['frobnicate', 2, 'hotpatch: there is no command "frobnicate"; "hotpatch --help" lists them'],
  ['evla', 2, 'hotpatch: there is no command "evla"; did you mean "eval"?; "hotpatch --help" lists them'],
  ['rules lst', 2, 'hotpatch: unknown command \'lst\'; did you mean list?'],
  ['--upstraem x', 2, 'hotpatch: unknown option \'--upstraem\'; did you mean --upstream?'],
  ['serve extra', 2, 'hotpatch: too many arguments for \'serve\'. Expected 0 arguments but got 1.'],
  ['filter', 2, 'hotpatch: required option \'--format <FORMAT>\' not specified'],
  ['filter --format olama-chat', 2, /^hotpatch: --format: "olama-chat" is not allowed; expected one of text, .*; did you mean "ollama-chat"\?$/],
  ['completion bsh', 2, 'hotpatch: completion: "bsh" is not allowed; expected one of bash, zsh, fish; did you mean "bash"?'],
  ['replay', 2, 'hotpatch: missing required argument \'files\''],
  ['eval', 2, 'hotpatch: required option \'--cases <PATH>\' not specified'],
  ['eval --cases absent', 2, 'hotpatch: --cases: "absent" does not exist; expected a file of cases or a folder of *.jsonl files (looked for DIR/absent)'],
  ['eval --cases rules.txt --json', 2, /^hotpatch: --json: it is not allowed without --out; /],
  ['log --since tomorrow', 2, /^hotpatch: --since: "tomorrow" is not allowed; expected a time back as in 30s, /],
  ['log --type path', 2, /^hotpatch: --type: "path" is not allowed; expected one of invalid_path, /],
];

const SETTINGS: readonly Mistake[] = [
  ['serve --upstream http://127.0.0.1:1/v1', 2, 'hotpatch: --upstream: "http://127.0.0.1:1/v1" is not allowed; expected an address without a path, as in http://127.0.0.1:1; each request keeps the path its client gave it'],
  ['serve --upstream ftp://x', 2, /^hotpatch: --upstream: "ftp:\/\/x" is not allowed; expected http:\/\/ or https:\/\/ with a host/],
  ['serve --upstream http://user:secret@x:1', 2, 'hotpatch: --upstream: "http://***@x:1" is not allowed; expected an address without credentials; clients send their own'],
  ['serve --listen 0.0.0.0:0', 2, 'hotpatch: --listen: "0.0.0.0:0" is not allowed; expected a loopback address, or --allow-remote as well: anyone who reaches this address could use the model behind it'],
  ['serve --listen 127.0.0.1:99999', 2, 'hotpatch: --listen: "127.0.0.1:99999" is not allowed; expected a port from 0 to 65535'],
  ['serve --listen 127.0.0.1:4000 --upstream http://localhost:4000', 2, /^hotpatch: --upstream: "http:\/\/localhost:4000" is not allowed; .*: requests would go in a circle$/],
  ['serve --mode corect', 2, 'hotpatch: --mode: "corect" is not allowed; expected correct, annotate, observe, off, or TYPE=MODE; did you mean "correct"?'],
  ['serve --mode invalid_pth=observe', 2, /^hotpatch: --mode: "invalid_pth=observe" is not allowed; .*; did you mean "invalid_path"\?$/],
  ['serve --workers 0', 2, 'hotpatch: --workers: "0" is not allowed; expected a whole number from 1 to 256'],
  ['serve --workspace none --workspace x', 2, /^hotpatch: --workspace: \["none","x"\] is not allowed; /],
  ['serve --allow-origin http://x/y', 2, /^hotpatch: --allow-origin: "http:\/\/x\/y" is not allowed; expected an origin without a path/],
  ['serve --log-level loud', 2, /^hotpatch: --log-level: "loud" is not allowed; expected one of trace, /],
  ['serve --tls-cert no.pem', 2, 'hotpatch: --tls-cert: "DIR/no.pem" is not allowed without its key; expected --tls-key as well'],
  ['serve --tls-key no.pem', 2, 'hotpatch: --tls-key: "DIR/no.pem" is not allowed without its certificate; expected --tls-cert as well'],
  ['serve --config absent.json', 2, 'hotpatch: --config: "absent.json" does not exist; expected a configuration file (looked for DIR/absent.json)'],
  ['serve --config a-folder', 2, /^hotpatch: DIR\/a-folder: cannot be read \(.*\); expected a readable file of JSON$/],
  ['serve --config broken.json', 2, /^hotpatch: DIR\/broken\.json:1:18: not JSON \(.*\)$/],
  ['serve --config unknown.json', 2, /^hotpatch: DIR\/unknown\.json: hot_patching\.proxy_prot \(1\) is not a known key; did you mean "proxy_port"\?/],
  ['serve --config value.json', 2, 'hotpatch: DIR/value.json: hot_patching.mode: "corect" is not allowed; expected one of correct, annotate, observe, off'],
  ['serve --config limit.json', 2, 'hotpatch: DIR/limit.json: hot_patching.limits.holdChars: "many" is not allowed; expected a whole number, 0 or more'],
  ['serve --config limit-name.json', 2, /^hotpatch: DIR\/limit-name\.json: hot_patching\.limits\.holdChar \(1\) is not a known key; did you mean "holdChars"\?/],
  ['serve --config limit-low.json', 2, 'hotpatch: DIR/limit-low.json: hot_patching.limits.eventBytes: limit eventBytes must be at least 2 (a line and its end must fit); it is 1'],
  ['serve --config both.json', 2, 'hotpatch: DIR/both.json: hot_patching.listen: "127.0.0.1:1" is not allowed beside hot_patching.proxy_port: 2; expected one of them, or the same in both'],
  ['serve --config same-log.json', 2, 'hotpatch: DIR/same-log.json: logging.navigation_fixes_file: "a" is not allowed; expected a file other than logging.corrections_file: their lines differ'],
];

const STORES: readonly Mistake[] = [
  [['rules', 'add', '--match', 'regex', '--pattern', '(a)\\1', '--db', 'good.db'], 2, 'hotpatch rules: the rule was not added: a backreference cannot be matched in linear time (at character 4: \\1)'],
  [['rules', 'add', '--match', 'regex', '--pattern', '(?<=a+)b', '--db', 'good.db'], 2, /^hotpatch rules: the rule was not added: this look-behind is unbounded; /],
  [['rules', 'add', '--match', 'regex', '--pattern', '(a', '--db', 'good.db'], 2, /^hotpatch rules: value must be a JavaScript regular expression/],
  [['rules', 'add', '--pattern', '', '--db', 'good.db'], 2, 'hotpatch rules: value must be text that is not empty; it is ""'],
  ['rules list --db none', 2, 'hotpatch rules: --db none has no rules to manage; name a database file'],
  ['rules list --db noise.db', 1, /^hotpatch rules: the database DIR\/noise\.db is damaged or no SQLite database \(.*\); it was left as it is$/],
  ['rules list --db a-folder', 1, 'hotpatch rules: the database DIR/a-folder cannot be used: it is a folder'],
  ['rules list --db newer.db', 1, /^hotpatch rules: the database DIR\/newer\.db has schema version 99 /],
  ['rules remove 7 --db absent.db', 1, 'hotpatch rules: there is no database at DIR/absent.db'],
  ['rules remove 4711 --db good.db', 1, /^hotpatch rules: .*4711/],
  ['rules reject nothing --db good.db', 1, /^hotpatch rules: .*nothing/],
  ['rules import rules.txt --db good.db', 2, 'hotpatch rules: the format of rules.txt is not told by its name; it must end in .json, .ndjson, .jsonl or .csv'],
  ['rules import bad.csv --db good.db', 2, 'hotpatch rules: the header of the CSV must be one with the column pattern; it is "kind,match"'],
  ['filter --format text --db noise.db', 1, /^hotpatch: the database DIR\/noise\.db is damaged/],
  ['filter --format text --rules absent.csv', 1, 'hotpatch: --rules: "absent.csv" does not exist; expected a file of rules, .json, .ndjson, .jsonl or .csv'],
  ['rules import absent.csv --db good.db', 1, /^hotpatch rules: there is no file "absent\.csv" to import; expected a file of rules, \.json, \.ndjson, \.jsonl or \.csv$/m],
  ['replay absent.bin --db good.db', 1, /^hotpatch replay: absent\.bin cannot be replayed: there is no such file$/m],
  ['replay rules.txt --db good.db', 1, /^hotpatch replay: rules\.txt cannot be replayed: it is of no known format/],
  ['stats --db noise.db', 1, /^hotpatch stats: the database DIR\/noise\.db is damaged/],
  ['stats --db none', 2, /^hotpatch stats: without a database nothing is kept/],
  ['log --log-dir no.pem', 1, /^hotpatch log: DIR\/no\.pem\/corrections\.log cannot be read: /],
];

for (const [name, table] of Object.entries({ usage: USAGE, settings: SETTINGS, stores: STORES })) {
  test(`mistakes in ${name}: one clear line and the exit code`, async (context) => {
    const lines = table.map(([args]) => (typeof args === 'string' ? args.split(' ') : args));
    const results = await runMany(lines, { cwd: folder });
    for (const [index, [, code, line]] of table.entries()) {
      const told = results[index];
      await context.test((lines[index] ?? []).join(' '), () => {
        assert.ok(told !== undefined);
        assert.deepEqual([told.code, told.stdout], [code, ''], told.stderr);
        const stderr = told.stderr.replaceAll(folder, 'DIR').replaceAll('\\\\', '/');
        if (typeof line === 'string') assert.equal(stderr, `${line}\n`);
        else assert.match(stderr.replace(/\n$/, ''), line);
        assert.equal(stderr.split('\n').length, 2, 'one line');
      });
    }
  });
}

test('a variable that cannot be is named as the variable, and one without meaning is only a warning', async () => {
  const wrong = await runCli(['serve'], { cwd: folder, env: { HOTPATCH_MODE: 'corect' } });
  assert.deepEqual([wrong.code, wrong.stdout, wrong.stderr], [2, '', 'hotpatch: HOTPATCH_MODE: "corect" is not allowed; expected correct, annotate, observe, off, or TYPE=MODE; did you mean "correct"?\n']);
  const serving = await serveProcess(['--upstream', 'http://127.0.0.1:1', '--workspace', 'none', '--db', 'none'], { cwd: folder, env: { HOTPATCH_UPSTRAEM: 'x' } });
  assert.equal((await serving.stop()).code, 0);
  assert.match(serving.stderr(), /WARN.*HOTPATCH_UPSTRAEM is not a setting of hotpatch and has no effect; did you mean HOTPATCH_UPSTREAM\?/);
});

test('TLS files that are none: exit 2 and one line', async () => {
  const { code, stdout, stderr } = await runCli(['serve', '--listen', '127.0.0.1:0', '--upstream', 'http://127.0.0.1:1', '--workspace', 'none', '--db', 'none', '--tls-cert', 'no.pem', '--tls-key', 'no.pem'], { cwd: folder });
  assert.deepEqual([code, stdout, stderr], [2, '', `hotpatch: --tls-cert: ${join(folder, 'no.pem')} holds no certificate; expected PEM, with a line -----BEGIN CERTIFICATE-----\n`]);
});

test('malformed rows: each is told with its id, once, and the others are in force', async () => {
  const db = join(folder, 'rows.db');
  const store = openRuleStore(db);
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const raw = openDatabase(db);
  raw.exec(`INSERT INTO correction_patterns (id, pattern) VALUES (77, '{"match":'), (78, '{"match":"regex","value":"(a)\\1"}')`);
  raw.close();
  const { code, stdout, stderr } = await runCli(['filter', '--format', 'text', '--db', db, '--workspace', 'none'], { cwd: folder, input: 'teh end' });
  assert.deepEqual([code, stdout], [0, 'the end']);
  assert.deepEqual(stderr.trimEnd().split('\n').map((line) => /^hotpatch filter: rule (\d+) is skipped: \S/.exec(line)?.[1]), ['77', '78'], stderr);
});

test('a database that cannot be read is told once, and bytes pass', async () => {
  const serving = await serveProcess(['--upstream', 'http://127.0.0.1:1', '--workspace', 'none', '--db', 'noise.db'], { cwd: folder });
  assert.equal((await serving.stop()).code, 0);
  assert.equal(serving.stderr().split('\n').filter((line) => line.includes('is damaged or no SQLite database')).length, 1, serving.stderr());
});
