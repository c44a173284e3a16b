import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { createBackend } from '../../src/app/backend/index.js';
import { type ConfigFlags, resolveConfig } from '../../src/app/config.js';
import { examine, runDoctor } from '../../src/app/doctor/doctor.js';
import type { Finding, Level } from '../../src/app/doctor/finding.js';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { openDatabase } from '../../src/node/rules/sqlite.js';
import { runCli, serveProcess } from '../helpers/processes.js';

/** Every mistake is really made: a port is really taken, a database really broken, a server really silent. */

let folder: string;
let count = 0;
const closing: (() => unknown)[] = [];

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-doctor-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of a project with one file. */
function project(): string {
  const at = join(folder, `case-${(count += 1)}`);
  mkdirSync(at);
  writeFileSync(join(at, 'package.json'), '{}');
  return at;
}

async function listening<T extends Server | HttpServer>(server: T): Promise<number> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => {
    server.close(resolve);
    for (const socket of sockets) socket.destroy();
  }));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Given {
  readonly cwd?: string;
  readonly flags?: ConfigFlags;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the doctor finds in a set-up that has nothing wrong with it but what is given. */
async function look({ cwd = project(), flags = {}, env = {} }: Given = {}): Promise<readonly Finding[]> {
  const upstream = flags.upstream ?? `http://127.0.0.1:${await model()}`;
  const all = { listen: '127.0.0.1:0', workspace: [cwd], ...flags, upstream };
  return examine({ config: () => resolveConfig({ flags: all, env, cwd }), env, cwd });
}

/** A model server without a fault. */
async function model(models: readonly string[] = ['llama3']): Promise<number> {
  const backend = createHttpServer((request, response) => {
    const known: Readonly<Record<string, object>> = { '/api/version': { version: '0.9.0' }, '/api/tags': { models: models.map((name) => ({ name })) } };
    const body = known[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  return listening(backend);
}

/** The one finding of a check at a level. */
function only(findings: readonly Finding[], check: string, level: Level): Finding {
  const found = findings.filter((each) => each.check === check && each.level === level);
  assert.equal(found.length, 1, JSON.stringify(findings, null, 1));
  return found[0] as Finding;
}

test('a set-up without a fault: nothing to do, nothing made', async () => {
  const cwd = project();
  const findings = await look({ cwd });
  assert.deepEqual(findings.filter(({ level, fix }) => level !== 'ok' || fix !== null), []);
  assert.deepEqual(findings.map(({ check }) => check), ['program', 'configuration', 'port', 'upstream', 'workspace', 'database', 'logs']);
  assert.match(only(findings, 'upstream', 'ok').what, /Ollama 0\.9\.0, 1 model$/);
  assert.match(only(findings, 'workspace', 'ok').what, /: 1 files$/);
  assert.deepEqual(readdirSync(cwd), ['package.json']);
});

test('a port is taken, and by whom', async () => {
  const port = await listening(createServer());
  const { what, fix } = only(await look({ flags: { listen: `127.0.0.1:${port}` } }), 'port', 'error');
  assert.match(what, new RegExp(`port ${port} on 127.0.0.1 is taken`));
  if (process.platform === 'linux') assert.match(what, new RegExp(`process ${process.pid} \\(`));
  assert.match(fix ?? '', /--listen/);
});

test('a port is taken by a hotpatch that serves there: that is as it should be', { skip: process.platform === 'linux' ? false : 'who listens is only known on Linux', timeout: 60_000 }, async () => {
  const cwd = project();
  const serving = await serveProcess(['--upstream', `http://127.0.0.1:${await model()}`, '--workspace', cwd, '--db', 'none', '--admin', 'off'], { cwd });
  closing.push(() => serving.stop());
  assert.match(only(await look({ flags: { listen: `127.0.0.1:${serving.port}` } }), 'port', 'ok').what, new RegExp(`a hotpatch serves on .*: process ${serving.child.pid}$`));
});

test('an address that this machine has not', async () => {
  assert.match(only(await look({ flags: { listen: '192.0.2.1:11435', allowRemote: true } }), 'port', 'error').what, /no address 192\.0\.2\.1/);
});

test('TLS files that do not fit', async () => {
  const cwd = project();
  writeFileSync(join(cwd, 'a.pem'), 'no certificate');
  const { what } = only(await look({ cwd, flags: { tlsCert: 'a.pem', tlsKey: 'a.pem' } }), 'tls', 'error');
  assert.match(what, /a\.pem/);
});

/** What stands behind the upstream's port, and what is said of it. */
const UPSTREAMS: readonly { readonly name: string; readonly make: () => Promise<string>; readonly level: Level; readonly says: RegExp }[] = [
  { name: 'nobody', make: async () => `http://127.0.0.1:${await freePort()}`, level: 'error', says: /nothing listens at/ },
  { name: 'a name that is none', make: () => Promise.resolve('http://no-such-host.invalid:11434'), level: 'error', says: /no-such-host\.invalid is not known/ },
  { name: 'Ollama without a model', make: async () => `http://127.0.0.1:${await model([])}`, level: 'warning', says: /Ollama 0\.9\.0, without any model/ },
  { name: 'a web server', make: async () => `http://127.0.0.1:${await listening(createHttpServer((_request, response) => response.end('<p>hello</p>')))}`, level: 'warning', says: /answers, but not as a model server does/ },
  { name: 'one that wants a key', make: async () => `http://127.0.0.1:${await listening(createHttpServer((_request, response) => response.writeHead(401).end()))}`, level: 'ok', says: /asks for a key/ },
  { name: 'another protocol', make: async () => `http://127.0.0.1:${await listening(createServer((socket) => socket.end('SSH-2.0-x\r\n')))}`, level: 'error', says: /does not speak HTTP \(/ },
  { name: 'HTTP where TLS was named', make: async () => `https://127.0.0.1:${await model()}`, level: 'error', says: /does not speak HTTPS/ },
  { name: 'one that never answers', make: async () => `http://127.0.0.1:${await listening(createServer())}`, level: 'warning', says: /takes connections and has not answered for 3 s/ },
  {
    name: 'an OpenAI-compatible server', level: 'ok', says: /an OpenAI-compatible server, 2 models/,
    make: async () => `http://127.0.0.1:${await listening(createHttpServer((request, response) => response.writeHead(request.url === '/v1/models' ? 200 : 404).end('{"data":[{},{}]}')))}`,
  },
  {
    name: 'llama.cpp', level: 'ok', says: /llama\.cpp, 1 model$/,
    make: async () => `http://127.0.0.1:${await listening(createHttpServer((request, response) => response.writeHead(request.url === '/api/version' ? 404 : 200).end(request.url === '/props' ? '{"default_generation_settings":{}}' : '{"data":[{}]}')))}`,
  },
];

for (const { name, make, level, says } of UPSTREAMS) {
  test(`behind: ${name}`, async () => {
    assert.match(only(await look({ flags: { upstream: await make() } }), 'upstream', level).what, says);
  });
}

test('nobody behind, and none was named: the embedded backend would take its place', async () => {
  const cwd = project();
  const env = {};
  const findings = await examine({ env, cwd, config: () => ({ ...resolveConfig({ flags: { listen: '127.0.0.1:0', upstream: 'http://127.0.0.1:1' }, env, cwd }), explicitUpstream: false }) });
  assert.match(only(findings, 'upstream', 'warning').what, /would start its embedded demo backend/);
});

const asRoot = process.getuid?.() === 0;

test('folders that are not what was meant', async () => {
  const cwd = project();
  for (const name of ['empty', 'papers']) mkdirSync(join(cwd, name));
  writeFileSync(join(cwd, 'papers/letter.txt'), '');
  const at = async (workspace: string): Promise<readonly Finding[]> => (await look({ cwd, flags: { workspace: [workspace] } })).filter(({ check }) => check === 'workspace');
  assert.match(only(await at('gone'), 'workspace', 'warning').what, /gone does not exist/);
  assert.match(only(await at('package.json'), 'workspace', 'warning').what, /package\.json is no folder/);
  assert.match(only(await at('empty'), 'workspace', 'warning').what, /no file that could be suggested/);
  assert.match(only(await at('papers'), 'workspace', 'note').what, /does not look like the top of a project/);
  assert.match(only(await at('none'), 'workspace', 'note').what, /paths are not checked/);
});

test('databases: missing, not one, broken, newer, with malformed rows', async () => {
  const cwd = project();
  const at = async (db: string): Promise<readonly Finding[]> => (await look({ cwd, flags: { db } })).filter(({ check }) => check === 'database');
  assert.match(only(await at('new/rules.db'), 'database', 'ok').what, /the first start makes .*new.rules\.db$/);
  writeFileSync(join(cwd, 'text.db'), 'this is no database, however long it is '.repeat(40));
  assert.match(only(await at('text.db'), 'database', 'error').what, /text\.db/);
  assert.equal(readFileSync(join(cwd, 'text.db'), 'utf8').startsWith('this is no database'), true);
  const store = openRuleStore(join(cwd, 'own.db'));
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  assert.match(only(await at('own.db'), 'database', 'ok').what, /patterns, \d+ facts, \d+ patches$/);
  const raw = openDatabase(join(cwd, 'own.db'));
  raw.exec(`INSERT INTO correction_patterns (id, pattern) VALUES (77, '{"match":"regex","value":"(a+)+$","replace":"b","flags":"q"}')`);
  assert.match(only(await at('own.db'), 'database', 'warning').what, /rule 77 is left out: /);
  raw.exec('UPDATE schema_version SET version = 99');
  raw.close();
  assert.match(only(await at('own.db'), 'database', 'error').what, /schema version 99/);
  assert.match(only(await at('none'), 'database', 'note').what, /no database/);
});

test('folders that cannot be written', { skip: asRoot ? 'the superuser can write everywhere' : false }, async () => {
  const cwd = project();
  mkdirSync(join(cwd, 'closed'));
  chmodSync(join(cwd, 'closed'), 0o500);
  const findings = await look({ cwd, flags: { logDir: 'closed', db: 'closed/rules.db' } });
  assert.match(only(findings, 'logs', 'error').what, /closed cannot be written/);
  assert.match(only(findings, 'database', 'error').what, /cannot be made/);
});

test('a log folder that is a file', async () => {
  assert.match(only(await look({ flags: { logDir: 'package.json' } }), 'logs', 'error').what, /package\.json is no folder/);
});

test('clients that go past the proxy, to it, and elsewhere', async () => {
  const port = await model();
  const listen = await freePort();
  const clients = async (env: Readonly<Record<string, string>>): Promise<string[]> =>
    (await look({ env, flags: { listen: `127.0.0.1:${listen}`, upstream: `http://127.0.0.1:${port}` } })).filter(({ check }) => check === 'clients').map(({ level, what, fix }) => `${level}: ${what} -> ${fix}`);
  assert.deepEqual(await clients({ OPENAI_BASE_URL: `http://localhost:${port}/v1` }), [`warning: OPENAI_BASE_URL=http://localhost:${port}/v1 points to the model server itself: programs started from this shell go past hotpatch -> export OPENAI_BASE_URL=http://127.0.0.1:${listen}/v1`]);
  assert.match((await clients({ OLLAMA_HOST: `127.0.0.1:${port}` }))[0] ?? '', /^warning: OLLAMA_HOST/);
  assert.match((await clients({ OLLAMA_HOST: `:${port}` }))[0] ?? '', /^warning: OLLAMA_HOST/);
  assert.deepEqual(await clients({ ANTHROPIC_BASE_URL: `http://127.0.0.1:${listen}` }), ['ok: ANTHROPIC_BASE_URL points to the proxy -> null']);
  assert.deepEqual(await clients({ OPENAI_BASE_URL: 'https://api.example.com/v1', OPENAI_API_BASE: 'nonsense at all', OLLAMA_HOST: '' }), []);
});

test('configuration: a file with slips ends the examination, switches that are off are told', async () => {
  const cwd = project();
  writeFileSync(join(cwd, 'hot_patching_config.json'), '{"hot_patching":{"proxy_prt":11435}}');
  const findings = await look({ cwd });
  assert.match(only(findings, 'configuration', 'error').what, /hot_patching_config\.json.*proxy_prt/);
  assert.deepEqual(findings.map(({ check }) => check), ['program', 'configuration']);
  writeFileSync(join(cwd, 'hot_patching_config.json'), '{"hot_patching":{"enabled":false}}');
  assert.match(only(await look({ cwd }), 'configuration', 'warning').what, /everything is switched off/);
});

test('the report is one line a finding with its remedy below, coloured where asked, or one object', async () => {
  const cwd = project();
  const upstream = `http://127.0.0.1:${await freePort()}`;
  const options = { config: () => resolveConfig({ flags: { listen: '127.0.0.1:0', upstream }, env: {}, cwd }), env: {}, cwd };
  const print = async (json: boolean, colours: boolean): Promise<{ readonly code: number; readonly text: string }> => {
    let text = '';
    const code = await runDoctor({ ...options, json }, { colours, stdout: { write: (piece: string) => { text += piece; } } });
    return { code, text };
  };
  const plain = await print(false, false);
  assert.equal(plain.code, 1);
  assert.match(plain.text, /^error {4}upstream {7}nothing listens at 127\.0\.0\.1:\d+\n {24}-> start the model server, or name another with --upstream$/m);
  assert.match(plain.text, /\n\n1 thing to repair\n$/);
  assert.ok((await print(false, true)).text.includes('\u001b[31merror'));
  const { ok, findings } = JSON.parse((await print(true, true)).text) as { ok: boolean; findings: Finding[] };
  assert.deepEqual([ok, findings.filter(({ level }) => level === 'error').map(({ check }) => check)], [false, ['upstream']]);
});

test('as a command: exit codes, and what it finds in the embedded backend of another hotpatch', { timeout: 60_000 }, async () => {
  const cwd = project();
  const backend = createBackend({ port: 0, tokensPerSecond: 0 });
  const upstream = `http://127.0.0.1:${(await backend.start()).port}`;
  closing.push(() => backend.stop());
  const fine = await runCli(['doctor', '--listen', '127.0.0.1:0', '--upstream', upstream], { cwd });
  assert.deepEqual([fine.code, fine.stderr], [0, ''], fine.stdout);
  assert.match(fine.stdout, /all is well\n$/);
  assert.equal((await runCli(['doctor', '--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${await freePort()}`], { cwd })).code, 1);
  const home = await runCli(['doctor', '--listen', '127.0.0.1:0', '--upstream', upstream], { cwd, env: { HOME: realpathSync(cwd) } });
  if (process.platform !== 'win32') assert.match(home.stdout, /^warning {2}workspace {6}.* is your home folder: /m);
  const wrong = await runCli(['doctor', '--config', 'absent.json'], { cwd });
  assert.equal(wrong.code, 2, wrong.stdout);
  assert.match(wrong.stdout, /error {4}configuration {2}--config: "absent\.json" does not exist/);
});

test('a database is looked at without a trace, though it is in WAL mode, and its pages are checked', async () => {
  const cwd = project();
  const db = join(cwd, 'rules.db');
  openRuleStore(db).close();
  assert.match(only(await look({ cwd, flags: { db } }), 'database', 'ok').what, /\d+ patterns/);
  assert.deepEqual(readdirSync(cwd).sort(), ['package.json', 'rules.db']);
  // While a proxy has it open it is read where it is, with what is not in the file yet.
  const raw = openDatabase(db);
  raw.exec("INSERT INTO correction_patterns (id, pattern) VALUES (77, '{')");
  assert.match(only(await look({ cwd, flags: { db } }), 'database', 'warning').what, /rule 77/);
  raw.exec(Array.from({ length: 300 }, (_, at) => `INSERT INTO facts (subject, attribute, value) VALUES ('${'s'.repeat(300)}${at}', 'a', 'v')`).join(';'));
  raw.close();
  const bytes = readFileSync(db);
  bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 40_960);
  writeFileSync(db, bytes);
  assert.match(only(await look({ cwd, flags: { db } }), 'database', 'error').what, /damaged/);
  assert.ok(readFileSync(db).equals(bytes));
});

test('behavior patches in a file of their own', async () => {
  const cwd = project();
  openRuleStore(join(cwd, 'patches.db')).close();
  const raw = openDatabase(join(cwd, 'patches.db'));
  raw.exec("INSERT INTO behavior_patches (id, description, patch_type, payload_json) VALUES (5, 'x', 'no_such_type', '{}')");
  raw.close();
  writeFileSync(join(cwd, 'hot_patching_config.json'), '{"databases":{"correction_patterns":"rules.db","behavior_patches":"patches.db"}}');
  const findings = await look({ cwd });
  assert.match(only(findings, 'database', 'warning').what, /rule patch:5 is left out/);
  assert.deepEqual(findings.filter(({ check, level }) => check === 'database' && level === 'ok').map(({ what }) => /[a-z]+\.db/.exec(what)?.[0]), ['rules.db', 'patches.db']);
});

test('places that cannot be made, and a log that is none', async () => {
  const cwd = project();
  for (const check of ['database', 'logs'] as const) {
    const flags = check === 'logs' ? { logDir: 'package.json/logs' } : { db: 'package.json/rules.db' };
    assert.match(only(await look({ cwd, flags }), check, 'error').what, /cannot be made: .*package\.json is no folder/);
  }
  mkdirSync(join(cwd, 'logs/corrections.log'), { recursive: true });
  assert.match(only(await look({ cwd }), 'logs', 'error').what, /corrections\.log is a folder/);
});

test('hotpatch\'s own folder is hardly the workspace that was meant', async () => {
  const { what, fix } = only(await look({ flags: { workspace: [join(import.meta.dirname, '../..')] } }), 'workspace', 'warning');
  assert.match(what, /hotpatch's own folder/);
  assert.match(fix ?? '', /--workspace DIR/);
});
