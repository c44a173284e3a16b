import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import ts from 'typescript';
import { type Backend, createBackend } from '../src/app/backend/index.js';
import { createProxy, type Proxy } from '../src/index.js';
import { packedBin, READY } from './helpers/processes.js';

/** Every snippet of the README's library is taken from there, checked by the compiler, run as it stands, and does what is said of it. */

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const TSX = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
/** Where packages are found and nobody looks for sources. */
const CACHE = join(ROOT, 'node_modules/.cache/hotpatch-readme');

const TEXT = 'It starts in `src/mian.ts`, as teh tests say.';
const RIGHT = TEXT.replace('mian', 'main');
const MENDED = RIGHT.replace('teh', 'the');

interface Snippet {
  readonly language: string;
  readonly code: string;
}

function snippetsOf(heading: string): Snippet[] {
  const start = README.indexOf(`\n## ${heading}\n`);
  const section = README.slice(start, README.indexOf('\n## ', start + 4));
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({ language, code }));
}

const LIBRARY = snippetsOf('As a library');
const CLIENTS = snippetsOf('Two minutes').filter(({ language }) => language === 'ts');
const IMPORTS = LIBRARY.find(({ code }) => code.startsWith('import '))?.code ?? '';

/** The one snippet with these words. */
function snippet(words: string): string {
  const found = [...CLIENTS, ...LIBRARY].filter(({ code }) => code.includes(words));
  assert.equal(found.length, 1, words);
  taken.add(found[0]!.code);
  return found[0]!.code;
}

const taken = new Set<string>([IMPORTS]);
let folder: string;
let workspace: string;
/** Where the programs are written. */
let making: string;
let proxy: Proxy;
const backends: Backend[] = [];
/** What stands for the addresses of the README on this machine. */
const places = new Map<string, string>();
const children: ChildProcess[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-readme-'));
  workspace = join(folder, 'workspace');
  mkdirSync(join(workspace, 'src'), { recursive: true });
  for (const file of ['src/main.ts', 'src/server.ts']) writeFileSync(join(workspace, file), '');
  mkdirSync(CACHE, { recursive: true });
  making = mkdtempSync(join(CACHE, 'run-'));
  for (const name of ['', ' (the other one)']) backends.push(createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: TEXT + name }) }));
  const [model, other] = await Promise.all(backends.map(async (backend) => `127.0.0.1:${(await backend.start()).port}`));
  proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://${model}`, workspace, rules: [{ match: 'literal', value: 'teh', replace: 'the' }] });
  const { port } = await proxy.start();
  await proxy.ready();
  places.set('127.0.0.1:11434', model as string).set('127.0.0.1:8080', other as string).set('127.0.0.1:11435', `127.0.0.1:${port}`);
});

