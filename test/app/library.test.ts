import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { test } from 'node:test';
import { Ollama } from 'ollama';
import { type Backend, createBackend } from '../../src/app/backend/index.js';
import { ConfigError, type Correction, createProxy, createRewriteStream, createRewriteTransformStream, HALLUCINATION_TYPES, openRuleStore, type Options, type Proxy, type Statistics } from '../../src/index.js';

const RULES = [{ match: 'literal', value: 'teh', replace: 'the' }] as const;

async function backendSaying(text: string): Promise<{ readonly backend: Backend; readonly url: string }> {
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text }) });
  const { port } = await backend.start();
  return { backend, url: `http://127.0.0.1:${port}` };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function withLibrary(options: Options, text: string, use: (proxy: Proxy, ask: () => Promise<string>, url: string) => Promise<void>): Promise<void> {
  const { backend, url } = await backendSaying(text);
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: url, rules: RULES, ...options });
  try {
    await proxy.start();
    const ask = async (): Promise<string> => {
      const { port } = proxy.address as { port: number };
      const { response } = await new Ollama({ host: `http://127.0.0.1:${port}` }).generate({ model: 'demo', prompt: 'x' });
      return response ?? '';
    };
    await use(proxy, ask, url);
  } finally {
    await proxy.stop(0);
    await backend.stop();
  }
}

test('createProxy corrects, counts and tells', async () => {
  await withLibrary({}, 'teh end of teh line', async (proxy, ask) => {
    const told: string[] = [];
    const corrections: Correction[] = [];
    proxy.on('hallucinationDetected', () => told.push('detected'));
    proxy.on('hallucinationCorrected', (correction) => corrections.push(correction));
    proxy.on('exchange', ({ route }) => told.push(`exchange ${route ?? ''}`));
    const updated = new Promise<Statistics>((resolve) => proxy.once('statisticsUpdated', resolve));
    assert.equal(await ask(), 'the end of the line');
    const { requestsProcessed, hallucinationsCorrected } = await updated;
    assert.deepEqual({ requestsProcessed, hallucinationsCorrected }, { requestsProcessed: 1, hallucinationsCorrected: 2 });
    assert.deepEqual(told, ['detected', 'detected', 'exchange ollama-generate']);
    assert.deepEqual(corrections.map(({ detected, expected, action, rule }) => [detected, expected, action, rule]), [['teh', 'the', 'replace', 'rules:1'], ['teh', 'the', 'replace', 'rules:1']]);
    const statistics = proxy.statistics();
    assert.equal(statistics.serverListening, true);
    assert.equal(statistics.listenPort, proxy.address?.port);
    assert.equal(statistics.correctionPatterns, 1);
    assert.deepEqual(Object.keys(statistics.byType), [...HALLUCINATION_TYPES]);
    assert.deepEqual(statistics.notInspected, {});
  });
});

test('a listener that throws costs no byte and is told as an error', async () => {
  await withLibrary({}, 'teh end', async (proxy, ask) => {
    const errors: string[] = [];
    proxy.on('error', ({ message }) => errors.push(message));
    proxy.on('hallucinationDetected', () => {
      throw new Error('the host broke');
    });
    assert.equal(await ask(), 'the end');
    assert.deepEqual(errors, ['the host broke']);
  });
});

test('modes and the switch take effect for the next exchange', async () => {
  await withLibrary({}, 'teh end', async (proxy, ask) => {
    proxy.setMode('pattern_match', 'observe');
    assert.equal(await ask(), 'teh end');
    assert.equal(proxy.statistics().byType.pattern_match.detected, 1);
    proxy.setMode('all', 'correct');
    assert.equal(await ask(), 'the end');
    proxy.setEnabled(false);
    assert.equal(await ask(), 'teh end');
    assert.equal(proxy.statistics().notInspected['mode_off'], 1);
    proxy.setEnabled(true);
    assert.equal(await ask(), 'the end');
    assert.throws(() => proxy.setMode('all', 'loud' as 'off'), RangeError);
    assert.throws(() => proxy.setMode('typos' as 'all', 'off'), RangeError);
  });
});

test('a new backend serves the next request of a client that stays connected', async () => {
  await withLibrary({}, 'teh first', async (proxy, ask) => {
    const second = await backendSaying('teh second');
    const changes: unknown[] = [];
    proxy.on('endpointChanged', (change) => changes.push(change));
    const before = proxy.endpoint;
    assert.equal(await ask(), 'the first');
    proxy.setUpstream(second.url);
    assert.equal(await ask(), 'the second');
    assert.deepEqual(changes, [{ from: before, to: second.url }]);
    assert.equal(second.backend.exchanges.length, 1);
    assert.throws(() => proxy.setUpstream('ftp://x'), ConfigError);
    assert.throws(() => proxy.setUpstream(`http://127.0.0.1:${proxy.address?.port ?? 0}`), /in a circle/);
    assert.equal(proxy.endpoint, second.url);
    await second.backend.stop();
  });
});

