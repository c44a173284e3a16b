import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCli, serveProcess } from '../../helpers/processes.js';

const IDLE = 10_000;
const STREAMS = 1_000;
const TOKENS = 10;
/** Descriptors a process has besides its connections. */
const SPARE = 200;

const event = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const ASK = 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}';

/** Node raises its soft limit to the hard one; a process of ours can have no more. */
function descriptors(): number {
  try {
    const text = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
    return text === 'unlimited' ? Infinity : Number(text);
  } catch {
    return 1_024;
  }
}

/** Streams to all who ask, each token to everyone before the next, so that all are open at once. */
async function crowdBackend(streams: number): Promise<{ readonly port: number; readonly close: () => void }> {
  const open: Socket[] = [];
  const sockets = new Set<Socket>();
  const next = (token: number): void => {
    const last = token === TOKENS;
    const bytes = chunk(event(token % 5 === 0 ? ' teh' : ` t${token}`)) + (last ? '0\r\n\r\n' : '');
    for (const socket of open) socket.write(bytes);
    if (!last) setImmediate(next, token + 1);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      if (bytes.includes('GET /ping ')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong');
        return;
      }
      socket.write(HEAD);
      if (open.push(socket) === streams) next(1);
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const EXPECTED = Array.from({ length: TOKENS }, (_none, index) => event((index + 1) % 5 === 0 ? ' the' : ` t${index + 1}`)).join('');

function payload(answer: string): string {
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  let text = '';
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (size === 0) return text;
    text += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}

function stream(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    socket.write(ASK);
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (!text.endsWith('\r\n0\r\n\r\n')) return;
      socket.destroy();
      resolve(payload(text));
    });
    socket.on('error', reject).once('close', () => reject(new Error(`closed after ${text.length} bytes`)));
  });
}

/** Opens idle connections, some hundreds at a time. */
async function idlers(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(500, count - sockets.length) }, () => connect({ port, host: '127.0.0.1' }));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  return sockets;
}

async function ping(socket: Socket): Promise<void> {
  socket.write('GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let text = '';
  while (!text.endsWith('pong')) text += String((await once(socket, 'data'))[0]);
}

test(`${IDLE} idle connections and ${STREAMS} streams at once`, async (t: TestContext) => {
  const limit = descriptors();
  const idle = Math.min(IDLE, limit - 2 * STREAMS - SPARE);
  const streams = idle > 0 ? STREAMS : Math.max(1, Math.floor((limit - SPARE) / 3));
  if (idle < IDLE) t.diagnostic(`a process may have ${limit} descriptors here: ${Math.max(0, idle)} idle connections, ${streams} streams`);
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-crowd-'));
  const backend = await crowdBackend(streams);
  const db = join(folder, 'rules.db');
  assert.equal((await runCli(['rules', 'add', '--pattern', 'teh', '--replace', 'the', '--db', db], { cwd: folder })).code, 0);
  const proxy = await serveProcess(['--upstream', `http://127.0.0.1:${backend.port}`, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), '--log-level', 'warn'], { cwd: folder, timeoutMs: 60_000 });
  try {
    let startedMs = performance.now();
    const took = (): string => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
    const waiting = await idlers(proxy.port, Math.max(0, idle));
    t.diagnostic(`${waiting.length} connections opened in ${took()}`);
    startedMs = performance.now();
    const texts = await Promise.all(Array.from({ length: streams }, () => stream(proxy.port)));
    t.diagnostic(`${streams} streams of ${TOKENS} tokens done in ${took()}`);
    assert.ok(texts.every((text) => text === EXPECTED));
    // Those who waited are still served.
    await Promise.all(waiting.filter((_socket, index) => index % 100 === 0).map(ping));
    for (const socket of waiting) socket.destroy();
    startedMs = performance.now();
    assert.equal((await proxy.stop()).code, 0);
    t.diagnostic(`stopped in ${took()}`);
  } finally {
    proxy.child.kill('SIGKILL');
    backend.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
