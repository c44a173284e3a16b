import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { Bridge, type Options } from '../../src/index.js';

const RULES = [{ match: 'literal', value: 'teh', replace: 'the' }] as const;
const backends: Backend[] = [];
const urls: string[] = [];

before(async () => {
  for (const name of ['one', 'two', 'three']) {
    const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: `teh backend ${name}` }) });
    const { port } = await backend.start();
    backends.push(backend);
    urls.push(`http://127.0.0.1:${port}`);
  }
});

after(() => Promise.all(backends.map((backend) => backend.stop())));

const url = (index: number): string => urls[index] as string;
const ollama = (index: number): Ollama => new Ollama({ host: url(index) });
const openai = (index: number): OpenAI => new OpenAI({ baseURL: `${url(index)}/v1`, apiKey: 'test', maxRetries: 0 });

async function ask(client: Ollama): Promise<string> {
  return (await client.generate({ model: 'demo', prompt: 'x' })).response ?? '';
}

async function chat(client: OpenAI): Promise<string | null | undefined> {
  return (await client.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content: 'x' }] })).choices[0]?.message.content;
}

async function withBridge(options: Options, use: (bridge: Bridge) => Promise<void>): Promise<void> {
  const bridge = new Bridge({ listen: '127.0.0.1:0', rules: RULES, ...options });
  try {
    await use(bridge);
  } finally {
    await bridge.stop();
  }
}

test('clients of ollama, openai and any with an endpoint are redirected once it listens, and restored', async () => {
  await withBridge({}, async (bridge) => {
    const [one, two] = [ollama(0), openai(0)];
    const plain = { endpoint: `${url(0)}/v1/` };
    const anthropic = new Anthropic({ baseURL: url(0), apiKey: 'test' });
    const restores = [one, two, plain, anthropic].map((client) => bridge.attach(client));
    // Nothing listens yet, so nothing is redirected.
    assert.equal(await ask(one), 'teh backend one');
    assert.equal(bridge.isActive(), false);
    await bridge.start();
    assert.equal(bridge.isActive(), true);
    const { listenPort } = bridge.statistics();
    assert.equal(await ask(one), 'the backend one');
    assert.equal(await chat(two), 'the backend one');
    assert.equal(await chat(two.withOptions({ timeout: 5_000 })), 'the backend one');
    assert.equal(plain.endpoint, `http://127.0.0.1:${listenPort}/v1/`);
    assert.equal(anthropic.baseURL, `http://127.0.0.1:${listenPort}`);
    restores[1]?.();
    assert.equal(two.baseURL, `${url(0)}/v1`);
    assert.equal(await chat(two), 'teh backend one');
    assert.equal(bridge.statistics().requestsProcessed, 3);
    await bridge.stop();
    assert.equal(await ask(one), 'teh backend one');
    assert.deepEqual(Object.getOwnPropertyDescriptor(plain, 'endpoint'), { value: `${url(0)}/v1/`, writable: true, enumerable: true, configurable: true });
    assert.equal(bridge.isActive(), false);
  });
});

test('an endpoint that is changed behind its back takes the proxy along', async () => {
  await withBridge({}, async (bridge) => {
    await bridge.start();
    const client = ollama(0);
    bridge.attach(client);
    assert.equal(await ask(client), 'the backend one');
    const { config } = client as unknown as { config: { host: string } };
    config.host = url(1);
    assert.equal(await ask(client), 'the backend two');
    (client as unknown as { config: object }).config = { ...config, host: url(2) };
    assert.equal(await ask(client), 'the backend three');
    const moved: unknown[] = [];
    bridge.on('endpointChanged', ({ to }) => moved.push(to));
    // Read and written back: no change.
    const held = client as unknown as { config: { host: string } };
    held.config.host = `${held.config.host}`;
    assert.deepEqual(moved, []);
    await bridge.stop();
    assert.equal(held.config.host, url(2));
  });
});

test('clients of several backends each keep their own', async () => {
  await withBridge({}, async (bridge) => {
    await bridge.start();
    const [one, two] = [ollama(0), openai(1)];
    bridge.attach(one);
    bridge.attach(two);
    await untilRedirected(() => two.baseURL !== `${url(1)}/v1`);
    assert.equal(await chat(two), 'the backend two');
    assert.equal(await ask(one), 'the backend one');
    assert.equal(bridge.statistics().requestsProcessed, 2);
    assert.equal(bridge.statistics().hallucinationsCorrected, 2);
  });
});

