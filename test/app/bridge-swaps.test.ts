import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { Bridge } from '../../src/index.js';
import { Tap } from '../helpers/tap.js';

/** A host that swaps its clients and moves them about while their answers stream: everything arrives, and all of it corrected. */

const RULES = [{ match: 'literal', value: 'teh', replace: 'the' }] as const;
const FILES = ['src/main.ts', 'src/server.ts'];
/** Errors in tokens of their own: what is mended leaves in the event it came in. */
const tokensOf = (name: string): string[] => ['I', ' am', ` ${name}`, ':', ' teh', ' start', ' is', ' `src/mian.ts`', ',', ' teh', ' end', '.'];
const textOf = (name: string): string => mended(tokensOf(name).join(''));
const mended = (text: string): string => text.replaceAll('teh', 'the').replaceAll('src/mian.ts', 'src/main.ts');
const CORRECTIONS = 3;

class Side {
  readonly backend: Backend;
  #open: () => void = () => undefined;
  readonly #gate = new Promise<void>((resolve) => (this.#open = resolve));
  tap!: Tap;
  #asked = 0;

  constructor(name: string) {
    // Every answer stops behind its fifth token, until all are under way.
    this.backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ tokens: tokensOf(name), beforeToken: (sent) => (sent === 5 ? this.#gate : undefined) }) });
  }

  async start(): Promise<void> {
    this.tap = await Tap.before((await this.backend.start()).port);
  }

  /** The next answer of this backend has begun. */
  async begun(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    await this.backend.next(({ id, tokensSent }) => id === asked && tokensSent > 0);
  }

  letGo(): void {
    this.#open();
  }

  async stop(): Promise<void> {
    this.letGo();
    this.tap.close();
    await this.backend.stop();
  }
}

let sides: [Side, Side];
const [ONE, OTHER] = [0, 1] as const;

before(async () => {
  sides = [new Side('one'), new Side('two')];
  for (const side of sides) await side.start();
});
after(() => Promise.all(sides.map((side) => side.stop())));

/** What the clients got, as it came. */
const got: Promise<string>[] = [];

const watched: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const [body, copy] = (response.body as ReadableStream<Uint8Array>).tee();
  got.push(new Response(copy).text());
  return new Response(body, { status: response.status, headers: response.headers });
};

interface Client {
  readonly client: object;
  /** Assigned as a host would. */
  move(url: string): void;
  say(): Promise<string>;
}

async function joined<T>(stream: AsyncIterable<T>, read: (event: T) => string | undefined): Promise<string> {
  let text = '';
  for await (const event of stream) text += read(event) ?? '';
  return text;
}

const ask = [{ role: 'user' as const, content: 'x' }];

const KINDS: readonly ((url: string) => Client)[] = [
  (url) => {
    const client = new Ollama({ host: url, fetch: watched });
    const say = async (): Promise<string> => joined(await client.chat({ model: 'demo', messages: ask, stream: true }), ({ message }) => message.content);
    return { client, say, move: (to) => void ((client as unknown as { config: { host: string } }).config.host = to) };
  },
  (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0, fetch: watched });
    const say = async (): Promise<string> => joined(await client.chat.completions.create({ model: 'demo', messages: ask, stream: true }), ({ choices }) => choices[0]?.delta.content ?? '');
    return { client, say, move: (to) => void (client.baseURL = `${to}/v1`) };
  },
  (url) => {
    const client = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0, fetch: watched });
    const say = async (): Promise<string> => (await client.messages.stream({ model: 'demo', max_tokens: 1_000, messages: ask }).finalText());
    return { client, say, move: (to) => void (client.baseURL = to) };
  },
  (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0, fetch: watched });
    const say = async (): Promise<string> => {
      let [text, whole] = ['', ''];
      for await (const event of await client.responses.create({ model: 'demo', input: 'x', stream: true })) {
        if (event.type === 'response.output_text.delta') text += event.delta;
        if (event.type === 'response.completed') whole = event.response.output.map((item) => (item.type === 'message' ? item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('') : '')).join('');
      }
      assert.equal(whole, text);
      return text;
    };
    return { client, say, move: (to) => void (client.baseURL = `${to}/v1`) };
  },
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('ten swaps among four kinds of clients, endpoints changed behind its back and the port moved, while answers stream: no correction and no byte is lost', async () => {
  const bridge = new Bridge({ listen: '127.0.0.1:0', rules: RULES, files: FILES });
  await bridge.start();
  const host = new EventEmitter();
  bridge.follow(host, 'client');
  const errors: string[] = [];
  bridge.on('error', ({ message }) => errors.push(message));
  const answers: { readonly name: string; readonly text: Promise<string> }[] = [];
  const stream = async (side: 0 | 1, client: Client): Promise<void> => {
    answers.push({ name: side === ONE ? 'one' : 'two', text: client.say() });
    await sides[side].begun();
  };
  for (let swap = 0; swap < 10; swap += 1) {
    const client = KINDS[swap % KINDS.length]!(sides[ONE].tap.url);
    host.emit('client', client.client);
    await stream(ONE, client);
    if (swap % 3 === 1) {
      client.move(sides[OTHER].tap.url);
      await stream(OTHER, client);
    }
    if (swap % 3 === 2) await bridge.setProxyPort(await freePort());
  }
  for (const side of sides) side.letGo();
  for (const { name, text } of answers) assert.equal(await text, textOf(name));
  const sent = sides.flatMap(({ tap }) => tap.bodies()).map(mended);
  assert.equal(sent.length, 13);
  assert.deepEqual((await Promise.all(got)).sort(), sent.sort());
  assert.equal(bridge.statistics().hallucinationsCorrected, answers.length * CORRECTIONS);
  assert.equal(bridge.statistics().requestsProcessed, answers.length);
  assert.deepEqual(errors, []);
  await bridge.stop();
});
