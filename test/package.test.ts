import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createBackend } from '../src/app/backend/index.js';
import { runCli, serveProcess } from './helpers/processes.js';

/** The tarball of `npm pack`, installed into an empty folder without dev dependencies: what a user of the package gets. */

const ROOT = join(import.meta.dirname, '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/;

let folder: string;
let user: string;
let packed: readonly string[];
/** Why nothing could be installed; null: it was. */
let offline: string | null = null;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-package-'));
  // Packing builds, and the checkout's own dist/ is in use by other tests.
  const source = join(folder, 'source');
  mkdirSync(join(source, 'node_modules'), { recursive: true });
  for (const name of ['bin', 'scripts', 'src', 'dashboard', 'schema.sql', 'config.schema.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'deploy', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) cpSync(join(ROOT, name), join(source, name), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'llhttp-wasm' && !name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(source, 'node_modules', name), 'junction');
  }
  // What is bundled has to be there, not elsewhere.
  cpSync(join(ROOT, 'node_modules/llhttp-wasm'), join(source, 'node_modules/llhttp-wasm'), { recursive: true });
  const pack = run(npm, ['pack', '--json', '--pack-destination', folder], source);
  assert.equal(pack.status, 0, pack.stderr);
  const [{ filename, files }] = JSON.parse(pack.stdout.slice(pack.stdout.indexOf('['))) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  user = join(folder, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{"name":"user","private":true,"type":"module"}');
  // Native code is not compiled a second time; that takes minutes where there is no prebuilt binary.
  const install = run(npm, ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', join(folder, filename)], user);
  if (install.status !== 0 && OFFLINE.test(install.stderr)) offline = 'the package registry cannot be reached';
  else assert.equal(install.status, 0, install.stderr);
  const native = 'node_modules/better-sqlite3/build';
  if (offline === null && existsSync(join(ROOT, native))) cpSync(join(ROOT, native), join(user, native), { recursive: true });
});

after(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
}

const bin = (): string => join(user, 'node_modules/hotpatch/bin/hotpatch.js');
/** Names of installed packages, with their scopes. */
const installed = (): string[] => readdirSync(join(user, 'node_modules')).flatMap((name) => (name.startsWith('@') ? readdirSync(join(user, 'node_modules', name)).map((part) => `${name}/${part}`) : [name]));

test('the tarball holds what runs and what is read, and no sources or tests', () => {
  for (const file of ['bin/hotpatch.js', 'dist/cli.js', 'dist/index.js', 'dist/index.d.ts', 'schema.sql', 'dashboard/index.html', 'config.schema.json', 'deploy/hotpatch.service', 'README.md', 'CHANGELOG.md', 'LICENSE']) assert.ok(packed.includes(file), file);
  assert.deepEqual(packed.filter((file) => /^(?:src|test|bench|scripts)\//.test(file) || /^node_modules\/(?!llhttp-wasm\/)/.test(file)), []);
});

test('it installs without TypeScript, tsx or any other tool of development', (t) => {
  if (offline !== null) return t.skip(offline);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const present = installed();
  assert.deepEqual(Object.keys(dependencies).filter((name) => !present.includes(name) && !existsSync(join(user, 'node_modules/hotpatch/node_modules', name))), []);
  assert.deepEqual(present.filter((name) => ['typescript', 'tsx', 'esbuild', 'eslint', 'fast-check', 'autocannon'].includes(name)), []);
});

test('its command says its version, corrects a text and serves', async (t) => {
  if (offline !== null) return t.skip(offline);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const named = run(process.platform === 'win32' ? 'npx.cmd' : 'npx', ['--no-install', 'hotpatch', '--version'], user);
  assert.deepEqual([named.status, named.stdout.trim()], [0, version], named.stderr);
  const added = await runCli(['rules', 'add', '--pattern', 'teh', '--replace', 'the', '--db', 'own.db'], { cwd: user, bin: bin() });
  assert.equal(added.code, 0, added.stderr);
  const filtered = await runCli(['filter', '--format', 'text', '--db', 'own.db', '--workspace', 'none'], { cwd: user, bin: bin(), input: 'teh end' });
  assert.equal(filtered.stdout, 'the end', filtered.stderr);
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'It is teh end.' }) });
  const { port } = await backend.start();
  const serving = await serveProcess(['--upstream', `http://127.0.0.1:${port}`, '--db', 'own.db', '--workspace', 'none'], { cwd: user, bin: bin() });
  const reply = await fetch(`${serving.url}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x', stream: false }) });
  assert.equal(((await reply.json()) as { response: string }).response, 'It is the end.');
  assert.equal((await serving.stop()).code, 0);
  await backend.stop();
});

test('where better-sqlite3 does not load it says so once and serves with the built-in rules', async (t) => {
  if (offline !== null) return t.skip(offline);
  const [native, away] = ['build', 'build.away'].map((name) => join(user, 'node_modules/better-sqlite3', name)) as [string, string];
  if (existsSync(native)) renameSync(native, away);
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'It is teh end.' }) });
  try {
    const { port } = await backend.start();
    const serving = await serveProcess(['--upstream', `http://127.0.0.1:${port}`, '--db', 'never.db', '--workspace', 'none'], { cwd: user, bin: bin() });
    const reply = await fetch(`${serving.url}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x', stream: false }) });
    assert.equal(((await reply.json()) as { response: string }).response, 'It is teh end.', 'the bytes pass');
    const { code, stderr } = await serving.stop();
    assert.deepEqual([code, stderr.split('better-sqlite3 does not load').length - 1], [0, 1], stderr);
    assert.doesNotMatch(serving.readyLine, /rules: 0,/);
    const wanted: readonly (readonly [args: readonly string[], code: number])[] = [[['rules', 'list', '--db', 'never.db'], 1], [['log'], 0], [['filter', '--format', 'text', '--db', 'never.db', '--workspace', 'none'], 0]];
    for (const [args, expected] of wanted) {
      const done = await runCli(args, { cwd: user, bin: bin(), input: 'fine' });
      assert.equal(done.code, expected, `${args.join(' ')}: ${done.stderr}`);
    }
  } finally {
    await backend.stop();
    if (existsSync(away)) renameSync(away, native);
  }
});

test('its library is imported by name, and its types hold under every strictness', (t) => {
  if (offline !== null) return t.skip(offline);
  const source = [
    "import { createProxy, HotPatcher, openRuleStore, type Correction, type Statistics } from 'hotpatch';",
    "const patcher = new HotPatcher({ rules: [{ match: 'literal', value: 'teh', replace: 'the' }] });",
    "const { modified, corrections }: { modified: string; corrections: readonly Correction[] } = patcher.intercept('teh end');",
    "const counted: Statistics = createProxy({ listen: '127.0.0.1:0' }).statistics();",
    'console.log(modified, corrections.length, counted.requestsProcessed, typeof openRuleStore);',
  ].join('\n');
  writeFileSync(join(user, 'use.mts'), source);
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const checked = run(process.execPath, [tsc, '--outDir', 'out', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', '--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node', 'use.mts'], user);
  assert.equal(checked.status, 0, checked.stdout);
  const ran = run(process.execPath, ['out/use.mjs'], user);
  assert.deepEqual([ran.status, ran.stdout], [0, 'the end 1 0 function\n'], ran.stderr);
});
