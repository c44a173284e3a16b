// The benchmark's backend: prepared answers on a bare socket, so that it costs as little as a server in Node can.
// Runs as a child process; plans come over IPC.
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { bulkBlock, chatDocument, SMALL_JSON, tellParent, type BackendPlan } from './harness/protocol.js';
import { asChunk, answerEvents, answerText, LAST_CHUNK, nowStamp, stampInChunk, writeStamp, type EnvelopeName } from './harness/wire.js';
import { Pacer } from './harness/pacer.js';

/** A write of an unpaced answer: about what a socket takes at once. */
const SLICE_BYTES = 65536;
/** A reader this far behind a paced stream has failed; its stream is cut rather than buffered. */
const BACKLOG_BYTES = 4 << 20;
const REQUEST_BYTES = 1 << 20;

interface Prepared {
  readonly rate: number;
  readonly head: Buffer;
  readonly chunks: readonly Buffer[];
  readonly stamps: readonly number[];
  readonly body: Buffer;
  readonly document: Buffer;
  readonly bulkBytes: number;
}

const MEDIA: Readonly<Record<EnvelopeName, string>> = { ndjson: 'application/x-ndjson', sse: 'text/event-stream' };
const block = bulkBlock();
const pacer = new Pacer();
let prepared: Prepared | null = null;

function fixed(body: string, close: boolean): Buffer {
  const connection = close ? 'close' : 'keep-alive';
  return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: ${connection}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function prepare(message: BackendPlan): Prepared {
  const { plan, bulkBytes } = message;
  const events = answerEvents(plan);
  const chunks = events.map(asChunk);
  return {
    rate: plan.rate, chunks, bulkBytes,
    head: Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${MEDIA[plan.envelope]}\r\nTransfer-Encoding: chunked\r\n\r\n`),
    stamps: events.map((event) => stampInChunk(plan.envelope, event)),
    body: Buffer.concat([...chunks, LAST_CHUNK]),
    document: fixed(chatDocument(answerText(plan, false)), false),
  };
}

/** Writes slices as the socket takes them; `next` gives null at the end. */
function pour(socket: Socket, next: () => Buffer | null): void {
  const step = (): void => {
    for (let slice = next(); slice !== null; slice = next()) {
      if (!socket.write(slice)) {
        socket.once('drain', step);
        return;
      }
    }
  };
  step();
}

function pourStream(socket: Socket, plan: Prepared): void {
  socket.write(plan.head);
  let at = 0;
  pour(socket, () => {
    if (at >= plan.body.length) return null;
    const slice = plan.body.subarray(at, at + SLICE_BYTES);
    at += slice.length;
    return slice;
  });
}

function pourBulk(socket: Socket, bytes: number): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`);
  let at = 0;
  pour(socket, () => {
    if (at >= bytes) return null;
    const offset = at % block.length;
    const slice = block.subarray(offset, offset + Math.min(SLICE_BYTES, bytes - at));
    at += slice.length;
    return slice;
  });
}

function paceStream(socket: Socket, plan: Prepared): void {
  let index = 0;
  pacer.add(1e6 / plan.rate, () => {
    if (socket.destroyed) return false;
    if (socket.writableLength > BACKLOG_BYTES) {
      socket.destroy();
      return false;
    }
    // Each write owns its bytes: one that waits in the socket must not see the next stream's stamp.
    const chunk = Buffer.from(plan.chunks[index] as Buffer);
    const at = plan.stamps[index] as number;
    if (at >= 0) writeStamp(chunk, at, nowStamp());
    socket.write(index === 0 ? Buffer.concat([plan.head, chunk]) : chunk);
    index += 1;
    if (index < plan.chunks.length) return true;
    socket.write(LAST_CHUNK);
    return false;
  });
}

function answer(socket: Socket, head: string, body: string): void {
  const close = /\r\nconnection:[ \t]*close/i.test(head);
  if (prepared === null) socket.destroy();
  else if (head.startsWith('GET /bulk')) pourBulk(socket, prepared.bulkBytes);
  else if (!head.startsWith('POST /')) {
    socket.write(fixed(SMALL_JSON, close));
    if (close) socket.end();
  } else if (body.includes('"stream":false')) socket.write(prepared.document);
  else if (prepared.rate === 0) pourStream(socket, prepared);
  else paceStream(socket, prepared);
}

function serve(socket: Socket): void {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    pending += bytes.toString('latin1');
    for (;;) {
      const blank = pending.indexOf('\r\n\r\n');
      if (blank < 0) break;
      const head = pending.slice(0, blank + 4);
      const end = blank + 4 + Number(/\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < end) break;
      answer(socket, head, pending.slice(blank + 4, end));
      pending = pending.slice(end);
    }
    if (pending.length > REQUEST_BYTES) socket.destroy();
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', 4096, () => tellParent({ kind: 'ready', port: (server.address() as AddressInfo).port }));
process.on('message', (message: BackendPlan) => {
  prepared = prepare(message);
  tellParent({ kind: 'planned' });
});
process.on('disconnect', () => process.exit(0));