after(async () => {
  for (const { pid } of children) {
    try {
      process.kill(-(pid as number), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  await proxy.stop(0);
  await Promise.all(backends.map((backend) => backend.stop()));
  for (const gone of [folder, making]) rmSync(gone, { recursive: true, force: true });
});

const here = (code: string, own: Readonly<Record<string, string>> = {}): string =>
  [...places].reduce((so, [address, place]) => so.replaceAll(address, own[address] ?? place), code);

/** What the compiler says of programs, with the project's own settings. One look at all: it reads the types of every package they use. */
function problemsOf(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(files, { ...options, noUnusedLocals: false });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${readFileSync(file, 'utf8')}\n${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  });
}

interface Ran {
  readonly stdout: string;
  /** What the program told of itself at its end. */
  readonly told: unknown;
}

interface Program {
  readonly before?: string;
  readonly code: string;
  /** Ends with a call of `tell`. */
  readonly after: string;
  readonly input?: string;
}

const programs: string[] = [];

async function finished(command: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, { cwd: workspace, env, detached: true, stdio: 'pipe' });
  children.push(child);
  child.stdin.end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
}

/** Runs a snippet: names it speaks of before it, a look at what it did behind it. */
async function run({ before: first = '', code, after: last, input = '' }: Program): Promise<Ran> {
  const file = join(making, `snippet-${programs.length}.mts`);
  const tell = "const tell = (value: unknown): void => console.error('TOLD ' + JSON.stringify(value));";
  const program = `${code === IMPORTS ? '' : IMPORTS}${first}\n${tell}\n${code}\n${last}\n`;
  writeFileSync(file, program.replaceAll("'hotpatch'", JSON.stringify(join(ROOT, 'src/index.js'))));
  programs.push(file);
  const { stdout, stderr } = await finished(process.execPath, ['--import', TSX, file], process.env, input);
  return { stdout, told: JSON.parse(/^TOLD (.*)$/m.exec(stderr)?.[1] ?? 'null') as unknown };
}

/** Processes start slowly on a machine that is busy with other tests. */
const LONG = { timeout: 300_000 } as const;
const REQUEST = "const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'Where?' }] };";
const WORKSPACE = "const workspace = await openWorkspace({ workspace: '.' });";
const OLLAMA = "import { Ollama } from 'ollama';\n";
const asOllama = (address: string): string => `new Ollama({ host: 'http://${address}' })`;

test('the clients of the two minutes, through the proxy', LONG, async () => {
  const { told } = await run({
    code: here(snippet('new OpenAI(')),
    after: `const { response } = await ollama.generate({ model: 'm', prompt: 'x' });
      const { choices } = await openai.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
      tell([response, choices[0]?.message.content]);`,
  });
  assert.deepEqual(told, [MENDED, MENDED]);
});

test('the names that are imported', LONG, async () => {
  const { told } = await run({ code: IMPORTS, after: 'tell([createProxy, createRewriteStream, createRewriteTransformStream, Bridge, HotPatcher, openRuleStore, openWorkspace].map((name) => typeof name));' });
  assert.deepEqual(told, Array.from({ length: 7 }, () => 'function'));
});

test('a proxy of one\'s own, changed while it runs', LONG, async () => {
  const { stdout, told } = await run({
    before: OLLAMA,
    code: here(snippet('createProxy({'), { '127.0.0.1:11435': '127.0.0.1:0' }),
    after: `await proxy.ready();
      const { response } = await new Ollama({ host: 'http://127.0.0.1:' + proxy.address?.port }).generate({ model: 'm', prompt: 'x' });
      await proxy.stop(0);
      tell(response);`,
  });
  assert.equal(told, `${MENDED} (the other one)`);
  assert.equal(stdout, 'invalid_path src/mian.ts src/main.ts\npattern_match teh the\n');
});

test('one body, for fetch and as a Node stream', LONG, async () => {
  const { stdout, told } = await run({
    before: REQUEST,
    code: here(snippet('response.body!.pipeThrough')),
    after: `let text = '';
      for (const line of (await new Response(body).text()).trimEnd().split('\\n')) text += (JSON.parse(line) as { message: { content: string } }).message.content;
      tell(text);`,
    input: '{"model":"m","response":"`src/mian.ts`","done":false}\n{"model":"m","response":"","done":true}\n',
  });
  assert.equal(told, RIGHT);
  assert.equal(stdout, '{"model":"m","response":"`src/main.ts`","done":false}\n{"model":"m","response":"","done":true}\n');
});

test('a route of a web server', LONG, async () => {
  const { told } = await run({
    before: `import express from 'express';\nimport { pipeline } from 'node:stream/promises';\nimport type { AddressInfo } from 'node:net';\n${WORKSPACE}\nconst app = express();`,
    code: here(snippet('app.post(')),
    after: `const server = app.listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const asked = await fetch('http://127.0.0.1:' + port + '/ask', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"question":"Where?"}' });
      tell(await asked.text());
      process.exit();`,
  });
  assert.match(String(told).replace(/"\}.*\n.*?"content":"/g, ''), /src\/main\.ts/);
  assert.doesNotMatch(String(told), /mian/);
});

test('whole texts, and a middleware of the ai SDK', LONG, async () => {
  const texts = snippet("patcher.intercept('");
  const { stdout, told } = await run({
    before: `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';\nimport { generateText, type LanguageModelMiddleware, wrapLanguageModel } from 'ai';
      ${WORKSPACE}\nconst provider = createOpenAICompatible({ name: 'local', baseURL: '${here('http://127.0.0.1:11434/v1')}' });\n${texts}`,
    code: snippet('wrapLanguageModel('),
    after: "tell((await generateText({ model, prompt: 'Where?' })).text);",
  });
  assert.equal(stdout, 'The bug is in `src/main.ts`.\n');
  assert.equal(told, RIGHT);
});

test('a bridge for clients of a host', LONG, async () => {
  const client = here(asOllama('127.0.0.1:11434'));
  const { told } = await run({
    before: `import { EventEmitter } from 'node:events';\n${OLLAMA}const ollama = ${client};\nconst host = new EventEmitter();`,
    code: snippet('bridge.attach(ollama)'),
    after: `await bridge.ready();
      const ask = async (client: Ollama): Promise<string | undefined> => (await client.generate({ model: 'm', prompt: 'x' })).response;
      const first = await ask(ollama);
      restore();
      const next = ${client};
      host.emit('client-changed', next);
      tell([first, await ask(ollama), await ask(next)]);
      await bridge.stop();`,
  });
  assert.deepEqual(told, [RIGHT, TEXT, RIGHT]);
});

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const shell = has('sh', '-c', 'true') ? false : 'there is no shell here';

/** A folder of commands before all others. */
function commands(scripts: Readonly<Record<string, string>>): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const [name, script] of Object.entries({ hotpatch: `exec "${process.execPath}" "${packedBin()}" "$@"`, ...scripts })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
}

