import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { createBackend } from '../../src/app/backend/index.js';
import { openRuleStore } from '../../src/node/rules/sqlite-rule-store.js';
import { openDatabase } from '../../src/node/rules/sqlite.js';
import { everyHelp, examplesIn } from '../helpers/help.js';
import { Journal } from '../helpers/proxy-journal.js';
import { packedBin, READY } from '../helpers/processes.js';

/*
 * Every example a help text shows is typed into a shell, in a folder of its own that has what the example speaks of. Only ports are
 * put in place: those of a backend that runs here for 11434 and 8080, any free one for 11435.
 */

const base = mkdtempSync(join(tmpdir(), 'hotpatch-examples-'));
const tools = join(base, 'bin');
const backend = createBackend({ port: 0, tokensPerSecond: 0 });
let backendPort = 0;

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

before(async () => {
  backendPort = (await backend.start()).port;
  mkdirSync(tools);
  writeFileSync(join(tools, 'hotpatch'), `#!/bin/sh\nexec "${process.execPath}" "${packedBin()}" "$@"\n`);
  chmodSync(join(tools, 'hotpatch'), 0o755);
});
after(async () => {
  await backend.stop();
  rmSync(base, { recursive: true, force: true });
});

const CORRECTION = '01JXYZ0000000000000000000-1';
const LINE = '2999-01-20T14:32:45.120Z | Type: invalid_path | Confidence: 0.92 | Detected: src/mian.ts | Corrected: src/main.ts | Action: replace | Exchange: 01JXYZ0000000000000000000\n';
const EVAL_CASE = { id: 'a', type: 'pattern_match', context: { rules: [{ id: 'r', type: 'literal', pattern: 'teh', replacement: 'the' }] }, text: 'teh end', spans: [{ start: 0, end: 3, detected: 'teh', expected: 'the' }], expected_text: 'the end' };

