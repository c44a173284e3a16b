import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type Answer, type Backend, createBackend } from '../../src/app/backend/index.js';
import { parseCorrectionLine } from '../../src/node/audit/lines.js';
import { type ProxyChoices, type RunningProxy, startProxy, withProxy } from '../helpers/proxy.js';

/** What takes less than a second may be seen later on a loaded machine; after this it never will be. */
const NEVER_MS = 20_000;
const SHOP = ['src/main.ts', 'src/server/router.ts', 'src/server/listener.ts', 'docs/architecture.md', 'package.json'];
const GAME = ['engine/lexer.rs', 'engine/parser.rs', 'assets/levels/first.json', 'Cargo.toml'];

let top: string;
let shop: string;
let game: string;
let backend: Backend;
let upstream: number;
let shared: RunningProxy;
/** The answer to each prompt's last line. */
const answers = new Map<string, Answer>();

function makeProject(name: string, files: readonly string[]): string {
  const root = join(top, name);
  for (const file of files) writeFile(root, file);
  return root;
}

function writeFile(root: string, file: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), '');
}

/** A proxy whose index is complete, for the length of `use`. */
async function withReady(choices: Omit<ProxyChoices, 'upstream'>, use: (running: RunningProxy) => Promise<void>): Promise<void> {
  await withProxy({ upstream, ...choices }, async (running) => {
    await running.proxy.files.complete;
    await use(running);
  });
}

before(async () => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'hotpatch-projects-')));
  shop = makeProject('shop', SHOP);
  game = makeProject('game', GAME);
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: ({ prompt }) => answers.get(prompt.split('\n').at(-1) as string) ?? { text: 'no such answer' } });
  upstream = (await backend.start()).port;
  shared = await startProxy({ upstream, config: { workspaces: [shop, game] } });
  await shared.proxy.files.complete;
});

after(async () => {
  await shared.stop();
  await backend.stop();
  rmSync(top, { recursive: true, force: true });
});

const model = 'any';

interface Asked {
  readonly url: string;
  readonly prompt: string;
  readonly system?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Ask = (asked: Asked) => Promise<string>;

function messagesOf({ prompt, system }: Asked): { role: 'system' | 'user'; content: string }[] {
  const user = { role: 'user' as const, content: prompt };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}

const ollama = ({ url, headers = {} }: Asked): Ollama => new Ollama({ host: url, headers });
const openai = ({ url, headers = {} }: Asked): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'test', maxRetries: 0, defaultHeaders: headers });

const CLIENTS: Readonly<Record<string, Ask>> = {
  'ollama, stream': async (asked) => {
    let text = '';
    for await (const part of await ollama(asked).chat({ model, messages: messagesOf(asked), stream: true })) text += part.message.content;
    return text;
  },
  'ollama, whole': async (asked) => (await ollama(asked).chat({ model, messages: messagesOf(asked), stream: false })).message.content,
  'openai, stream': async (asked) => {
    let text = '';
    for await (const chunk of await openai(asked).chat.completions.create({ model, messages: messagesOf(asked), stream: true })) text += chunk.choices[0]?.delta.content ?? '';
    return text;
  },
  'openai, whole': async (asked) => (await openai(asked).chat.completions.create({ model, messages: messagesOf(asked) })).choices[0]?.message.content ?? '',
};
const [stream] = Object.values(CLIENTS) as [Ask];

let asked = 0;

/** Asks for a text and gives what the client put together. */
async function say(answer: Answer | string, { url = shared.url, said = '', ask = stream, ...rest }: Partial<Asked> & { said?: string; ask?: Ask } = {}): Promise<string> {
  asked += 1;
  const key = `question ${asked}`;
  answers.set(key, typeof answer === 'string' ? { text: answer } : answer);
  return ask({ url, prompt: said === '' ? key : `${said}\n${key}`, ...rest });
}

const standing = (root: string): { readonly system: string } => ({ system: `You help with code.\nWorking directory: ${root}\n` });

