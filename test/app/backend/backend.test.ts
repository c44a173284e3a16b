import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createBackend, DEMO_TYPO } from '../../../src/app/backend/index.js';
import { post } from './raw-http.js';
import { withBackend } from './with-backend.js';

const run = promisify(execFile);
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const SHORT = { tokens: ['one ', 'two ', 'three'] };

test('start is idempotent, takes the next free port, and stop frees it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  const backend = createBackend({ port: address.port });
  const started = await backend.start();
  assert.equal(started.host, '127.0.0.1');
  assert.ok(started.port > address.port);
  assert.deepEqual(await backend.start(), started);
  await backend.stop();
  await backend.stop();
  await assert.rejects(fetch(`http://127.0.0.1:${started.port}/`));
  const again = await backend.start();
  assert.equal(again.port, started.port);
  await backend.stop();
  taken.close();
});

test('an address that cannot be had is an error with a code, and start may be tried again', async () => {
  const backend = createBackend({ host: '192.0.2.1', port: 0 });
  await assert.rejects(backend.start(), { code: 'EADDRNOTAVAIL' });
  await assert.rejects(backend.start(), { code: 'EADDRNOTAVAIL' });
  await backend.stop();
});

test('curl reads the demo\'s answer, asks for the head, and sends a large body with Expect', async () => {
  await withBackend({ requestBytes: 100_000 }, async ({ url, backend }) => {
    const chat = await run('curl', ['-sN', `${url}/v1/chat/completions`, '-d', JSON.stringify({ ...CHAT, stream: false })]);
    assert.ok(chat.stdout.includes(DEMO_TYPO));
    const head = await run('curl', ['-sI', url]);
    assert.match(head.stdout, /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 17\r\n/i);
    const echo = await run('curl', ['-sN', `${url}/api/generate`, '-d', '{"model":"m","prompt":"say: It is <so>.","stream":false}']);
    assert.match(echo.stdout, /"response":"It is \\u003cso\\u003e\."/);
    backend.forget();
    const large = JSON.stringify({ ...CHAT, stream: false, pad: 'x'.repeat(90_000) });
    const expected = await run('curl', ['-sv', '-H', 'Expect: 100-continue', `${url}/v1/chat/completions`, '-d', large]);
    assert.match(expected.stderr, /HTTP\/1\.1 100 Continue/);
    assert.equal(backend.exchanges[0]?.body.length, large.length);
    const refused = await run('curl', ['-s', '-H', 'Expect: 100-continue', '-w', '%{http_code}', `${url}/v1/chat/completions`, '-d', `${large}${' '.repeat(20_000)}`]);
    assert.match(refused.stdout, /"http: request body too large".*413$/);
  });
});

test('a connection serves many requests, whatever became of those before', async () => {
  await withBackend({ answer: SHORT }, async ({ raw, backend }) => {
    const client = await raw();
    const turns: readonly (readonly [string, string, string, string])[] = [
      ['GET', 'GET / HTTP/1.1\r\nHost: t\r\n\r\n', '200', 'Ollama is running'],
      ['HEAD', 'HEAD /api/tags?x=1 HTTP/1.1\r\nHost: t\r\n\r\n', '200', ''],
      ['GET', post('/api/nope', '{}'), '404', '404 page not found'],
      ['GET', 'DELETE /api/chat HTTP/1.1\r\nHost: t\r\n\r\n', '405', '405 method not allowed'],
      ['GET', post('/v1/nope', '{}'), '404', 'Invalid URL (POST /v1/nope)'],
      ['GET', 'GET /v1/chat/completions HTTP/1.1\r\nHost: t\r\n\r\n', '405', 'Not allowed to GET'],
      ['GET', post('/api/chat', '{'), '400', '{"error"'],
      ['GET', post('/api/chat', CHAT), '200', '"content":"three"'],
      ['GET', post('/v1/chat/completions', { ...CHAT, stream: true }), '200', 'data: [DONE]'],
    ];
    for (const [method, request, status, text] of turns) {
      client.send(request);
      const reply = await client.reply(method);
      assert.equal(reply.statusLine.split(' ')[1], status, request);
      assert.ok(reply.body.includes(text), request);
      if (status === '405') assert.equal(reply.headers.get('allow'), 'POST');
    }
    assert.deepEqual(new Set(backend.exchanges.map(({ connection }) => connection)), new Set([1]));
    assert.equal(backend.exchanges.length, turns.length);
    assert.deepEqual(backend.exchanges.map(({ protocol }) => protocol).slice(3, 6), ['ollama', 'openai-chat', 'openai-chat']);
  });
});

