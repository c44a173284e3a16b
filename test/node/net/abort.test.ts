import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Wire, type Ending } from '../../helpers/http-client.js';
import { rule, withProxy } from '../../helpers/proxy.js';
import { withSockets } from '../../helpers/proxy-backend.js';
import { withBackend } from '../../app/backend/with-backend.js';

const ASK = 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}';
const event = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const RULES = [rule('teh', 'the')];
/** How long an event may take on a busy machine; what it did take is shown. */
const AT_MOST_MS = 1_000;

async function within<Value>(what: string, promise: Promise<Value>, t: TestContext, act: () => void): Promise<Value> {
  const startedMs = performance.now();
  act();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error(`${what}: not within ${AT_MOST_MS} ms`)), AT_MOST_MS)));
  try {
    const value = await Promise.race([promise, late]);
    t.diagnostic(`${what}: ${(performance.now() - startedMs).toFixed(1)} ms`);
    return value;
  } finally {
    clearTimeout(timer);
  }
}

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** When the client leaves: how much of the answer the backend has sent. */
const MOMENTS = {
  'before the head': '',
  'behind the head': CHUNKED,
  'in the stream': CHUNKED + chunk(event('one ')),
  'with text held': CHUNKED + chunk(event('one te')),
} as const;

for (const mode of ['correct', 'observe']) {
  test(`a client's FIN or reset is at the backend at once: ${mode}`, async (t) => {
    for (const [moment, sent] of Object.entries(MOMENTS)) {
      for (const how of ['fin', 'reset'] as const) {
        const serve = async (wire: Wire): Promise<void> => {
          await wire.request();
          wire.send(sent);
        };
        await withSockets(serve, async (backend) => withProxy({ upstream: backend.port, mode, rules: RULES }, async ({ port }) => {
          const client = await Wire.open(port);
          client.send(ASK);
          const upstream = await backend.connection(0);
          if (sent === '') await upstream.take('{}').catch(() => undefined);
          else await client.take('\r\n\r\n');
          const ended: Ending = await within(`${mode}, ${moment}, ${how}`, upstream.ended, t, () => (how === 'fin' ? client.socket.end() : client.socket.resetAndDestroy()));
          // A FIN is passed on as such; a reset may arrive as either.
          if (how === 'fin') assert.equal(ended, 'fin');
          if (how === 'fin' && sent !== '') {
            upstream.send(chunk(event('late')) + '0\r\n\r\n');
            upstream.socket.end();
            assert.match((await client.rest()).toString(), /"late"[\s\S]*0\r\n\r\n$/, 'what still comes is passed on');
          }
          client.socket.destroy();
        }));
      }
    }
  });
}

test('a client that leaves before the head costs the backend its connection after halfCloseMs', async () => {
  // This backend ignores a FIN.
  await withSockets(() => undefined, async ({ port, connection }) => {
    await withProxy({ upstream: port, limits: { halfCloseMs: 60 } }, async ({ port: front, log }) => {
      const client = await Wire.open(front);
      client.send(ASK);
      const upstream = await connection(0);
      await upstream.take('{}');
      client.socket.end();
      assert.equal(await upstream.ended, 'fin');
      assert.equal(await client.ended, 'fin');
      const { outcome } = await log.next(({ msg }) => msg === 'exchange');
      assert.equal(outcome, 'aborted');
      // Writing into the destroyed connection is answered by a reset, which the next write runs into.
      while (!upstream.socket.destroyed) await new Promise((resolve) => upstream.socket.write(CHUNKED, resolve));
    });
  });
});

test('a client that leaves while its request is still going up', async (t) => {
  await withSockets(() => undefined, async ({ port, connection }) => {
    await withProxy({ upstream: port }, async ({ port: front }) => {
      for (const [index, how] of (['fin', 'reset'] as const).entries()) {
        const client = await Wire.open(front);
        client.send(ASK.replace('Length: 2', 'Length: 20'));
        const upstream = await connection(index);
        await upstream.take('{}');
        await within(`half a request, ${how}`, upstream.ended, t, () => (how === 'fin' ? client.socket.end() : client.socket.resetAndDestroy()));
        client.socket.destroy();
      }
    });
  });
});