const FORMS = [
  { name: 'letters swapped, in backticks', text: 'Open `src/mian.ts` first.', right: 'Open `src/main.ts` first.' },
  { name: 'a line behind it', text: 'The error is at `src/server/ruoter.ts:42:7`, see there.', right: 'The error is at `src/server/router.ts:42:7`, see there.' },
  { name: 'a dot and slash before it', text: 'Start with "./src/mian.ts" and read on.', right: 'Start with "./src/main.ts" and read on.' },
  { name: 'letter case, bare', text: 'Look into src/server/Router.ts for the routes.', right: 'Look into src/server/router.ts for the routes.' },
  { name: 'another extension, in a link', text: 'See [the plan](docs/architecture.txt) for more.', right: 'See [the plan](docs/architecture.md) for more.' },
  { name: 'in a shell line', text: 'Run:\n```bash\nnode src/mian.ts --port 80\n```\nand wait.', right: 'Run:\n```bash\nnode src/main.ts --port 80\n```\nand wait.' },
  { name: 'right ones', text: 'Both `src/main.ts` and src/server/listener.ts are fine.', right: 'Both `src/main.ts` and src/server/listener.ts are fine.' },
  { name: 'made up', text: 'The rates come from `billing/invoices/rates.py` at night.', right: 'The rates come from `billing/invoices/rates.py` [no such file in this workspace] at night.' },
] as const;

for (const [client, ask] of Object.entries(CLIENTS)) {
  test(`${client}: wrong paths arrive right in every form, made up ones with a note`, async () => {
    for (const { name, text, right } of FORMS) assert.equal(await say(text, { ask, ...standing(shop) }), right, name);
  });
}

test('both logs get their lines', async () => {
  await withReady({ config: { workspaces: [shop] } }, async (running) => {
    await say('Open `src/mian.ts:3` and `billing/invoices/rates.py` now.', { url: running.url, ...standing(shop) });
    // Stopping a proxy writes what is queued, and its folder goes with it.
    await running.proxy.stop(0);
    const corrections = readFileSync(join(running.logDir, 'corrections.log'), 'utf8').split('\n');
    const fixes = readFileSync(join(running.logDir, 'navigation_fixes.log'), 'utf8');
    assert.deepEqual(corrections.map((line) => parseCorrectionLine(line)).map((line) => line && [line.type, line.detected, line.corrected, line.action]), [
      ['invalid_path', 'src/mian.ts', 'src/main.ts', 'replace'],
      ['fabricated_path', 'billing/invoices/rates.py', null, 'annotate'],
      null,
    ]);
    assert.match(fixes, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \| From: src\/mian\.ts \| To: src\/main\.ts \| Effectiveness: 0\.\d\d \| Reasoning: transposed_letters\n$/);
  });
});

const MIXED = 'Compare `src/mian.ts` with `engine/lxeer.rs` in detail.';
const PLACES = [
  { name: 'the directory of the first', where: () => standing(shop), right: MIXED.replace('mian', 'main') },
  { name: 'the directory of the second', where: () => standing(game), right: MIXED.replace('lxeer', 'lexer') },
  { name: 'a folder below it', where: () => standing(join(game, 'assets')), right: MIXED.replace('lxeer', 'lexer') },
  { name: 'the header of the first', where: () => ({ headers: { 'x-hotpatch-workspace': shop } }), right: MIXED.replace('mian', 'main') },
  { name: 'the header against the directory', where: () => ({ ...standing(shop), headers: { 'x-hotpatch-workspace': game } }), right: MIXED.replace('lxeer', 'lexer') },
  { name: 'a project of which nothing is known', where: () => standing('/home/kim/unrelated'), right: MIXED },
  { name: 'a header that names no workspace', where: () => ({ headers: { 'x-hotpatch-workspace': '/home/kim/unrelated' } }), right: MIXED },
] as const;

test('of two projects behind one proxy, the stated one is meant, and the header before all', async () => {
  for (const [client, ask] of Object.entries(CLIENTS)) {
    for (const { name, where, right } of PLACES) {
      const got = await say(MIXED, { ask, ...where() });
      // What is of the other project is not this one's to change; a note that it is not here is right.
      assert.equal(got.replaceAll(' [no such file in this workspace]', ''), right, `${client}: ${name}`);
      if (right === MIXED) assert.equal(got, MIXED, `${client}: ${name}`);
    }
  }
  // The header is for the proxy alone.
  for (const { headers } of backend.exchanges) assert.equal(headers['x-hotpatch-workspace'], undefined);
});

test('the right paths of a third project stay as they are', async () => {
  const text = 'See `src/index.ts`, `src/server/routes.ts`, `engine/lexer.go`, lib/app/main.ts and [this](docs/architecture.rst).';
  for (const [client, ask] of Object.entries(CLIENTS)) assert.equal(await say(text, { ask, ...standing(join(top, 'third')) }), text, client);
});