/** A folder with what examples speak of. */
async function scene(name: string): Promise<string> {
  const cwd = join(base, name, 'here');
  for (const folder of ['cases', 'recordings', 'logs', 'src', '../my-repo']) mkdirSync(join(cwd, folder), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'src/main.ts': '', '../my-repo/package.json': '{}', 'logs/corrections.log': LINE, 'cases/a.jsonl': `${JSON.stringify(EVAL_CASE)}\n`,
    'request.json': JSON.stringify({ model: 'demo', stream: false, messages: [{ role: 'user', content: 'say: npm run biuld' }] }),
    'team-rules.csv': 'kind,type,match,pattern,replacement\npattern,,literal,recieve,receive\n',
    'recordings/answer.ndjson': '{"model":"m","message":{"role":"assistant","content":"see `src/mian.ts` now"},"done":false}\n{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
  const db = join(cwd, 'data/hotpatch.db');
  const store = openRuleStore(db);
  store.add({ match: 'literal', value: 'biuld', replace: 'build' });
  while (!store.list().some(({ id }) => id === 7)) store.add({ match: 'literal', value: `word${store.list().length}`, replace: 'other' });
  store.close();
  const raw = openDatabase(db);
  raw.prepare("INSERT INTO corrections (id, at, type, detected, expected) VALUES (?, '2026-01-20T14:32:45.120Z', 'invalid_path', 'src/mian.ts', 'src/main.ts')").run(CORRECTION);
  raw.close();
  return cwd;
}

interface Shell {
  readonly child: ChildProcess;
  readonly out: Journal<string>;
  readonly err: Journal<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Types a line into a shell. */
function typed(line: string, cwd: string): Shell {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:HOTPATCH_|NODE_OPTIONS$|NODE_TEST|NO_COLOR|FORCE_COLOR)/.test(name)));
  const env = { ...inherited, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`, HOTPATCH_LISTEN: '127.0.0.1:0', HOTPATCH_ADMIN: 'off' };
  const own = line.replace(/127\.0\.0\.1:(?:11434|8080)\b/g, `127.0.0.1:${backendPort}`).replace(/127\.0\.0\.1:11435\b/g, '127.0.0.1:0');
  // In place of the shell, so that a signal reaches the program.
  const child = spawn('sh', ['-c', own.startsWith('hotpatch ') ? `exec ${own}` : own], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const [out, err] = [new Journal<string>(), new Journal<string>()];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.add(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.add(text));
  const ended = new Promise<Awaited<Shell['ended']>>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      out.add('');
      err.add('');
      resolve({ code, stdout: out.entries.join(''), stderr: err.entries.join('') });
    });
  });
  return { child, out, err, ended };
}

/** Waits for what a program prints, and fails where it ends without. */
function printed({ child }: Shell, journal: Journal<string>, pattern: RegExp): Promise<RegExpExecArray> {
  return journal.reach(() => {
    const match = pattern.exec(journal.entries.join(''));
    if (match === null && child.exitCode !== null) throw new Error(`ended with ${child.exitCode} after: ${journal.entries.join('')}`);
    return match;
  });
}

/** A proxy is up, corrects, and ends when it is told to. */
async function serves(line: string, cwd: string): Promise<void> {
  const shell = typed(line, cwd);
  const [, url = ''] = await printed(shell, shell.err, READY);
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: readFileSync(join(cwd, 'request.json')) });
  assert.equal(response.status, 200);
  assert.match(await response.text(), line.includes('--mode observe') ? /biuld/ : /build/);
  shell.child.kill('SIGTERM');
  assert.equal((await shell.ended).code, 0);
}

async function follows(line: string, cwd: string): Promise<void> {
  const shell = typed(line, cwd);
  await printed(shell, shell.out, /src\/main\.ts/);
  shell.child.kill('SIGINT');
  assert.equal((await shell.ended).code, 0);
}

type Check = (line: string, cwd: string) => Promise<void>;

/** The example ends well, and prints or writes what it is there for. */
const ends = (says: RegExp, alsoIn?: string): Check => async (line, cwd) => {
  const { code, stdout, stderr } = await typed(line, cwd).ended;
  assert.equal(code, 0, `${line}: ${stderr}`);
  assert.match(stdout, says, line);
  if (alsoIn !== undefined) assert.match(readFileSync(join(cwd, alsoIn), 'utf8'), /\S/);
};

/** What the example of a command shows; one that is not named here only has to end well. */
const CHECKS: Readonly<Record<string, Check>> = {
  '': serves,
  serve: serves,
  filter: ends(/npm run build/),
  eval: ends(/^/, 'results.jsonl'),
  rules: ends(/^\d+\n$/),
  'rules list': ends(/biuld/),
  'rules add': ends(/^\d+\n$/),
  'rules test': ends(/npm run build/),
  'rules export': ends(/^/, 'rules.json'),
  log: follows,
  replay: ends(/src\/main\.ts/),
  stats: ends(/^\{/),
  doctor: ends(/upstream +http:\/\/127/),
};

test('the example of every command, typed into a shell', { skip: process.platform === 'win32' ? 'there is no sh' : false, timeout: 300_000 }, async (context) => {
  const helps = await everyHelp(base);
  assert.ok(helps.size > 15, `${helps.size} commands were seen`);
  for (const name of Object.keys(CHECKS)) assert.ok(helps.has(name), `there is no command ${name} any more`);
  for (const [name, { stdout }] of helps) {
    await context.test(`hotpatch ${name}`.trim(), async (own) => {
      const examples = examplesIn(stdout);
      assert.ok(examples.length > 0, 'its help has no example');
      for (const [index, example] of examples.entries()) {
        if (example.includes('curl ') && !has('curl')) own.skip('there is no curl');
        else await (CHECKS[name] ?? ends(/^/))(example, await scene(`${name === '' ? 'root' : name.replace(' ', '-')}-${index}`));
      }
    });
  }
});

test('examples are found in help texts, and one that is missing is noticed', () => {
  assert.deepEqual(examplesIn('Usage: x\n\nExample:\n  x y "z"\n  x w\n\nMore.\n'), ['x y "z"', 'x w']);
  assert.deepEqual(examplesIn('Usage: x\n'), []);
});