test('a client that leaves in mid-head, or without a word, costs nobody anything', async () => {
  await withSockets(() => undefined, async (backend) => {
    await withProxy({ upstream: backend.port }, async ({ port, proxy }) => {
      for (const [bytes, how] of [['', 'fin'], ['', 'reset'], ['GET / HT', 'fin'], ['GET / HT', 'reset'], ['\r\n', 'fin']] as const) {
        const client = await Wire.open(port);
        if (bytes !== '') client.send(bytes);
        if (how === 'fin') {
          client.socket.end();
          assert.equal((await client.rest()).length, 0);
        } else {
          client.socket.resetAndDestroy();
        }
      }
      const last = await Wire.open(port);
      last.socket.end();
      await last.ended;
      for (let index = 0; index < backend.accepted; index += 1) assert.equal((await (await backend.connection(index)).rest()).length, 0);
      while (proxy.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  });
});

test('fetch with an AbortController, in the stream and before its first byte', async (t) => {
  await withBackend({ answers: ({ prompt }) => (prompt === 'late' ? { delayMs: Infinity } : { tokens: endless(), tokensPerSecond: 200 }) }, async ({ backend, port }) => {
    await withProxy({ upstream: port, rules: RULES }, async ({ url }) => {
      for (const [index, prompt] of ['endless', 'late', 'endless'].entries()) {
        const controller = new AbortController();
        const asking = fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }), signal: controller.signal });
        asking.catch(() => undefined);
        await backend.next(({ id, body }) => id === index + 1 && body.length > 0);
        if (prompt === 'endless') await (await asking).body?.getReader().read();
        const aborted = backend.next(({ id, aborted: gone, done }) => id === index + 1 && gone && done);
        await within(`fetch, ${prompt}`, aborted, t, () => controller.abort());
      }
    });
  });
});

function* endless(): Generator<string, void, undefined> {
  for (;;) yield 'teh words ';
}

const HELD = event('one ') + event('te');
/** A backend lost in mid-answer; `ending` is what makes the loss visible where the bytes cannot. */
const TRUNCATED: readonly { readonly name: string; readonly sent: string; readonly path?: string; readonly ending: Readonly<Record<'fin' | 'reset', Ending | 'any'>> }[] = [
  { name: 'chunked stream', sent: CHUNKED + chunk(HELD), ending: { fin: 'any', reset: 'any' } },
  { name: 'chunked stream, cut in a chunk', sent: CHUNKED + `ff\r\n${HELD}`, ending: { fin: 'any', reset: 'any' } },
  { name: 'stream with a length', sent: `${HEAD}Content-Length: 999\r\n\r\n${HELD}`, ending: { fin: 'any', reset: 'any' } },
  { name: 'stream until the end', sent: `${HEAD}\r\n${HELD}`, ending: { fin: 'fin', reset: 'reset' } },
  { name: 'uninspected with a length', sent: 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nteh', path: '/any', ending: { fin: 'any', reset: 'any' } },
  { name: 'uninspected, chunked', sent: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nteh\r\n', path: '/any', ending: { fin: 'any', reset: 'any' } },
  { name: 'uninspected until the end', sent: 'HTTP/1.1 200 OK\r\n\r\nteh', path: '/any', ending: { fin: 'fin', reset: 'reset' } },
  { name: 'document with a length', sent: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"choices":[', ending: { fin: 'any', reset: 'any' } },
];

for (const mode of ['correct', 'observe']) {
  test(`an answer the backend cut short stays visibly so, and nothing of it is lost: ${mode}`, async () => {
    for (const { name, sent, path = '/v1/chat/completions', ending } of TRUNCATED) {
      for (const how of ['fin', 'reset'] as const) {
        const asked = new Gate();
        const serve = async (wire: Wire): Promise<void> => {
          await wire.request();
          wire.send(sent);
          asked.open();
        };
        await withSockets(serve, async (backend) => withProxy({ upstream: backend.port, mode, rules: RULES }, async ({ port, log }) => {
          const client = await Wire.open(port);
          client.send(ASK.replace('/v1/chat/completions', path));
          const upstream = await backend.connection(0);
          // What is held cannot be waited for; the backend's own bytes have left when these have.
          const before = mode === 'observe' || path === '/any' ? await client.takeBytes(sent.length) : name.startsWith('document') ? Buffer.alloc(0) : Buffer.from(await client.take('"one "'));
          await asked.opened;
          if (how === 'fin') upstream.socket.end();
          else upstream.socket.resetAndDestroy();
          const rest = await client.rest();
          const ended = await client.ended;
          const text = Buffer.concat([before, rest]).toString('latin1');
          const label = `${name}, ${how}`;
          if (mode === 'observe' || path === '/any') assert.equal(text, sent, label);
          // A reset of the backend's may overtake its bytes, so that there was no answer.
          else if (name.startsWith('document')) assert.match(text, how === 'fin' ? /\{"choices":\[$/ : /\{"choices":\[$|^HTTP\/1\.1 502 /, label);
          else assert.match(text, /"te"/, label);
          assert.doesNotMatch(text, /\r\n0\r\n\r\n$/, label);
          const length = /content-length: (\d+)/i.exec(text)?.[1];
          if (length !== undefined && !text.includes(' 502 ')) assert.ok(text.length - text.indexOf('\r\n\r\n') - 4 < Number(length), label);
          if (ending[how] !== 'any') assert.equal(ended, ending[how], label);
          const { outcome } = await log.next(({ msg }) => msg === 'exchange');
          assert.equal(outcome, ending[how] === 'fin' ? 'complete' : 'truncated', label);
        }));
      }
    }
  });
}