async function untilRedirected(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !done(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(done());
}

test('an upstream that is named is everyone\'s backend', async () => {
  await withBridge({ upstream: url(2) }, async (bridge) => {
    await bridge.start();
    const [one, two] = [ollama(0), openai(1)];
    bridge.attach(one);
    const restore = bridge.attach(two);
    assert.equal(await ask(one), 'the backend three');
    assert.equal(await chat(two), 'the backend three');
    restore();
    assert.equal(await chat(two), 'teh backend two');
  });
});

test('port, endpoint and switch change while clients are attached', async () => {
  await withBridge({}, async (bridge) => {
    await bridge.start();
    const client = ollama(0);
    bridge.attach(client);
    assert.equal(await ask(client), 'the backend one');
    const before = bridge.statistics().listenPort;
    await bridge.setProxyPort(0);
    assert.notEqual(bridge.statistics().listenPort, before);
    assert.equal(await ask(client), 'the backend one');
    await bridge.setEndpoint(url(1));
    assert.equal(await ask(client), 'the backend two');
    bridge.setEnabled(false);
    assert.equal(bridge.isActive(), false);
    assert.equal(await ask(client), 'teh backend two');
    bridge.setEnabled(true);
    assert.equal(await ask(client), 'the backend two');
    await bridge.stop();
    // The backend has moved, so that is where the client goes back to.
    assert.equal(await ask(client), 'teh backend two');
  });
});

test('a host that swaps its client ten times while streams run loses no correction and no byte', async () => {
  const backend = createBackend({ port: 0, tokensPerSecond: 400, answers: () => ({ text: 'teh quick brown fox and teh lazy dog and teh end. '.repeat(4) }) });
  const { port } = await backend.start();
  await withBridge({}, async (bridge) => {
    await bridge.start();
    const host = new EventEmitter();
    const unfollow = bridge.follow(host, 'client');
    const streams: Promise<string>[] = [];
    const clients: Ollama[] = [];
    for (let swap = 0; swap < 10; swap += 1) {
      const client = new Ollama({ host: `http://127.0.0.1:${port}` });
      clients.push(client);
      host.emit('client', client);
      streams.push(collect(client));
      // The stream is under way before its client is replaced.
      await backend.next(({ id, tokensSent }) => id === swap + 1 && tokensSent > 0);
    }
    for (const text of await Promise.all(streams)) assert.equal(text, 'the quick brown fox and the lazy dog and the end. '.repeat(4));
    assert.equal(bridge.statistics().hallucinationsCorrected, 120);
    const hosts = clients.map((client) => (client as unknown as { config: { host: string } }).config.host);
    assert.deepEqual(hosts.map((each) => each === `http://127.0.0.1:${port}`), [...Array<boolean>(9).fill(true), false]);
    unfollow();
    host.emit('client', new Ollama({ host: `http://127.0.0.1:${port}` }));
    assert.equal((clients[9] as unknown as { config: { host: string } }).config.host, `http://127.0.0.1:${port}`);
    assert.equal(host.listenerCount('client'), 0);
  });
  await backend.stop();
});

async function collect(client: Ollama): Promise<string> {
  let text = '';
  for await (const { response } of await client.generate({ model: 'demo', prompt: 'x', stream: true })) text += response ?? '';
  return text;
}

test('event targets are followed as well, and what is no client is told', async () => {
  await withBridge({}, async (bridge) => {
    await bridge.start();
    const target = new EventTarget();
    const errors: string[] = [];
    bridge.on('error', ({ message }) => errors.push(message));
    const stop = bridge.follow(target, 'swap');
    const client = ollama(0);
    target.dispatchEvent(new CustomEvent('swap', { detail: client }));
    target.dispatchEvent(new CustomEvent('swap', { detail: 42 }));
    assert.equal(await ask(client), 'the backend one');
    assert.equal(errors.length, 1);
    stop();
    assert.equal(await ask(client), 'teh backend one');
  });
});

test('what cannot be redirected is refused in words', async () => {
  await withBridge({}, async (bridge) => {
    await bridge.start();
    assert.throws(() => bridge.attach({ name: 'nobody' }), /none of baseURL, config.host and endpoint/);
    assert.throws(() => bridge.attach(Object.freeze({ endpoint: url(0) })), /frozen or sealed/);
    const client = ollama(0);
    const restore = bridge.attach(client);
    bridge.attach(client);
    restore();
    restore();
    assert.equal(await ask(client), 'teh backend one');
  });
});
