import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

/** What `npm start` and `npm test` do before anything is installed, with an npm that fails where a real one would. */

const ROOT = join(import.meta.dirname, '..');
const LOCK = { packages: { '': {}, 'node_modules/left': { version: '1.0.0' } } };
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-install-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The arguments of each call of npm. */
  readonly calls: readonly string[];
}

/**
 * Runs `ensureInstalled` in a clone of its own.
 * @param fails which calls of npm fail, as a shell pattern of their arguments
 */
function ensure(name: string, fails: string, options: string, present: object | null = null): Outcome {
  const clone = join(folder, name);
  const tools = join(clone, 'tools');
  mkdirSync(tools, { recursive: true });
  cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(LOCK));
  if (present !== null) {
    mkdirSync(join(clone, 'node_modules'));
    writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify(present));
    // A fresh clone's lock file is newer than an old install.
    utimesSync(join(clone, 'node_modules/.package-lock.json'), 1, 1);
  }
  writeFileSync(join(clone, 'go.js'), `import { ensureInstalled } from './scripts/ensure-install.js';\nensureInstalled(${options});\nconsole.log('installed');\n`);
  writeFileSync(join(tools, 'npm'), `#!/bin/sh\necho "$*" >> "${clone}/calls"\necho "npm says $*"\ncase "$*" in ${fails}) exit 1;; esac\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['go.js'], { cwd: clone, encoding: 'utf8', env: { PATH: [tools, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) } });
  let calls: string[] = [];
  try {
    calls = readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n');
  } catch {
    // It was not called.
  }
  return { status, stdout, stderr, calls };
}

const skip = process.platform === 'win32' ? 'the stand-in for npm is a shell script' : false;

test('a missing node_modules is installed, npm speaking on stderr', { skip }, () => {
  const { status, stdout, stderr, calls } = ensure('missing', '"never"', '');
  assert.deepEqual([status, stdout, calls], [0, 'installed\n', ['ci --no-audit --no-fund']]);
  assert.match(stderr, /installing packages[^]*npm says ci/);
});

test('what is installed in the same versions is left alone, whatever its time', { skip }, () => {
  assert.deepEqual(ensure('present', '"never"', '', LOCK).calls, []);
  assert.deepEqual(ensure('outdated', '"never"', '', { packages: { 'node_modules/left': { version: '0.9.0' } } }).calls.length, 1);
});

test('without a compiler the proxy starts with its built-in rules, and says so once', { skip }, () => {
  const { status, stdout, stderr, calls } = ensure('no-compiler', '"ci --no-audit"*', '{ native: false }');
  assert.deepEqual([status, stdout, calls], [0, 'installed\n', ['ci --no-audit --no-fund', 'ci --ignore-scripts --no-audit --no-fund']]);
  assert.equal(stderr.match(/better-sqlite3 has no prebuilt binary/g)?.length, 1);
});

test('without a compiler the tests do not start: they need the database', { skip }, () => {
  const { status, stdout, stderr, calls } = ensure('tests', '"ci --no-audit"*', '');
  assert.deepEqual([status, stdout, calls.length], [1, '', 1]);
  assert.match(stderr, /"npm ci" failed; its message is above\. It needs the npm registry, and a C\+\+ toolchain/);
});

test('without a registry nothing starts, and the reason is named', { skip }, () => {
  const { status, stderr, calls } = ensure('no-registry', '*', '{ native: false }');
  assert.deepEqual([status, calls.length], [1, 2]);
  assert.match(stderr, /"npm ci" failed/);
});

test('npm test leaves out the agents that are installed from npm', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/test.js', join('test', 'agents')], { cwd: ROOT, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [1, `no test file matches ${join('test', 'agents')}\n`]);
});