test('an answer under way stays with its backend, the next one on the same socket goes to the new one', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const first = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh first answer', beforeToken: (sent) => (sent === 1 ? gate : undefined) }) });
  const { port } = await first.start();
  const second = await backendSaying('teh second');
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream: `http://127.0.0.1:${port}`, rules: RULES });
  const address = await proxy.start();
  try {
    // One socket for both requests: `fetch` keeps it as long as it reads bodies to their ends.
    const ask = (): Promise<Response> => fetch(`http://127.0.0.1:${address.port}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x' }) });
    const answer = await ask();
    proxy.setUpstream(second.url);
    release();
    assert.equal(textOf(await answer.text()), 'the first answer');
    assert.equal(textOf(await (await ask()).text()), 'the second');
  } finally {
    await proxy.stop(0);
    await first.stop();
    await second.backend.stop();
  }
});

function textOf(ndjson: string): string {
  return ndjson.trim().split('\n').map((line) => (JSON.parse(line) as { response: string }).response).join('');
}

test('a new listener opens before the old one closes', async () => {
  await withLibrary({}, 'teh end', async (proxy, ask) => {
    const before = proxy.address?.port ?? 0;
    const changes: unknown[] = [];
    proxy.on('proxyPortChanged', (change) => changes.push(change));
    const { port } = await proxy.setListen('127.0.0.1:0');
    assert.notEqual(port, before);
    assert.equal(await ask(), 'the end');
    assert.deepEqual(changes, [{ from: before, to: port }]);
    await assert.rejects(fetch(`http://127.0.0.1:${before}/api/version`));
    await assert.rejects(proxy.setListen('0.0.0.0:0'), ConfigError);
  });
});

test('update changes everything at once while a stream runs, or nothing', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const first = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ tokens: ['teh ', 'a ', 'teh end'], beforeToken: (sent) => (sent === 2 ? gate : undefined) }) });
  const upstream = `http://127.0.0.1:${(await first.start()).port}`;
  const second = await backendSaying('teh foo');
  const proxy = createProxy({ listen: '127.0.0.1:0', upstream, rules: RULES });
  const { port } = await proxy.start();
  const ask = (to: number): Promise<Response> => fetch(`http://127.0.0.1:${to}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x' }) });
  const streaming = await ask(port);
  await assert.rejects(proxy.update({ mode: 'off', upstream: 'ftp://x' }), ConfigError);
  await assert.rejects(proxy.update({ mode: 'off', listen: second.url.slice('http://'.length) }), { code: 'EADDRINUSE' });
  await assert.rejects(proxy.update({ mode: 'off', upstream: `http://127.0.0.1:${port}` }), /in a circle/);
  assert.equal(proxy.address?.port, port);
  const changes: unknown[] = [];
  proxy.on('proxyPortChanged', ({ from }) => changes.push(from)).on('endpointChanged', ({ to }) => changes.push(to));
  await proxy.update({ listen: '127.0.0.1:0', upstream: second.url, rules: [{ match: 'literal', value: 'foo', replace: 'bar' }], limits: { holdChars: 100 } });
  // Nothing was said of the address that was not said before.
  assert.deepEqual(changes, [second.url]);
  assert.equal(textOf(await (await ask(port)).text()), 'teh bar');
  await proxy.update({ listen: `127.0.0.1:${await freePort()}`, mode: 'observe' });
  assert.notEqual(proxy.address?.port, port);
  assert.equal(textOf(await (await ask(proxy.address?.port ?? 0)).text()), 'teh foo');
  await proxy.update({ modes: { pattern_match: 'correct' } });
  assert.equal(textOf(await (await ask(proxy.address?.port ?? 0)).text()), 'teh bar');
  release();
  assert.equal(textOf(await streaming.text()), 'the a the end');
  await proxy.stop(0);
  await first.stop();
  await second.backend.stop();
});

test('a taken port is told, and the proxy can be started again', async () => {
  const { backend, url } = await backendSaying('x');
  const proxy = createProxy({ listen: url.slice('http://'.length), upstream: 'http://127.0.0.1:9' });
  await assert.rejects(proxy.start(), { code: 'EADDRINUSE' });
  assert.equal(proxy.address, null);
  await backend.stop();
  await proxy.start();
  await proxy.stop();
  await assert.rejects(proxy.start(), /was stopped/);
});

test('a rejected correction is not made again, with and without a database, and rejecting can be taken back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-library-'));
  for (const options of [{}, { db: join(folder, 'rules.db') }]) {
    await withLibrary(options, 'teh end', async (proxy, ask) => {
      const ids: string[] = [];
      proxy.on('hallucinationCorrected', ({ id }) => ids.push(id));
      assert.equal(await ask(), 'the end');
      proxy.rejectCorrection(ids[0] as string);
      assert.equal(await ask(), 'teh end');
      proxy.rejectCorrection(ids[0] as string, true);
      assert.equal(await ask(), 'the end');
      assert.throws(() => proxy.rejectCorrection('nobody'), /no correction nobody/);
    });
  }
  rmSync(folder, { recursive: true });
});

