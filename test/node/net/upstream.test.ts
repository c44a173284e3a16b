import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openConnection } from '../../../src/core/rewrite/connection.js';
import { DEFAULT_LIMITS } from '../../../src/core/limits.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { uniformModes } from '../../../src/core/types.js';
import { nobody } from '../../../src/core/observe.js';
import { ProxyServer } from '../../../src/node/net/server.js';
import { RawClient, type RawReply } from '../../app/backend/raw-http.js';
import { withBackend } from '../../app/backend/with-backend.js';
import { serveProcess } from '../../helpers/processes.js';
import { type ProxyChoices, withProxy } from '../../helpers/proxy.js';
import { withSockets } from '../../helpers/proxy-backend.js';
import type { Wire } from '../../helpers/http-client.js';

const chat = (path: string, more = ''): string => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n${more}\r\n{}`;

/** A port of this machine on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Sends one request and checks that one reply comes and the connection ends. */
async function answer(client: RawClient, text: string): Promise<RawReply & { readonly json: Record<string, unknown> }> {
  client.send(text);
  const reply = await client.reply();
  assert.equal(reply.headers.get('connection'), 'close');
  assert.equal((await client.rest()).length, 0);
  return { ...reply, json: JSON.parse(reply.body.toString()) as Record<string, unknown> };
}

test('a backend that refuses: 502 in the shape of each protocol, in every mode', async () => {
  const upstream = await deadPort();
  for (const mode of ['correct', 'observe', 'off']) {
    await withProxy({ upstream, mode }, async ({ raw }) => {
      const ollama = await answer(await raw(), chat('/api/chat'));
      assert.match(ollama.statusLine, /^HTTP\/1\.1 502 /);
      assert.equal(ollama.json['error'], 'backend_unreachable');
      assert.match(String(ollama.json['detail']), /ECONNREFUSED/);
      const openai = await answer(await raw(), chat('/v1/chat/completions'));
      assert.match(openai.statusLine, / 502 /);
      const { error } = openai.json as { error: Record<string, unknown> };
      assert.equal(error['code'], 'backend_unreachable');
      assert.match(String(error['message']), /ECONNREFUSED/);
      assert.equal((await answer(await raw(), 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n')).json['error'], 'backend_unreachable');
    });
  }
});

test('a backend that loses the connection before it answers: 502, and nothing is asked twice', async () => {
  for (const how of ['fin', 'reset'] as const) {
    const serve = async (wire: { request(): Promise<string>; socket: { end(): unknown; resetAndDestroy(): unknown } }): Promise<void> => {
      await wire.request();
      if (how === 'fin') wire.socket.end();
      else wire.socket.resetAndDestroy();
    };
    await withSockets(serve, async (backend) => {
      await withProxy({ upstream: backend.port }, async ({ raw }) => {
        const reply = await answer(await raw(), chat('/api/chat'));
        assert.match(reply.statusLine, / 502 /, how);
        assert.equal(backend.accepted, 1);
      });
    });
  }
});

test('a backend that accepts and says nothing: 504 after response_timeout_ms', async () => {
  await withSockets(() => undefined, async ({ port, connection }) => {
    await withProxy({ upstream: port, config: { responseTimeoutMs: 60 } }, async ({ raw }) => {
      const reply = await answer(await raw(), chat('/v1/chat/completions'));
      assert.match(reply.statusLine, / 504 /);
      assert.equal((reply.json['error'] as Record<string, unknown>)['code'], 'backend_timeout');
      await (await connection(0)).ended;
    });
  });
});

test('a backend that does not accept: 504 after connection_timeout_ms', async () => {
  const modes = uniformModes('correct');
  const server = new ProxyServer({
    // The name is never found, so the connection is never made.
    dial: () => connect({ host: 'backend.invalid', port: 1, lookup: () => undefined }),
    connectTimeoutMs: () => 60,
    nowMs: Date.now,
    handshakeMs: () => 60,
    onHandshakeFault: () => undefined,
    connect: (sink, loopbackClient, nowMs) => openConnection(sink, {
      settings: () => ({ modes, limits: DEFAULT_LIMITS, notes: DEFAULT_NOTES, responseTimeoutMs: 0, upstreamHost: null, access: { loopbackListener: true, origins: [], hosts: [] } }),
      rules: { current: () => EMPTY_RULES }, truth: () => nothingKnown, observer: nobody, newId: () => 'x', loopbackClient,
    }, nowMs),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const reply = await answer(await RawClient.open(port), chat('/api/chat'));
  assert.match(reply.statusLine, / 504 /);
  assert.equal(reply.json['error'], 'backend_timeout');
  await server.stop(0);
});

const REFUSED: readonly { readonly name: string; readonly ask: string; readonly status: number; readonly choices?: Partial<ProxyChoices> }[] = [
  { name: 'a foreign Host', ask: 'GET /api/tags HTTP/1.1\r\nHost: evil.example\r\n\r\n', status: 403 },
  { name: 'a foreign Host in observe', ask: 'GET /api/tags HTTP/1.1\r\nHost: evil.example:80\r\n\r\n', status: 403, choices: { mode: 'observe' } },
  { name: 'a foreign Origin', ask: chat('/api/chat', 'Origin: https://evil.example\r\n'), status: 403 },
  { name: 'a foreign Origin with mode off', ask: chat('/api/chat', 'Origin: null\r\n'), status: 403, choices: { mode: 'off' } },
  { name: 'a head that is too large', ask: `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`, status: 431 },
  { name: 'a head that is too large and never ends', ask: `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(70_000)}`, status: 431 },
  { name: 'no Host', ask: 'GET / HTTP/1.1\r\n\r\n', status: 400 },
  { name: 'two lengths', ask: 'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', status: 400 },
  { name: 'length and chunked', ask: 'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', status: 400 },
  { name: 'a head that takes too long', ask: 'GET / HTTP/1.1\r\nHost: loc', status: 408, choices: { limits: { headMs: 60 } } },
];

test('requests the proxy refuses get its own reply, and nothing of them is forwarded', async () => {
  for (const { name, ask, status, choices } of REFUSED) {
    await withSockets(() => undefined, async (backend) => {
      await withProxy({ upstream: backend.port, ...choices }, async ({ raw }) => {
        const reply = await answer(await raw(), ask);
        assert.match(reply.statusLine, new RegExp(`^HTTP/1\\.1 ${status} `), name);
        assert.equal(typeof reply.json['error'], 'string', name);
        if (backend.accepted > 0) assert.equal((await (await backend.connection(0)).rest()).length, 0, name);
      });
    });
  }
});

test('hosts and origins an operator allows pass', async () => {
  await withBackend({}, async ({ port }) => {
    await withProxy({ upstream: port, config: { allowHosts: ['box.lan'], allowOrigins: ['https://chat.example'] } }, async ({ raw }) => {
      for (const fields of ['Host: box.lan:11435\r\n', 'Host: localhost\r\nOrigin: https://chat.example\r\n', 'Host: [::1]\r\nOrigin: app://obsidian.md\r\n', 'Host: host.docker.internal\r\nOrigin: http://127.0.0.1:3000\r\n']) {
        const client = await raw();
        client.send(`GET /api/version HTTP/1.1\r\n${fields}\r\n`);
        assert.match((await client.reply()).statusLine, / 200 /, fields);
      }
    });
  });
});

/** A certificate for localhost that nobody but its maker trusts. */
function certificate(folder: string): { readonly key: Buffer; readonly cert: Buffer; readonly certFile: string } | null {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return { key: readFileSync(keyFile), cert: readFileSync(certFile), certFile };
}

test('an https backend: its certificate is checked, and NODE_EXTRA_CA_CERTS is believed', async (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const made = certificate(folder);
  if (made === null) return t.skip('there is no openssl here to make a certificate with');
  const EVENT = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'teh end' } }] })}\n\n`;
  const server = createHttps({ key: made.key, cert: made.cert }, (request, response) => {
    request.resume();
    response.setHeader('content-type', 'text/event-stream');
    response.write(EVENT);
    response.end(EVENT);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream = `https://localhost:${(server.address() as AddressInfo).port}`;
  try {
    await withProxy({ upstream }, async ({ raw }) => {
      const reply = await answer(await raw(), chat('/v1/chat/completions'));
      assert.match(reply.statusLine, / 502 /);
      assert.match(JSON.stringify(reply.json), /self-signed certificate|unable to verify/);
    });
    const rules = join(folder, 'rules');
    const serving = await serveProcess(['--upstream', upstream, '--db', 'none', '--workspace', 'none', '--log-dir', rules], { cwd: folder, env: { NODE_EXTRA_CA_CERTS: made.certFile } });
    const client = await RawClient.open(serving.port);
    for (let round = 0; round < 2; round += 1) {
      client.send(chat('/v1/chat/completions'));
      const reply = await client.reply();
      assert.match(reply.statusLine, / 200 /);
      assert.equal(reply.body.toString(), EVENT.repeat(2));
    }
    client.socket.destroy();
    assert.equal((await serving.stop()).code, 0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a backend that answers before it has the whole request is heard, and the rest is let go', async () => {
  const serve = async (wire: Wire): Promise<void> => {
    await wire.take('\r\n\r\n');
    wire.send('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge');
    wire.socket.end();
  };
  await withSockets(serve, async ({ port }) => {
    await withProxy({ upstream: port }, async ({ raw }) => {
      const client = await raw();
      client.send('POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n');
      const block = Buffer.alloc(1 << 20);
      const reply = client.reply();
      for (let sent = 0; sent < 20; sent += 1) client.send(block);
      assert.match((await reply).statusLine, / 413 /);
      assert.equal((await reply).body.toString(), 'large');
    });
  });
});

test('a backend that does not close its side does not keep a socket of ours for ever', async () => {
  const serve = async (wire: Wire): Promise<void> => {
    await wire.request();
    wire.send('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
  };
  await withSockets(serve, async ({ port, connection }) => {
    await withProxy({ upstream: port }, async ({ raw }) => {
      const client = await raw();
      client.send('GET /any HTTP/1.1\r\nHost: localhost\r\n\r\n');
      assert.equal((await client.reply()).body.toString(), 'ok');
      const { socket, ended } = await connection(0);
      assert.equal(await ended, 'fin');
      // It goes on talking to nobody, until it is told that nobody is there.
      const startedMs = performance.now();
      while (!socket.destroyed) {
        assert.ok(performance.now() - startedMs < 5_000, 'the proxy still holds its socket');
        await new Promise((resolve) => socket.write('more', () => setImmediate(resolve)));
      }
    });
  });
});
