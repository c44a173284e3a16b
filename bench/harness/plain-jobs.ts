import autocannon from 'autocannon';
import { connect, type Socket } from 'node:net';
import { residentBytes, UsageMeter } from './process-usage.js';
import { bulkBlock, chatDocument, SMALL_JSON, type RunSpec, type Sample } from './protocol.js';
import { ResponseReader } from './response-reader.js';
import { answerText, elapsedStamp, nowStamp } from './wire.js';

/** How long idle connections are watched for CPU use. */
const IDLE_MS = 1000;

/** Autocannon looks this often whether it is done. */
const SAMPLE_MS = 100;

/** Runs autocannon and tells when the last answer came, as its own durations are multiples of its sample time. */
function fire(options: autocannon.Options): Promise<{ readonly result: autocannon.Result; readonly lastAt: number }> {
  return new Promise((resolve, reject) => {
    let lastAt = nowStamp();
    const instance = autocannon(options, (error: Error | null, result) => {
      if (error === null) resolve({ result, lastAt });
      else reject(error);
    });
    instance.on('response', () => { lastAt = nowStamp(); });
  });
}

/** Requests a second of small JSON documents, by autocannon, which compares every body. */
export async function jsonJob(spec: RunSpec): Promise<Sample> {
  const chat = spec.route === 'chat';
  const body = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'Describe the parts.' }], stream: false });
  const usage = new UsageMeter(spec.pids, spec.cpu).begin();
  const begun = nowStamp();
  const { result, lastAt } = await fire({
    url: `http://127.0.0.1:${spec.port}${chat ? '/api/chat' : '/api/tags'}`,
    connections: spec.streams, amount: spec.count, timeout: 5, sampleInt: SAMPLE_MS,
    ...(chat ? { method: 'POST' as const, headers: { 'content-type': 'application/json' }, body } : {}),
    expectBody: chat ? chatDocument(answerText(spec.plan, spec.corrected)) : SMALL_JSON,
  });
  const { cpuUs, waitShare } = usage.read();
  const faults = result.errors + result.timeouts + result.mismatches + result.non2xx;
  if (faults > 0) throw new Error(`${result.errors} errors, ${result.timeouts} timeouts, ${result.mismatches} wrong bodies, ${result.non2xx} other statuses`);
  return {
    requestsPerS: (spec.count / elapsedStamp(begun, lastAt)) * 1e6, latencyP99Ms: result.latency.p99,
    cpuUsPerRequest: cpuUs / spec.count, rssMb: residentBytes(spec.pids) / 1e6, waitShare,
  };
}

/** Opens a connection, sends `request` and resolves when the response is whole; the socket stays with the caller. */
function exchange(spec: RunSpec, request: string, body: (piece: Buffer) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: spec.port, host: '127.0.0.1', noDelay: true });
    const reader = new ResponseReader({
      head: (status) => { if (status !== 200) reject(new Error(`status ${status}`)); },
      body,
      end: () => resolve(socket),
    });
    socket.setTimeout(spec.timeoutMs, () => socket.destroy(new Error('the connection fell silent')));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (bytes: Buffer) => {
      try {
        reader.write(bytes);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => { if (!reader.done && !reader.finish()) reject(new Error('the answer was cut off')); });
  });
}

/** One large download whose bytes are compared as they come. */
export async function bulkJob(spec: RunSpec): Promise<Sample> {
  const block = bulkBlock();
  let bytes = 0;
  const usage = new UsageMeter(spec.pids, spec.cpu).begin();
  const begun = nowStamp();
  const socket = await exchange(spec, `GET /bulk HTTP/1.1\r\nHost: 127.0.0.1:${spec.port}\r\n\r\n`, (piece) => {
    for (let at = 0; at < piece.length;) {
      const from = bytes % block.length;
      const length = Math.min(piece.length - at, block.length - from);
      if (piece.compare(block, from, from + length, at, at + length) !== 0) throw new Error(`bytes after ${bytes} differ`);
      at += length;
      bytes += length;
    }
  });
  const wallUs = elapsedStamp(begun, nowStamp());
  const { cpuUs, waitShare } = usage.read();
  socket.destroy();
  if (bytes !== spec.bulkBytes) throw new Error(`${bytes} of ${spec.bulkBytes} bytes arrived`);
  return { mbPerS: bytes / wallUs, waitShare, cpuUsPerMb: cpuUs / (bytes / 1e6), rssMb: residentBytes(spec.pids) / 1e6 };
}

function smallRequest(spec: RunSpec, connection: string): string {
  return `GET /api/tags HTTP/1.1\r\nHost: 127.0.0.1:${spec.port}\r\nConnection: ${connection}\r\n\r\n`;
}

async function smallExchange(spec: RunSpec, connection: string): Promise<Socket> {
  let body = '';
  const socket = await exchange(spec, smallRequest(spec, connection), (piece) => { body += piece.toString('latin1'); });
  if (body !== SMALL_JSON) throw new Error(`a small document differs: ${body.slice(0, 100)}`);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Short connections, each for one request, a few at a time; a connection counts when the other side has closed it. */
export async function churnJob(spec: RunSpec): Promise<Sample> {
  const usage = new UsageMeter(spec.pids, spec.cpu).begin();
  const begun = nowStamp();
  let left = spec.count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await closed(await smallExchange(spec, 'close'));
    }
  };
  await Promise.all(Array.from({ length: spec.streams }, worker));
  const wallUs = elapsedStamp(begun, nowStamp());
  const { cpuUs, waitShare } = usage.read();
  return { connectionsPerS: (spec.count / wallUs) * 1e6, waitShare, cpuUsPerConnection: cpuUs / spec.count, rssMb: residentBytes(spec.pids) / 1e6 };
}

/** Many connections that have had one answer and now say nothing: what they cost in memory and wakeups. */
export async function idleJob(spec: RunSpec): Promise<Sample> {
  const sockets: Socket[] = [];
  try {
    while (sockets.length < spec.streams) {
      const batch = Math.min(50, spec.streams - sockets.length);
      sockets.push(...await Promise.all(Array.from({ length: batch }, () => smallExchange(spec, 'keep-alive'))));
    }
    const usage = new UsageMeter(spec.pids, spec.cpu).begin();
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const { cpuUs } = usage.read();
    if (sockets.some((socket) => socket.destroyed)) throw new Error('an idle connection was closed');
    return { rssMb: residentBytes(spec.pids) / 1e6, idleCpuMsPerS: cpuUs / 1000 / (IDLE_MS / 1000) };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
