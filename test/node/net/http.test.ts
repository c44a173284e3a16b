import assert from 'node:assert/strict';
import { Agent, get, request, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import OpenAI from 'openai';
import { rule, withProxy } from '../../helpers/proxy.js';
import { withSockets } from '../../helpers/proxy-backend.js';
import { Wire } from '../../helpers/http-client.js';
import { post } from '../../app/backend/raw-http.js';
import { withBackend } from '../../app/backend/with-backend.js';

const RULES = [rule('teh', 'the')];
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const getting = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;

test('a kept connection carries many exchanges to one backend connection', async () => {
  await withBackend({ answer: { tokens: ['teh ', 'end'] } }, async ({ backend, port }) => {
    await withProxy({ upstream: port, rules: RULES }, async ({ raw }) => {
      const client = await raw();
      for (const [path, method] of [['/api/version', 'GET'], ['/api/tags', 'HEAD'], ['/api/chat', 'POST'], ['/v1/chat/completions', 'POST'], ['/nowhere', 'GET'], ['/api/version', 'GET']] as const) {
        client.send(method === 'POST' ? post(path, { ...CHAT, stream: true }).replace('Host: test', 'Host: localhost') : getting(path).replace('GET', method));
        const reply = await client.reply(method);
        assert.match(reply.statusLine, path === '/nowhere' ? /404/ : /200/);
        if (method === 'POST') assert.match(reply.body.toString(), /"the|the /);
      }
      assert.deepEqual([...new Set(backend.exchanges.map(({ connection }) => connection))], [1]);
    });
  });
});

test('three pipelined requests go up one after the other and are answered in order', async () => {
  const seen: string[] = [];
  const serve = async (wire: Wire): Promise<void> => {
    for (let index = 0; ; index += 1) {
      const [line = ''] = (await wire.request()).split('\r\n');
      // A backend that drops what is pipelined: only one request may have come.
      seen.push(`${line} +${wire.bytes.length}`);
      wire.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${index}`);
    }
  };
  await withSockets(serve, async ({ port, connection }) => {
    await withProxy({ upstream: port }, async ({ raw }) => {
      const client = await raw();
      client.send(getting('/v1/models') + getting('/api/tags') + getting('/api/version'));
      const bodies = [await client.reply(), await client.reply(), await client.reply()].map(({ body }) => body.toString());
      assert.deepEqual(bodies, ['0', '1', '2']);
      assert.deepEqual(seen, ['GET /v1/models HTTP/1.1 +0', 'GET /api/tags HTTP/1.1 +0', 'GET /api/version HTTP/1.1 +0']);
      await connection(0);
    });
  });
});

/** Answers that are not inspected leave as they came; `end`: what the client sees behind them. */
const PASSED: readonly { readonly name: string; readonly method?: string; readonly bytes: string; readonly closes?: boolean; readonly ended?: boolean }[] = [
  { name: 'Content-Length', bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Odd:\t \r\n\r\nteh\r\n' },
  { name: 'chunked with extension and trailer', bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nteh\r\n0\r\nX-Sum: 1\r\n\r\n' },
  { name: 'until the end', bytes: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nteh end', closes: true, ended: true },
  { name: 'HTTP/1.0', bytes: 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nteh', ended: true },
  { name: 'HEAD', method: 'HEAD', bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n' },
  { name: '204', bytes: 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n' },
  { name: '304 with a length', bytes: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n' },
  { name: 'interim answers before', bytes: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' },
  { name: 'Connection: close', bytes: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', closes: true, ended: true },
];

for (const mode of ['correct', 'observe']) {
  test(`uninspected answers pass byte for byte, and the connection goes on: ${mode}`, async () => {
    for (const { name, method = 'GET', bytes, closes = false, ended = false } of PASSED) {
      const serve = async (wire: Wire): Promise<void> => {
        for (;;) {
          await wire.request();
          wire.send(bytes);
          if (closes) wire.socket.end();
        }
      };
      await withSockets(serve, async ({ port }) => {
        await withProxy({ upstream: port, mode, rules: RULES }, async ({ port: front }) => {
          const client = await Wire.open(front);
          for (let round = 0; round < (ended ? 1 : 3); round += 1) {
            client.send(getting('/any').replace('GET', method));
            assert.equal((await client.takeBytes(bytes.length)).toString('latin1'), bytes, name);
          }
          if (ended) assert.deepEqual([await client.ended, (await client.rest()).length], ['fin', 0], name);
          client.socket.destroy();
        });
      });
    }
  });
}

const EVENTS = ['one teh ', 'two', ' three teh'].map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`).join('');
const SSE = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Streams that are inspected, in every framing a backend may choose and either version of a client. */
const FRAMED = [
  { name: 'chunked', bytes: `${SSE}Transfer-Encoding: chunked\r\n\r\n${chunked(EVENTS)}`, closes: false },
  { name: 'Content-Length', bytes: `${SSE}Content-Length: ${EVENTS.length}\r\n\r\n${EVENTS}`, closes: false },
  { name: 'until the end', bytes: `${SSE}\r\n${EVENTS}`, closes: true },
] as const;

test('an inspected stream is corrected in every framing, for HTTP/1.1 and HTTP/1.0', async () => {
  for (const { name, bytes, closes } of FRAMED) {
    const serve = async (wire: Wire): Promise<void> => {
      for (;;) {
        await wire.request();
        wire.send(bytes);
        if (closes) wire.socket.end();
      }
    };
    await withSockets(serve, async ({ port }) => {
      await withProxy({ upstream: port, rules: RULES }, async ({ raw }) => {
        for (const version of ['1.1', '1.0']) {
          const client = await raw();
          client.send(post('/v1/chat/completions', { ...CHAT, stream: true }).replace('Host: test', 'Host: [::1]:1').replace('HTTP/1.1', `HTTP/${version}`));
          const reply = await client.reply();
          assert.equal(reply.body.toString(), EVENTS.replaceAll('teh', 'the'), `${name}, HTTP/${version}`);
          assert.equal(reply.headers.has('transfer-encoding'), version === '1.1' && !closes, name);
          assert.ok(reply.headers.has('x-hotpatch-exchange'));
          if (version === '1.0' || closes) await client.rest();
        }
      });
    });
  }
});

test('Expect: 100-continue: the body goes up only when the backend asked for it', async () => {
  const serve = async (wire: Wire): Promise<void> => {
    const head = await wire.take('\r\n\r\n');
    assert.match(head, /expect: 100-continue/i);
    assert.equal(wire.bytes.length, 0);
    wire.send('HTTP/1.1 100 Continue\r\n\r\n');
    const body = await wire.takeBytes(5);
    wire.send(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${body.toString()}`);
  };
  await withSockets(serve, async ({ port }) => {
    await withProxy({ upstream: port }, async ({ port: front }) => {
      const asking = request({ port: front, method: 'POST', path: '/any', headers: { expect: '100-continue', 'content-length': 5 } });
      asking.flushHeaders();
      asking.once('continue', () => asking.end('12345'));
      const answer = await new Promise<IncomingMessage>((resolve, reject) => asking.once('response', resolve).once('error', reject));
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      assert.equal(text, '12345');
    });
  });
});

const TUNNELS = [
  { name: 'Upgrade', ask: 'GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', grant: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n' },
  { name: 'CONNECT', ask: 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n', grant: 'HTTP/1.1 200 Connection established\r\n\r\n' },
] as const;

for (const { name, ask, grant } of TUNNELS) {
  test(`${name}: what is granted becomes a tunnel, in both directions, to both ends`, async () => {
    const frame = Buffer.from([0x81, 0x03, 0x00, 0xff, 0x0d]);
    const serve = async (wire: Wire): Promise<void> => {
      await wire.request();
      wire.send(grant);
      wire.send(frame);
      for (let round = 0; round < 20; round += 1) wire.send(await wire.takeBytes(frame.length));
      assert.equal(await wire.ended, 'fin');
      wire.send('last');
      wire.socket.end();
    };
    for (const mode of ['correct', 'observe']) {
      await withSockets(serve, async ({ port }) => {
        await withProxy({ upstream: port, mode }, async ({ port: front }) => {
          const client = await Wire.open(front);
          client.send(ask);
          assert.equal(await client.take('\r\n\r\n'), grant);
          assert.deepEqual(await client.takeBytes(frame.length), frame);
          for (let round = 0; round < 20; round += 1) {
            client.send(frame);
            assert.deepEqual(await client.takeBytes(frame.length), frame);
          }
          client.socket.end();
          assert.equal((await client.rest()).toString(), 'last');
        });
      });
    }
  });
}

test('an upgrade the backend refuses leaves the connection as it was', async () => {
  await withBackend({}, async ({ port }) => {
    await withProxy({ upstream: port }, async ({ raw }) => {
      const client = await raw();
      client.send(getting('/api/version', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'));
      assert.match((await client.reply()).statusLine, /200/);
      client.send(getting('/api/version'));
      assert.match((await client.reply()).statusLine, /200/);
    });
  });
});

test('a backend that closes behind every answer it announced to keep is dialled again, unseen by the client', async () => {
  await withBackend({ answer: { tokens: ['teh ', 'end'], closeAfter: true } }, async ({ backend, port }) => {
    await withProxy({ upstream: port, rules: RULES }, async ({ url, raw, proxy }) => {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 });
      for (let round = 0; round < 12; round += 1) {
        let text = '';
        for await (const chunk of await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true })) text += chunk.choices[0]?.delta.content ?? '';
        assert.equal(text, 'the end');
      }
      assert.equal(new Set(backend.exchanges.map(({ connection }) => connection)).size, 12);
      assert.ok(proxy.connections <= 2, 'the client\'s own connection was kept');
      const plain = await raw();
      for (const stream of [true, false, true]) {
        plain.send(post('/api/chat', { ...CHAT, stream }).replace('Host: test', 'Host: localhost'));
        assert.match((await plain.reply()).body.toString(), /the /);
      }
    });
  });
});

test('a backend that closes an idle connection is dialled again', async () => {
  const serve = async (wire: Wire): Promise<void> => {
    await wire.request();
    wire.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  };
  await withSockets(serve, async ({ port, connection }) => {
    await withProxy({ upstream: port }, async ({ raw }) => {
      const client = await raw();
      for (let round = 0; round < 4; round += 1) {
        client.send(getting('/any'));
        assert.equal((await client.reply()).body.toString(), 'ok');
        const { socket, ended } = await connection(round);
        if (round % 2 === 0) socket.end();
        else socket.resetAndDestroy();
        // The proxy has let go of this socket when its own end arrives.
        if (round % 2 === 0) assert.equal(await ended, 'fin');
        else await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
});

test('node:http with a keeping agent: many exchanges, few connections, all answered', async () => {
  await withBackend({ answer: { tokens: ['teh ', 'end'] } }, async ({ port }) => {
    await withProxy({ upstream: port, rules: RULES }, async ({ port: front, proxy }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const one = async (): Promise<string> => {
        const answer = await new Promise<IncomingMessage>((resolve, reject) => get({ port: front, agent, path: '/api/version' }, resolve).once('error', reject));
        let text = '';
        for await (const chunk of answer) text += String(chunk);
        return text;
      };
      const texts = await Promise.all(Array.from({ length: 100 }, one));
      assert.equal(new Set(texts).size, 1);
      assert.ok(proxy.connections <= 4);
      agent.destroy();
    });
  });
});
