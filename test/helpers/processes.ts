/** Runs the command line as its users do: as a process of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, mkdtempSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type TypeScript from 'typescript';
import { Journal } from './proxy-journal.js';

const ROOT = join(import.meta.dirname, '../..');
/** In a folder of node_modules, so that packages are found and the project's own files stay as they are. */
const CACHE = join(ROOT, 'node_modules/.cache/hotpatch-test');

let packed: string | null = null;

/**
 * The package as it is shipped: plain JavaScript in dist/, without src/. Children then start in a fraction of the time that
 * reading TypeScript takes. Made once for each state of the sources.
 */
export function packedBin(): string {
  packed ??= pack();
  return packed;
}

function pack(): string {
  const sources = files(join(ROOT, 'src')).filter((file) => file.endsWith('.ts'));
  const hash = createHash('sha256');
  for (const file of sources) hash.update(file).update(readFileSync(file));
  const target = join(CACHE, hash.digest('hex').slice(0, 16));
  const bin = join(target, 'bin/hotpatch.js');
  mkdirSync(CACHE, { recursive: true });
  if (existsSync(bin) || !lock(target, bin)) return bin;
  for (const old of readdirSync(CACHE)) if (statSync(join(CACHE, old)).mtimeMs < Date.now() - 3_600_000) rmSync(join(CACHE, old), { recursive: true, force: true });
  const making = mkdtempSync(join(CACHE, 'making-'));
  for (const name of ['bin', 'scripts', 'dashboard', 'package.json', 'schema.sql']) cpSync(join(ROOT, name), join(making, name), { recursive: true });
  // Only the first test file after a change needs the compiler, which takes a while to load.
  const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;
  for (const file of sources) {
    const output = join(making, 'dist', relative(join(ROOT, 'src'), file).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
    writeFileSync(output, ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options, fileName: file }).outputText);
  }
  try {
    renameSync(making, target);
  } catch (error) {
    // On a busy machine two of them may make it after all; either is as good.
    if (!existsSync(bin)) throw error;
    rmSync(making, { recursive: true, force: true });
  }
  return bin;
}

/** Test files run side by side: one of them makes the package, the others wait for it. @returns whether it is ours to make */
function lock(target: string, bin: string): boolean {
  for (;;) {
    try {
      mkdirSync(`${target}.lock`);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (existsSync(bin)) return false;
    const since = statSync(`${target}.lock`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // Its maker was killed.
    if (Date.now() - since > 120_000) rmSync(`${target}.lock`, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)])).sort();
}

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessChoices {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Default: the shipped form of this package. */
  readonly bin?: string;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** Default 20 seconds; then it is killed. */
  readonly timeoutMs?: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until stderr matches. */
  readonly said: (pattern: RegExp, timeoutMs?: number) => Promise<RegExpExecArray>;
  readonly finished: Promise<Finished>;
}

/** Starts the command line. Variables of this shell that would configure it are left out; many run side by side, so there is no admin address unless asked for. */
export function startCli(args: readonly string[], { cwd, env = {}, input, bin = packedBin(), node = [], timeoutMs = 20_000 }: ProcessChoices): Running {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:HOTPATCH_|NODE_OPTIONS$|NODE_TEST|NO_COLOR|FORCE_COLOR)/.test(name)));
  const child = spawn(process.execPath, [...node, bin, ...args], { cwd, env: { ...inherited, HOTPATCH_ADMIN: 'off', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const out = new Journal<string>();
  const err = new Journal<string>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.add(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.add(text));
  // A child that ends without reading is told by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const stdout = (): string => out.entries.join('');
  const stderr = (): string => err.entries.join('');
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      // Those who wait for a line look once more and give up.
      err.add('');
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
  });
  const said = (pattern: RegExp, ms?: number): Promise<RegExpExecArray> => err.reach(() => {
    const match = pattern.exec(stderr());
    if (match === null && child.exitCode !== null) throw new Error(`ended with ${child.exitCode} after: ${stderr()}`);
    return match;
  }, ms);
  return { child, stdout, stderr, said, finished };
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], choices: ProcessChoices): Promise<Finished> {
  return startCli(args, choices).finished;
}

export interface Serving extends Running {
  readonly port: number;
  readonly url: string;
  readonly readyLine: string;
  /** From the start of the process to the ready line. */
  readonly readyMs: number;
  /** SIGTERM, and the end. */
  readonly stop: () => Promise<Finished>;
}

export const READY = /^hotpatch listening on (https?:\/\/127\.0\.0\.1:(\d+)) -> (\S+) \(files: (\d+), rules: (\d+), mode: (\w+)\)$/m;

/** Starts `hotpatch serve` on any port and waits for its ready line. */
export async function serveProcess(args: readonly string[], { listen = '127.0.0.1:0', ...choices }: ProcessChoices & { /** Null: as its configuration says. */ readonly listen?: string | null }): Promise<Serving> {
  const bin = choices.bin ?? packedBin();
  const startedMs = performance.now();
  const running = startCli(['serve', ...(listen === null ? [] : ['--listen', listen]), ...args], { ...choices, bin });
  const ready = await running.said(READY, choices.timeoutMs);
  return {
    ...running,
    port: Number(ready[2]),
    url: ready[1] ?? '',
    readyLine: ready[0],
    readyMs: performance.now() - startedMs,
    stop: () => {
      running.child.kill('SIGTERM');
      return running.finished;
    },
  };
}

/** Runs many command lines one after the other in one child, where `process.exit` ends a command instead of the process. */
const MANY = `
const { main } = await import(process.argv[1]);
process.stdout.setMaxListeners(0);
const results = [];
for (const args of JSON.parse(process.argv[2])) {
  const result = { code: null, signal: null, stdout: '', stderr: '' };
  const write = (key) => (text, then) => { result[key] += text; if (then) queueMicrotask(then); return true; };
  const [out, err, exit] = [process.stdout.write, process.stderr.write, process.exit];
  process.stdout.write = write('stdout');
  process.stderr.write = write('stderr');
  await new Promise((resolve) => { process.exit = (code) => { result.code ??= code ?? process.exitCode ?? 0; resolve(); }; void main(args); });
  Object.assign(process, { exit, exitCode: undefined });
  process.stdout.write = out;
  process.stderr.write = err;
  results.push(result);
}
process.stdout.write(JSON.stringify(results));
`;

/** As `runCli` for each, at the cost of one start. For commands that end at once and keep nothing open. */
export async function runMany(commands: readonly (readonly string[])[], { cwd }: { readonly cwd: string }): Promise<Finished[]> {
  const cli = join(dirname(packedBin()), '../dist/cli.js');
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', MANY, cli, JSON.stringify(commands)], { cwd, maxBuffer: 1 << 24, timeout: 20_000 }, (_error, out, err) => resolve({ stdout: out, stderr: err }));
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as Finished[];
}
