import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Backend, createBackend } from '../src/app/backend/index.js';
import { packedBin, READY, startCli } from './helpers/processes.js';

/** Every example is run as its reader would run it, against the embedded backend, and what it shows is the corrected answer. */

const ROOT = join(import.meta.dirname, '..');
const EXAMPLES = join(ROOT, 'examples');
// It has no types of its own.
const { load: loadYaml } = createRequire(import.meta.url)('js-yaml') as { readonly load: (text: string) => unknown };
const TEXT = 'The server starts in `src/srever.ts` and reads `config/defaults.json`: “naïve” 🦊 end.';
const RIGHT = TEXT.replace('srever', 'server');

let backend: Backend;
let modelUrl: string;
let folder: string;
let workspace: string;
const children: ChildProcess[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-examples-'));
  workspace = join(folder, 'workspace');
  for (const file of ['src/server.ts', 'src/router.ts', 'config/defaults.json']) {
    mkdirSync(join(workspace, file, '..'), { recursive: true });
    writeFileSync(join(workspace, file), '');
  }
  // A model thinks before it speaks; meanwhile an example that did not wait for it reads its workspace, three files here.
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: TEXT, delayMs: 1_000 }) });
  modelUrl = `http://127.0.0.1:${(await backend.start()).port}`;
});

after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Example {
  readonly child: ChildProcess;
  /** Waits until what it wrote to stderr matches. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Example {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, MODEL_URL: modelUrl, MODEL: 'demo', WORKSPACE: workspace, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const said = (pattern: RegExp): Promise<RegExpExecArray> => new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(stderr);
      if (match !== null) resolve(match);
    };
    child.stderr.on('data', look);
    look();
    ended.then(() => reject(new Error(`it ended after: ${stderr}`)), reject);
  });
  return { child, said, ended };
}

const runTs = (name: string, env: Readonly<Record<string, string>> = {}): Example => start(process.execPath, ['--import', 'tsx', join(EXAMPLES, name)], env);

const ollamaText = (ndjson: string): string => ndjson.trimEnd().split('\n').map((line) => {
  const { message, response } = JSON.parse(line) as { message?: { content: string }; response?: string };
  return message?.content ?? response ?? '';
}).join('');

const openaiText = (sse: string): string => [...sse.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => (JSON.parse(json ?? '') as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? '').join('');

async function free(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('fetch.ts: a Web stream in the body of a fetch', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await runTs('fetch.ts').ended;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${RIGHT}\n`);
  assert.equal(stderr, 'invalid_path: src/srever.ts -> src/server.ts\n');
});

test('undici.ts: a pipeline of Node streams', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await runTs('undici.ts').ended;
  assert.equal(code, 0, stderr);
  assert.equal(openaiText(stdout), RIGHT);
  assert.ok(stdout.endsWith('data: [DONE]\n\n'));
});

test('express.ts: a route of a web server; a reader who leaves stops the model', { timeout: 60_000 }, async () => {
  const example = runTs('express.ts', { PORT: '0' });
  const [, url] = await example.said(/listening on (http:\S+)/);
  const ask = (signal?: AbortSignal): Promise<Response> =>
    fetch(`${url}/ask`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ question: 'Where does it start?' }), ...(signal === undefined ? {} : { signal }) });
  const response = await ask();
  assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
  assert.equal(ollamaText(await response.text()), RIGHT);
  const since = backend.exchanges.at(-1)?.id ?? 0;
  const leaving = new AbortController();
  ask(leaving.signal).catch(() => undefined);
  await backend.next(({ id, body }) => id > since && body.length > 0);
  leaving.abort();
  assert.ok((await backend.next(({ id, done }) => id > since && done)).aborted);
  example.child.kill();
});

test('ai-middleware.ts: a wrapped model, streamed and whole', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await runTs('ai-middleware.ts').ended;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${RIGHT}\n${RIGHT}\n`);
});

const here = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const shell = here('sh', '-c', 'true');

test('filter.sh: a shell pipe, with its report', { timeout: 60_000, skip: shell && here('curl', '--version') ? false : 'there is no shell or no curl here' }, async () => {
  const report = join(folder, 'report.ndjson');
  const { code, stdout, stderr } = await start('sh', [join(EXAMPLES, 'filter.sh'), 'Where?'], { REPORT: report, HOTPATCH: `${process.execPath} ${packedBin()}` }).ended;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${RIGHT}\n`);
  const [line] = readFileSync(report, 'utf8').split('\n');
  assert.deepEqual((JSON.parse(line ?? '') as { expected: string }).expected, 'src/server.ts');
});

/** Stands in for `ollama serve`: listens where OLLAMA_HOST says, as Ollama does. */
const FAKE_OLLAMA = `
import { createBackend } from ${JSON.stringify(join(ROOT, 'src/app/backend/index.ts'))};
const [host, port] = process.env.OLLAMA_HOST.split(':');
await createBackend({ host, port: Number(port), tokensPerSecond: 0, answers: () => ({ text: ${JSON.stringify(TEXT)} }) }).start();
`;

async function asked(url: string): Promise<string> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Where?' }] }) });
  return response.status === 502 ? '' : ollamaText(await response.text());
}

