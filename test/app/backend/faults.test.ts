import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGunzip, gunzipSync } from 'node:zlib';
import { post } from './raw-http.js';
import { withBackend } from './with-backend.js';

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const ROUTES = ['/api/chat', '/v1/chat/completions'] as const;
const SHORT = { tokens: ['one ', 'two ', 'three'] };

for (const path of ROUTES) {
  test(`a client's FIN ends the answer: ${path}`, async () => {
    await withBackend({ answer: { tokens: endless() } }, async ({ raw, backend }) => {
      const client = await raw();
      client.send(post(path, { ...CHAT, stream: true }));
      await backend.next(({ tokensSent }) => tokensSent > 5);
      client.socket.end();
      const exchange = await backend.next();
      assert.deepEqual([exchange.aborted, exchange.leftBy], [true, 'fin']);
      assert.ok((exchange.abortedAtMs ?? -1) >= 0);
    });
  });

  test(`a client's reset ends the answer, also while it is stalled or not begun: ${path}`, async () => {
    for (const fault of [{ stallAfterTokens: 2 }, { delayMs: 60_000 }, { tokensPerSecond: 0.01 }, { beforeToken: () => new Promise<void>(() => undefined) }]) {
      await withBackend({ answer: { ...SHORT, ...fault } }, async ({ raw, backend }) => {
        const client = await raw();
        client.send(post(path, { ...CHAT, stream: true }));
        await backend.next(({ body }) => body.length > 0);
        client.socket.resetAndDestroy();
        const exchange = await backend.next();
        assert.deepEqual([exchange.aborted, exchange.leftBy], [true, 'reset']);
        assert.ok(exchange.tokensSent < 3);
      });
    }
  });

  test(`a whole answer is aborted as well: ${path}`, async () => {
    await withBackend({ answer: { ...SHORT, stallAfterTokens: 1 } }, async ({ raw, backend }) => {
      const client = await raw();
      client.send(post(path, { ...CHAT, stream: false }));
      await backend.next(({ tokensSent }) => tokensSent === 1);
      client.socket.end();
      const exchange = await backend.next();
      assert.deepEqual([exchange.aborted, exchange.status], [true, null]);
      assert.equal((await client.rest()).length, 0);
    });
  });

  test(`the connection is lost after so many tokens: ${path}`, async () => {
    for (const cutWith of ['fin', 'reset'] as const) {
      await withBackend({ answer: { ...SHORT, cutAfterTokens: 2, cutWith } }, async ({ raw, backend }) => {
        const client = await raw();
        client.send(post(path, { ...CHAT, stream: true }));
        const text = cutWith === 'fin' ? (await client.rest()).toString() : await client.until('two ');
        assert.ok(text.includes('two ') && !text.includes('three'));
        assert.ok(!text.endsWith('0\r\n\r\n'));
        await client.rest();
        const exchange = await backend.next();
        assert.deepEqual([exchange.aborted, exchange.tokensSent], [false, 2]);
      });
    }
  });

  test(`a whole answer is cut short of its announced length: ${path}`, async () => {
    await withBackend({ answer: { ...SHORT, cutAfterTokens: 2 } }, async ({ raw }) => {
      const client = await raw();
      client.send(post(path, { ...CHAT, stream: false }));
      const [head = '', body = ''] = (await client.rest()).toString().split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      assert.ok(body.length > 0 && body.length < length);
    });
  });

  test(`a compressed answer, token by token and whole: ${path}`, async () => {
    await withBackend({ answer: { ...SHORT, gzip: true, beforeToken: () => new Promise((resolve) => setImmediate(resolve)) } }, async ({ raw }) => {
      const client = await raw();
      client.send(post(path, { ...CHAT, stream: true }));
      const reply = await client.reply();
      assert.equal(reply.headers.get('content-encoding'), 'gzip');
      assert.match(gunzipSync(reply.body).toString(), /three/);
      // Each chunk can be read when it comes.
      const gunzip = createGunzip();
      gunzip.write(reply.chunks[0]);
      gunzip.write(reply.chunks[1]);
      gunzip.write(reply.chunks[2]);
      await new Promise<void>((resolve) => gunzip.flush(resolve));
      assert.match(String(gunzip.read()), /two /);
      gunzip.destroy();
      client.send(post(path, { ...CHAT, stream: false }));
      assert.match(gunzipSync((await client.reply()).body).toString(), /one two three/);
    });
  });

  test(`a status in the protocol's shape, with further headers and a stall that ends: ${path}`, async () => {
    await withBackend({ answers: ({ stream }) => (stream ? { ...SHORT, stallAfterTokens: 1, stallMs: 5, headers: { 'x-more': 'yes' } } : { statusCode: 503, errorMessage: 'busy' }) }, async ({ raw }) => {
      const client = await raw();
      client.send(post(path, { ...CHAT, stream: false }));
      const refused = await client.reply();
      assert.equal(refused.statusLine, 'HTTP/1.1 503 Service Unavailable');
      assert.match(refused.body.toString(), path === '/api/chat' ? /^\{"error":"busy"\}$/ : /^\{"error":\{"message":"busy","type":"server_error"/);
      client.send(post(path, { ...CHAT, stream: true }));
      const reply = await client.reply();
      assert.equal(reply.headers.get('x-more'), 'yes');
      assert.match(reply.body.toString(), /three/);
    });
  });

  test(`the connection is closed unannounced behind the answer: ${path}`, async () => {
    await withBackend({ answer: { ...SHORT, closeAfter: true } }, async ({ raw }) => {
      for (const stream of [true, false]) {
        const client = await raw();
        client.send(post(path, { ...CHAT, stream }));
        assert.match((await client.rest()).toString(), /^HTTP\/1\.1 200 OK\r\n(?![\s\S]*connection: close)/i);
      }
    });
  });
}

test('pings come while an answer stalls', async () => {
  await withBackend({ answer: { ...SHORT, stallAfterTokens: 1, pings: { everyMs: 2 } } }, async ({ raw, backend }) => {
    const client = await raw();
    client.send(post('/v1/chat/completions', { ...CHAT, stream: true }));
    await client.until('3\r\n:\n\n\r\n3\r\n:\n\n\r\n');
    client.socket.end();
    assert.equal((await backend.next()).tokensSent, 1);
  });
});

test('a client that does not read stops the generation until it reads', async () => {
  await withBackend({ answer: { tokens: endless('x'.repeat(4096)) } }, async ({ raw, backend }) => {
    const client = await raw();
    client.socket.pause();
    client.send(post('/api/chat', { ...CHAT, stream: true }));
    const open = await backend.next(({ tokensSent }) => tokensSent > 10);
    // Kernel buffers are filled when nothing was sent for many turns of the event loop.
    let before = -1;
    while (before !== open.tokensSent) {
      before = open.tokensSent;
      for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    await backend.next(({ tokensSent }) => tokensSent > before + 10);
    client.socket.pause();
    client.socket.resetAndDestroy();
    assert.equal((await backend.next()).aborted, true);
  });
});

test('recorded bytes are replayed as they are, whole or in their segments', async () => {
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 3\r\nX-Odd:\t \r\n\r\n\xff\x00z', 'latin1');
  const answers = [
    { replay: bytes },
    { replay: { bytes, then: 'reset' as const } },
    { replay: { bytes, segments: Array.from(bytes, (_byte, index) => [index / 20, 1] as const) } },
  ];
  for (const answer of answers) {
    await withBackend({ answer }, async ({ raw, backend }) => {
      const client = await raw();
      client.send(post('/api/chat', CHAT));
      if ('then' in answer.replay) await client.until('z');
      assert.deepEqual(await client.rest(), bytes);
      const exchange = await backend.next();
      assert.deepEqual([exchange.aborted, exchange.status], [false, null]);
    });
  }
  await withBackend({ answer: { replay: { bytes, then: 'keep' } } }, async ({ raw }) => {
    const client = await raw();
    client.send(post('/api/chat', CHAT));
    await client.until('z');
    assert.equal(client.socket.readableEnded, false);
  });
});

const RECORDED = join(import.meta.dirname, '../../../../shared/data/streams/llama-server');

test('every recorded answer of a real server comes back byte for byte', { skip: existsSync(RECORDED) ? false : 'the recorded streams are not here' }, async () => {
  const files = readdirSync(RECORDED).filter((name) => name.endsWith('.res.bin'));
  assert.ok(files.length > 20);
  let bytes = Buffer.alloc(0);
  await withBackend({ recorded: ({ path }) => (path === '/completion' ? bytes : null) }, async ({ raw }) => {
    for (const file of files) {
      bytes = readFileSync(join(RECORDED, file));
      const client = await raw();
      client.send(post('/completion?x', CHAT));
      assert.ok((await client.rest()).equals(bytes), file);
    }
    const client = await raw();
    client.send(post('/completions', CHAT));
    assert.equal((await client.reply()).statusLine, 'HTTP/1.1 404 Not Found');
  });
});

function* endless(token = 'and on '): Generator<string, void, undefined> {
  for (;;) yield token;
}