test('a request is the same whole, byte by byte and cut anywhere', async () => {
  await withBackend({ answer: SHORT }, async ({ raw, backend }) => {
    const rest = '"model":"é","messages":[{"role":"user","content":"hi"}]}';
    const size = Buffer.byteLength(rest).toString(16);
    const request = Buffer.from(`POST /api/chat HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n${size}\r\n${rest}\r\n0\r\n\r\n`);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const client = await raw();
    const ask = async (pieces: readonly Buffer[]): Promise<string> => {
      for (const piece of pieces) {
        client.send(piece);
        await turn();
      }
      return (await client.reply()).body.toString('utf8').replace(/"created_at":"[^"]*"|_duration":\d+/g, '');
    };
    const whole = await ask([request]);
    assert.match(whole, /"content":"three"/);
    assert.equal(await ask([...request].map((byte) => Buffer.from([byte]))), whole);
    for (let at = 1; at < request.length; at += 1) assert.equal(await ask([request.subarray(0, at), request.subarray(at)]), whole);
    // Whole, byte by byte, and once for each place between two bytes.
    assert.equal(backend.exchanges.length, request.length + 1);
    const [first, ...others] = backend.exchanges;
    for (const other of others) assert.deepEqual(other.body, first?.body);
  });
});

test('a body over the limit is refused in the protocol\'s shape and the connection closed', async () => {
  await withBackend({ requestBytes: 1000 }, async ({ raw }) => {
    const client = await raw();
    client.send(post('/api/chat', 'x'.repeat(1001)));
    const reply = await client.reply();
    assert.equal(reply.statusLine, 'HTTP/1.1 413 Payload Too Large');
    assert.equal(reply.headers.get('connection'), 'close');
    assert.equal(reply.body.toString(), '{"error":"http: request body too large"}');
    const endless = await raw();
    endless.send(post('/api/chat', 'x'.repeat(4001)));
    assert.equal((await endless.rest()).length, 0);
  });
});

test('HTTP/1.0 gets a stream that ends with the connection', async () => {
  await withBackend({ answer: SHORT }, async ({ raw }) => {
    const client = await raw();
    client.send(post('/api/chat', CHAT).replace('HTTP/1.1', 'HTTP/1.0'));
    const reply = await client.reply();
    assert.equal(reply.headers.get('transfer-encoding'), undefined);
    assert.equal(reply.body.toString().split('\n').length, 5);
  });
});

test('tokens come at their rate, each as soon as it is due', async () => {
  await withBackend({ answer: { text: 'a word and more '.repeat(8), tokensPerSecond: 100 } }, async ({ raw, backend }) => {
    const client = await raw();
    const startedMs = performance.now();
    client.send(post('/api/chat', CHAT));
    await client.until('"content"');
    assert.equal(backend.exchanges[0]?.done, false);
    await client.reply();
    const { tokensSent } = await backend.next();
    assert.ok(performance.now() - startedMs >= ((tokensSent - 1) * 1000) / 100 - 2);
  });
});

test('a test can hold an answer before each token', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await withBackend({ answer: { ...SHORT, beforeToken: (sent) => (sent === 2 ? held : undefined) } }, async ({ raw, backend }) => {
    const client = await raw();
    client.send(post('/api/chat', CHAT));
    const open = await backend.next(({ tokensSent }) => tokensSent === 2);
    assert.equal(open.done, false);
    assert.ok(!(await client.until('two ')).includes('three'));
    release();
    assert.match((await client.reply()).body.toString(), /three/);
  });
});