test('logs are written where a folder is named, and rules of the database come into force without a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-library-'));
  const db = join(folder, 'rules.db');
  await withLibrary({ db, logDir: join(folder, 'logs') }, 'teh end of foo', async (proxy, ask) => {
    assert.equal(await ask(), 'the end of foo');
    const store = openRuleStore(db);
    store.add({ match: 'literal', value: 'foo', replace: 'bar' });
    store.close();
    await proxy.reload();
    assert.equal(await ask(), 'the end of bar');
  });
  assert.match(readFileSync(join(folder, 'logs', 'corrections.log'), 'utf8'), /Detected: foo \| Corrected: bar/);
  rmSync(folder, { recursive: true });
});

test('options that cannot be are refused in words', () => {
  assert.throws(() => createProxy({ upstream: 'http://x/v1' }), /without a path/);
  assert.throws(() => createProxy({ mode: 'loud' as 'off' }), /mode must be one of/);
  assert.throws(() => createProxy({ modes: { typos: 'off' } as object }), /modes must name types/);
  assert.throws(() => createProxy({ limits: { holdChars: -1 } }), /holdChars/);
  assert.throws(() => createProxy({ rules: [{ match: 'regex', value: '(a)\\1' }] }), /rules\[0\]/);
  assert.throws(() => createProxy({ listen: '0.0.0.0:0' }), /loopback/);
  assert.throws(() => createRewriteStream({ format: 'xml' as 'text' }), /format must be one of/);
});

const BODY = ['{"response":"See src/mi', 'an.ts and te', 'h rest","done":false}\n{"response":"","done":true,"done_reason":"stop"}\n'];
const STREAM_OPTIONS = { format: 'ollama-generate', rules: RULES, files: ['src/main.ts', 'src/other.ts', 'README.md'] } as const;
const FIXED = '{"response":"See src/main.ts and the rest","done":false}\n{"response":"","done":true,"done_reason":"stop"}\n';

test('createRewriteStream rewrites a body, however it is cut', async () => {
  for (const pieces of [BODY, [BODY.join('')], [...BODY.join('')]]) {
    const corrections: Correction[] = [];
    const stream = createRewriteStream({ ...STREAM_OPTIONS, onCorrection: (correction) => corrections.push(correction) });
    let out = '';
    for await (const bytes of Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(stream)) out += String(bytes);
    assert.equal(out, FIXED);
    assert.deepEqual(corrections.map(({ type, expected, action }) => [type, expected, action]), [['invalid_path', 'src/main.ts', 'replace'], ['pattern_match', 'the', 'replace']]);
    assert.equal(new Set(corrections.map(({ exchange }) => exchange)).size, 1);
  }
});

test('what the request names is known to the stream', async () => {
  const stream = createRewriteStream({ ...STREAM_OPTIONS, request: { model: 'm', prompt: 'what is in src/mian.ts?' } });
  stream.end(BODY.join(''));
  const [out] = (await once(stream, 'data')) as [Buffer];
  assert.equal(String(out).includes('src/mian.ts and the rest'), true);
});

test('createRewriteTransformStream rewrites the body of a fetch', async () => {
  const { backend, url } = await backendSaying('See src/mian.ts and teh rest');
  const response = await fetch(`${url}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x' }) });
  const corrected = (response.body as unknown as ReadableStream<Uint8Array>).pipeThrough(createRewriteTransformStream(STREAM_OPTIONS));
  let out = '';
  for await (const bytes of corrected) out += Buffer.from(bytes).toString();
  assert.equal(textOf(out), 'See src/main.ts and the rest');
  await backend.stop();
});

test('what onCorrection or onFault throws is told, or nothing, and harms no byte', async () => {
  const bodies = [['text', 'teh end', 'the end'], ['ollama-generate', '{"response":"teh end"}\n{"response":"","done":true}\n', '{"response":"the end"}\n{"response":"","done":true}\n']] as const;
  for (const [format, body, right] of bodies) {
    const faults: string[] = [];
    const broken = (): never => {
      throw new Error('the host broke');
    };
    for (const onFault of [(message: string) => void faults.push(message), broken]) {
      const stream = createRewriteStream({ format, rules: RULES, onCorrection: broken, onFault });
      assert.equal(await new Response(Readable.toWeb(Readable.from([Buffer.from(body)]).pipe(stream)) as unknown as ReadableStream<Uint8Array>).text(), right);
    }
    assert.deepEqual(faults, ['onCorrection failed: Error: the host broke']);
  }
});