const DISK = [
  {
    name: 'created in mid-answer: it is right after all',
    file: 'src/server/routes.ts',
    change: (root: string) => writeFile(root, 'src/server/routes.ts'),
    text: 'Now open `src/server/routes.ts` there.',
    right: 'Now open `src/server/routes.ts` there.',
  },
  {
    name: 'deleted in mid-answer: nobody is sent there',
    change: (root: string) => unlinkSync(join(root, 'src/main.ts')),
    text: 'Now open `src/mian.ts` there.',
    right: 'Now open `src/mian.ts` there.',
  },
  {
    name: 'renamed in mid-answer: its old name is no correction',
    change: (root: string) => renameSync(join(root, 'src/main.ts'), join(root, 'src/start.ts')),
    text: 'Now open `src/mian.ts` there.',
    right: 'Now open `src/mian.ts` there.',
  },
] as const;

for (const { name, change, text, right } of DISK) {
  test(`a file ${name}`, async () => {
    const root = makeProject(`moving-${name.slice(0, 7)}`, SHOP);
    await withReady({ config: { workspaces: [root] } }, async (running) => {
      const beforeToken = (sent: number): void => {
        if (sent === 1) change(root);
      };
      assert.equal(await say({ tokens: ['Well. ', ...text.match(/.{1,3}/g) as string[]], beforeToken }, { url: running.url, ...standing(root) }), `Well. ${right}`);
    });
  });
}

test('what was created is suggested', async (t) => {
  const root = makeProject('growing', SHOP);
  await withReady({ config: { workspaces: [root] } }, async (running) => {
    writeFile(root, 'src/payments/ledger.ts');
    const sinceMs = performance.now();
    let got = '';
    // Asked again and again, as a person would: how soon it is seen is what is measured.
    while (performance.now() - sinceMs < NEVER_MS && !got.includes('ledger')) got = await say('Open `src/payments/legder.ts` there.', { url: running.url, ...standing(root) });
    assert.equal(got, 'Open `src/payments/ledger.ts` there.');
    t.diagnostic(`seen after ${(performance.now() - sinceMs).toFixed(0)} ms`);
  });
});

test('a path that the user names is known', async () => {
  for (const [client, ask] of Object.entries(CLIENTS)) {
    assert.equal(await say('I opened `src/mian.ts` as you said.', { ask, said: 'Please open src/mian.ts, it is new.', ...standing(shop) }), 'I opened `src/mian.ts` as you said.', client);
  }
});

const SILENT: readonly { readonly name: string; readonly choices: () => Omit<ProxyChoices, 'upstream'>; readonly headers?: Readonly<Record<string, string>> }[] = [
  { name: 'no workspace', choices: () => ({ config: { workspaces: 'none' } }) },
  { name: 'observe', choices: () => ({ mode: 'observe', config: { workspaces: [shop] } }) },
  { name: 'off', choices: () => ({ mode: 'off', config: { workspaces: [shop] } }) },
  { name: 'observe by the header', choices: () => ({ config: { workspaces: [shop] } }), headers: { 'x-hotpatch-mode': 'observe' } },
];

for (const { name, choices, headers = {} } of SILENT) {
  test(`nothing is touched: ${name}`, async () => {
    await withReady(choices(), async ({ url }) => {
      for (const { text } of FORMS) for (const [client, ask] of Object.entries(CLIENTS)) assert.equal(await say(text, { url, ask, headers, ...standing(shop) }), text, client);
    });
  });
}

test('hotpatch\'s own database and logs are never suggested', async () => {
  const root = makeProject('own', [...SHOP, 'data/seeds.json']);
  await withReady({ db: join(root, 'data/hotpatch.db'), config: { workspaces: [root], logDir: join(root, 'logs') } }, async (running) => {
    const { url } = running;
    // The first answer makes the log; the second would name it.
    assert.equal(await say('Open `src/mian.ts` here.', { url, ...standing(root) }), 'Open `src/main.ts` here.');
    const text = 'Look into `data/hotptach.db`, `data/Hotpatch.db` and `logs/correctoins.log` too.';
    assert.equal((await say(text, { url, ...standing(root) })).replaceAll(' [no such file in this workspace]', ''), text);
    assert.equal(running.proxy.files.count, SHOP.length + 1);
  });
});