test('the script may change, may take its time, and may fail', async () => {
  await withBackend({ answers: async ({ path, body }) => ({ text: `${path} ${Object.keys(body).join()}` }) }, async ({ raw, backend }) => {
    const client = await raw();
    client.send(post('/api/generate', { model: 'm', prompt: 'x', stream: false }));
    assert.match((await client.reply()).body.toString(), /"response":"\/api\/generate model,prompt,stream"/);
    backend.setAnswers(() => {
      throw new Error('no answer left');
    });
    client.send(post('/v1/chat/completions', CHAT));
    const reply = await client.reply();
    assert.equal(reply.statusLine.split(' ')[1], '500');
    assert.match(reply.body.toString(), /"message":"no answer left","type":"server_error"/);
  });
});

test('the record keeps what was asked, within its bound, and says what did not come', async () => {
  await withBackend({ answer: SHORT, keepExchanges: 2 }, async ({ raw, backend }) => {
    const client = await raw();
    for (const path of ['/a', '/b', '/c']) {
      client.send(post(path, '{"x":1}', 'X-Test: 1\r\n'));
      await client.reply();
    }
    assert.deepEqual(backend.exchanges.map(({ target }) => target), ['/b', '/c']);
    const [, last] = backend.exchanges;
    assert.equal(last?.headers['x-test'], '1');
    assert.ok(last?.rawHeaders.includes('X-Test'));
    assert.equal(last?.body.toString(), '{"x":1}');
    await assert.rejects(backend.next(({ target }) => target === '/d', 1), /within 1 ms; seen: POST \/b done 0 tokens; POST \/c done/);
    backend.forget();
    assert.deepEqual(backend.exchanges, []);
    const waiting = assert.rejects(backend.next(() => false), /stopped/);
    await backend.stop();
    await waiting;
  });
});

test('stop ends streams, stalls, silent waits, half requests and idle connections within a second', async () => {
  await withBackend({ answers: ({ prompt }) => ({ text: 'abc', ...(prompt === 'wait' ? { delayMs: Infinity } : { stallAfterTokens: 1, pings: { everyMs: 5 } }) }) }, async ({ raw, backend }) => {
    const clients = await Promise.all([raw(), raw(), raw(), raw(), raw()]);
    clients[0]?.send(post('/api/chat', CHAT));
    clients[1]?.send(post('/v1/chat/completions', { ...CHAT, stream: true }));
    clients[2]?.send(post('/api/generate', { model: 'm', prompt: 'wait' }));
    clients[3]?.send('POST /api/chat HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n{');
    await clients[1]?.until(':\n\n');
    await backend.next(({ id }) => id === 4);
    const startedMs = performance.now();
    await backend.stop();
    assert.ok(performance.now() - startedMs < 1000);
    await Promise.all(clients.map((client) => client.rest()));
    await Promise.all([1, 2, 3, 4].map((id) => backend.next((exchange) => exchange.id === id && exchange.done)));
    assert.ok(backend.exchanges.every(({ aborted, leftBy }) => !aborted && leftBy === 'stopped'));
  });
});

test('nothing keeps a process alive after stop', async () => {
  const script = `
    import { createBackend } from './src/app/backend/index.js';
    const backend = createBackend({ port: 0, answers: () => ({ text: 'abc', tokensPerSecond: 1 }) });
    const { port } = await backend.start();
    const reply = await fetch('http://127.0.0.1:' + port + '/api/chat', { method: 'POST', body: '${JSON.stringify(CHAT)}' });
    backend.next(() => false, 60000).catch(() => console.log('let go'));
    await backend.stop();
    await reply.text().catch(() => console.log('cut'));`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { timeout: 20_000 });
  assert.equal(stdout, 'let go\ncut\n');
});
