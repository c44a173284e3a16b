import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { serveProcess, type Serving } from '../../helpers/processes.js';
import { withSockets } from '../../helpers/proxy-backend.js';

const MB = 1_048_576;
const BODY_BYTES = 100 * MB;
const WARM_BYTES = 20 * MB;
/** What two sockets' kernel buffers may hold between backend and client, each way, on a machine that tunes them up. */
const KERNEL_BYTES = 40 * MB;
const GROWTH_BYTES = 2 * MB;
/** The allocator gives back pages when it likes; without backpressure this would be the whole body. */
const RSS_GROWTH_BYTES = 16 * MB;
/** On this signal the proxy collects its garbage and tells what memory is left. */
const TELL = 'process.on("SIGUSR2", () => { gc(); gc(); process.stderr.write("memory " + JSON.stringify(process.memoryUsage()) + "\\n"); });';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-slow-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function serving(upstream: number): Promise<Serving> {
  const teller = join(folder, 'tell.mjs');
  writeFileSync(teller, TELL);
  writeFileSync(join(folder, 'hot_patching_config.json'), '{}');
  return serveProcess(['--upstream', `http://127.0.0.1:${upstream}`, '--workspace', 'none', '--db', 'none', '--log-dir', join(folder, 'logs'), '--log-level', 'warn'], {
    cwd: folder, node: ['--expose-gc', '--import', teller], timeoutMs: 60_000,
  });
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** Asks until a collection no longer makes a difference, and takes the least. */
async function memory({ child, stderr, said }: Serving): Promise<Memory> {
  let least: Memory | null = null;
  for (let round = 0; round < 3; round += 1) {
    const seen = stderr().split('\nmemory ').length + (stderr().startsWith('memory ') ? 1 : 0);
    child.kill('SIGUSR2');
    const [, json = ''] = await said(new RegExp(`(?:^memory [\\s\\S]*?){${seen - 1}}^memory (.*)\\n`, 'm'));
    const now = JSON.parse(json) as Memory;
    if (least === null || now.heapUsed + now.external < least.heapUsed + least.external) least = now;
  }
  return least as Memory;
}

/** A client that reads only when told to. */
class Reader {
  readonly socket: Socket;
  received = 0;
  onData: (chunk: Buffer) => void = () => undefined;

  constructor(port: number, request: string) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.write(request);
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
      this.onData(chunk);
    });
  }

  async until(bytes: number): Promise<void> {
    while (this.received < bytes) await once(this.socket, 'data');
  }
}

/** The sender stands still: it waits for room, and a while later it still does. */
async function stalled(sent: () => number): Promise<number> {
  for (let before = -1, still = 0; ; before = sent()) {
    still = sent() === before ? still + 1 : 0;
    if (still === 10) return before;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function room(socket: Socket, more: boolean): Promise<void> {
  if (!more) await once(socket, 'drain');
}

function show(name: string, before: Memory, now: Memory): string {
  const grown = (key: keyof Memory): string => `${key} ${((now[key] - before[key]) / MB).toFixed(2)} MB`;
  return `${name}: ${grown('rss')}, ${grown('heapUsed')}, ${grown('external')}`;
}

test('a reader that stops costs the proxy next to nothing, stops the backend, and loses no byte: 100 MB of body', async (t) => {
  const block = randomBytes(65_536);
  let sent = 0;
  let sentHash = '';
  const serve = async (wire: { request(): Promise<string>; socket: Socket }): Promise<void> => {
    for (;;) {
      const length = Number(/^GET \/(\d+) /.exec(await wire.request())?.[1]);
      const hash = createHash('sha256');
      wire.socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`);
      for (sent = 0; sent < length; sent += block.length) {
        block.writeUInt32BE(sent / block.length, 0);
        hash.update(block);
        await room(wire.socket, wire.socket.write(Buffer.from(block)));
      }
      sentHash = hash.digest('hex');
    }
  };
  await withSockets(serve, async ({ port }) => {
    const proxy = await serving(port);
    const asked = (bytes: number): Reader => new Reader(proxy.port, `GET /${bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const warm = asked(WARM_BYTES);
    await warm.until(WARM_BYTES);
    warm.socket.destroy();
    const before = await memory(proxy);
    const reader = asked(BODY_BYTES);
    const hash = createHash('sha256');
    let headBytes = 0;
    reader.onData = (chunk) => {
      if (headBytes === 0) headBytes = chunk.indexOf('\r\n\r\n') + 4;
      hash.update(reader.received === chunk.length ? chunk.subarray(headBytes) : chunk);
    };
    await reader.until(MB);
    reader.socket.pause();
    const atBackend = await stalled(() => sent);
    const now = await memory(proxy);
    t.diagnostic(show(`100 MB, ${((atBackend - reader.received) / MB).toFixed(1)} MB between backend and reader`, before, now));
    assert.ok(atBackend - reader.received < KERNEL_BYTES, `the backend went on: ${atBackend}`);
    assert.ok(now.heapUsed + now.external - before.heapUsed - before.external < GROWTH_BYTES, show('too much', before, now));
    assert.ok(now.rss - before.rss < RSS_GROWTH_BYTES, show('too much', before, now));
    reader.socket.resume();
    await reader.until(headBytes + BODY_BYTES);
    reader.socket.destroy();
    assert.equal(hash.digest('hex'), sentHash);
    await proxy.stop();
  });
});

test('the same for a stream of tokens without end, which is inspected', async (t) => {
  let count = 0;
  const serve = async (wire: { request(): Promise<string>; socket: Socket }): Promise<void> => {
    await wire.request();
    count = 0;
    wire.socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n');
    while (!wire.socket.destroyed) {
      const lines = Array.from({ length: 100 }, (_none, index) => `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: ` n${count + index}` }, done: false })}\n`).join('');
      count += 100;
      await room(wire.socket, wire.socket.write(`${lines.length.toString(16)}\r\n${lines}\r\n`));
    }
  };
  await withSockets(serve, async ({ port }) => {
    const proxy = await serving(port);
    const ask = 'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}';
    const warm = new Reader(proxy.port, ask);
    await warm.until(20 * MB);
    warm.socket.destroy();
    const before = await memory(proxy);
    const reader = new Reader(proxy.port, ask);
    let next = 0;
    let rest = '';
    reader.onData = (chunk) => {
      const words = (rest + chunk.toString('latin1')).split('"content":" n');
      rest = `"content":" n${words.pop() ?? ''}`;
      for (const word of words.slice(1)) assert.equal(Number.parseInt(word), next++);
    };
    await reader.until(MB);
    reader.socket.pause();
    const stalledAt = await stalled(() => count);
    const now = await memory(proxy);
    t.diagnostic(show(`endless, ${stalledAt - next} tokens between backend and reader`, before, now));
    assert.ok(now.heapUsed + now.external - before.heapUsed - before.external < GROWTH_BYTES, show('too much', before, now));
    assert.ok(now.rss - before.rss < RSS_GROWTH_BYTES, show('too much', before, now));
    reader.socket.resume();
    // Beyond what was under way when the backend stood still.
    while (next < stalledAt + 1000) await once(reader.socket, 'data');
    reader.socket.destroy();
    await proxy.stop();
  });
});