test('sidecar/run.sh: Ollama behind, hotpatch in front, both gone at the end', { timeout: 60_000, skip: shell ? false : 'there is no shell here' }, async () => {
  const fake = join(folder, 'ollama.mts');
  writeFileSync(fake, FAKE_OLLAMA);
  const behind = `127.0.0.1:${await free()}`;
  const example = start('sh', [join(EXAMPLES, 'sidecar/run.sh')], {
    LISTEN: '127.0.0.1:0', BEHIND: behind, DATA: join(folder, 'data'),
    OLLAMA: `${process.execPath} --import tsx ${fake}`, HOTPATCH: `${process.execPath} ${packedBin()}`,
  });
  const [, url] = await example.said(READY);
  // 502 until the server behind has started.
  let text = '';
  while (text === '') text = await asked(url ?? '');
  assert.equal(text, RIGHT);
  assert.ok(existsSync(join(folder, 'data/hotpatch.db')));
  example.child.kill('SIGTERM');
  assert.equal((await example.ended).code, 0);
  await assert.rejects(fetch(`http://${behind}/api/version`));
  await assert.rejects(fetch(`${url}/api/version`));
});

interface Service {
  readonly command: readonly string[];
  readonly build: string;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

test('sidecar/compose.yaml: its command line serves, told of this machine\'s addresses and folders', { timeout: 60_000 }, async () => {
  const compose = readFileSync(join(EXAMPLES, 'sidecar/compose.yaml'), 'utf8');
  const { services, volumes } = loadYaml(compose) as Compose;
  const { command, build, ports, volumes: mounted, depends_on: needs } = services['hotpatch'] as Service;
  const places: Readonly<Record<string, string>> = { '0.0.0.0:11435': '127.0.0.1:0', 'http://ollama:11434': modelUrl, '/workspace': workspace, '/data/hotpatch.db': join(folder, 'sidecar.db'), '/data/logs': join(folder, 'sidecar-logs') };
  for (const place of Object.keys(places)) assert.ok(command.includes(place), place);
  const serving = startCli(command.map((word) => places[word] ?? word), { cwd: folder });
  const [, url] = await serving.said(READY);
  assert.equal(await asked(url ?? ''), RIGHT);
  serving.child.kill('SIGTERM');
  assert.equal((await serving.finished).code, 0);
  // What its volumes and ports name is what the command uses, and what it needs is there.
  assert.deepEqual([build, ports, mounted], ['../..', ['127.0.0.1:11434:11435'], ['${WORKSPACE:-.}:/workspace:ro', 'corrections:/data']]);
  assert.ok(existsSync(join(EXAMPLES, 'sidecar', build, 'Dockerfile')));
  assert.deepEqual([Object.keys(volumes).includes('corrections'), needs], [true, ['ollama']]);
  assert.equal(services['ollama']?.ports, undefined, 'nobody reaches the model around it');
});

test('each example is short, says at its top how it is run, and is in the table', () => {
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:ts|sh|yaml)$/.test(file));
  assert.ok(files.length >= 7);
  const table = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  for (const file of files) {
    const text = readFileSync(join(EXAMPLES, file), 'utf8');
    assert.ok(text.split('\n').length <= 90, `${file} is long`);
    assert.ok(text.split('\n').slice(0, 5).some((line) => /^(?:\/\/|#) {3}\S/.test(line)), `${file} does not say how it is run`);
    assert.ok(table.includes(`](${file})`), `${file} is not in examples/README.md`);
  }
});
