import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { SparePool } from '../../../src/node/net/dialer.js';
import { type SocketBackend, withSockets } from '../../helpers/proxy-backend.js';

/** Lets the event loop turn until so many connections have been accepted. */
async function accepted(backend: SocketBackend, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await backend.connection(index);
}

async function opened(socket: Socket): Promise<Socket> {
  if (socket.connecting) await once(socket, 'connect');
  return socket;
}

test('without spares each take is a new connection', async () => {
  await withSockets(() => undefined, async (backend) => {
    const pool = new SparePool({ protocol: 'http:', host: '127.0.0.1', port: backend.port }, 0);
    const sockets = await Promise.all([pool.take(), pool.take()].map(opened));
    await accepted(backend, 2);
    assert.notEqual(sockets[0]?.localPort, sockets[1]?.localPort);
    for (const socket of sockets) socket.destroy();
    pool.close();
    assert.equal(backend.accepted, 2);
  });
});

test('a spare is connected beforehand, given once, and replaced', async () => {
  const echo = (wire: { socket: Socket }): void => void wire.socket.on('data', (bytes: Buffer) => wire.socket.write(bytes));
  await withSockets(echo, async (backend) => {
    const pool = new SparePool({ protocol: 'http:', host: '127.0.0.1', port: backend.port }, 2);
    const first = await opened(pool.take());
    // The one taken and two spares.
    await accepted(backend, 3);
    const seen = new Set<Socket>([first]);
    for (let round = 0; round < 6; round += 1) {
      const socket = await opened(pool.take());
      assert.ok(!seen.has(socket));
      seen.add(socket);
      socket.write('ping');
      assert.equal(String((await once(socket, 'data'))[0]), 'ping');
      await accepted(backend, 4 + round);
    }
    assert.equal(backend.accepted, 9);
    for (const socket of seen) socket.destroy();
    pool.close();
    for (let index = 0; index < backend.accepted; index += 1) await (await backend.connection(index)).ended;
  });
});

test('a spare the backend closed, reset or spoke on is not given', async () => {
  for (const spoil of ['end', 'reset', 'speak'] as const) {
    await withSockets(() => undefined, async (backend) => {
      const pool = new SparePool({ protocol: 'http:', host: '127.0.0.1', port: backend.port }, 1);
      const first = await opened(pool.take());
      const spare = await backend.connection(1);
      if (spoil === 'end') spare.socket.end();
      else if (spoil === 'reset') spare.socket.resetAndDestroy();
      else spare.send('HTTP/1.1 408 Request Timeout\r\n\r\n');
      await spare.ended;
      // A reset is our own; the pool hears of it in its next turn.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const next = await opened(pool.take());
      const last = await backend.connection(2);
      next.write('hello');
      assert.equal(await last.take('hello'), 'hello', spoil);
      for (const socket of [first, next]) socket.destroy();
      pool.close();
    });
  }
});