const textOf = (ndjson: string): string => ndjson.trimEnd().split('\n').map((line) => (JSON.parse(line) as { message: { content: string } }).message.content).join('');

test('a pipe of the shell', { ...LONG, skip: shell === false && has('curl', '--version') ? false : 'there is no shell or no curl here' }, async () => {
  const env = { ...process.env, PATH: commands({}) };
  const { stdout } = await finished('sh', ['-c', here(snippet('hotpatch filter'))], env);
  assert.equal(textOf(stdout), RIGHT);
});

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

test('a sidecar in the place of Ollama', { ...LONG, skip: shell }, async () => {
  // Listens where it is told, as Ollama does.
  const fake = join(folder, 'ollama.mts');
  writeFileSync(fake, `import { createBackend } from ${JSON.stringify(join(ROOT, 'src/app/backend/index.ts'))};
    const [host, port] = process.env.OLLAMA_HOST!.split(':') as [string, string];
    await createBackend({ host, port: Number(port), tokensPerSecond: 0, answers: () => ({ text: ${JSON.stringify(TEXT)} }) }).start();`);
  const env = { ...process.env, PATH: commands({ ollama: `exec "${process.execPath}" --import "${TSX}" "${fake}"` }) };
  const code = snippet('ollama serve').replaceAll('127.0.0.1:11500', await freeAddress()).replace('127.0.0.1:11434', '127.0.0.1:0');
  const child = spawn('sh', ['-c', code], { cwd: workspace, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  let stderr = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const [, ready] = READY.exec(stderr) ?? [];
      if (ready !== undefined) resolve(ready);
    });
    child.once('close', () => reject(new Error(stderr)));
  });
  // 502 until the server behind has started.
  let answer: Response;
  do answer = await fetch(`${url}/api/chat`, { method: 'POST', body: '{"model":"llama3.2","messages":[{"role":"user","content":"Where?"}]}' });
  while (answer.status === 502 && (await answer.text()) !== '');
  assert.equal(textOf(await answer.text()), RIGHT);
});

test('the compiler has nothing to say of the snippets', LONG, () => {
  assert.ok(programs.length >= 7);
  assert.deepEqual(problemsOf(programs), []);
});

test('every snippet of the section was run, and each is shorter than ten lines', () => {
  const all = [...CLIENTS, ...LIBRARY];
  assert.ok(all.length >= 10);
  for (const { code } of all) {
    assert.ok(code.trimEnd().split('\n').length < 10, code);
    if (shell === false) assert.ok(taken.has(code) || code.includes('curl'), `not run: ${code}`);
  }
});
