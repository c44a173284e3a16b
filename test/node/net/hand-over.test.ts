import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { type FromServing, HandOver, type Serving, type ToServing } from '../../../src/node/net/hand-over.js';
import { Journal } from '../../helpers/proxy-journal.js';

/** A process that serves, as far as the one that accepts can see it. */
class Stand implements Serving {
  readonly id: number;
  readonly told = new Journal<ToServing>();
  readonly clients: Socket[] = [];
  alive = true;
  readonly #hands: HandOver;

  constructor(id: number, hands: HandOver) {
    this.id = id;
    this.#hands = hands;
  }

  isConnected(): boolean {
    return this.alive;
  }

  send(message: ToServing, client?: Socket): void {
    if (client !== undefined) this.clients.push(client);
    this.told.add(message);
  }

  say(message: FromServing): void {
    this.#hands.read(this, message);
  }

  /** The next word of that kind. */
  next(kind: ToServing['handOver'], count = 1): Promise<ToServing> {
    return this.told.reach((entries) => entries.filter(({ handOver }) => handOver === kind)[count - 1] ?? null);
  }

  async listen(acceptor: number, port: number): Promise<number> {
    this.say({ handOver: 'listen', acceptor, host: '127.0.0.1', port });
    const told = await this.next('listening', acceptor);
    return told.handOver === 'listening' ? told.address.port : 0;
  }

  die(): void {
    this.alive = false;
    this.#hands.gone(this);
  }
}

const closed = async (socket: Socket): Promise<void> => {
  if (!socket.destroyed) await once(socket.resume(), 'close');
};

test('clients take turns, one at a time for each, and what is refused or left behind goes to the other', async (t) => {
  const hands = new HandOver();
  const [a, b] = [new Stand(1, hands), new Stand(2, hands)];
  const port = await a.listen(1, 0);
  assert.equal(await b.listen(1, 0), port);
  const clients: Socket[] = [];
  t.after(() => {
    hands.close();
    for (const client of clients) client.destroy();
  });
  const come = async (): Promise<void> => void (await once(clients[clients.push(connect(port, '127.0.0.1')) - 1] as Socket, 'connect'));
  await come();
  await a.next('client');
  await come();
  await b.next('client');
  // Both are busy: the third waits for the first that is free.
  await come();
  assert.deepEqual([a.clients.length, b.clients.length], [1, 1]);
  b.say({ handOver: 'arrived', acceptor: 1, taken: true });
  await b.next('client', 2);
  assert.equal(b.clients[0]?.destroyed, true, 'the end of it here is closed');
  // The one that is on its way to a process that dies comes to the other, before all who wait.
  await come();
  a.die();
  b.say({ handOver: 'arrived', acceptor: 1, taken: true });
  await b.next('client', 3);
  assert.equal(b.clients[2], a.clients[0]);
  // So does one that came to an acceptor just closed.
  const c = new Stand(3, hands);
  assert.equal(await c.listen(1, 0), port);
  await c.next('client');
  b.say({ handOver: 'leave', acceptor: 1 });
  b.say({ handOver: 'arrived', acceptor: 1, taken: false });
  c.say({ handOver: 'arrived', acceptor: 1, taken: true });
  await c.next('client', 2);
  assert.equal(c.clients[1], a.clients[0]);
});

test('an address is open while somebody serves it, or died serving it, and closes when the last one leaves', async (t) => {
  const hands = new HandOver();
  t.after(() => hands.close());
  const a = new Stand(1, hands);
  const port = await a.listen(1, 0);
  a.die();
  const early = connect(port, '127.0.0.1');
  await once(early, 'connect');
  const b = new Stand(2, hands);
  assert.equal(await b.listen(1, 0), port);
  await b.next('client');
  b.say({ handOver: 'arrived', acceptor: 1, taken: true });
  await closed(early);
  const other = await b.listen(2, await freePort());
  b.say({ handOver: 'leave', acceptor: 1 });
  await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  // Somebody who comes back to another address gives this one up.
  b.die();
  const c = new Stand(3, hands);
  await c.listen(1, 0);
  await assert.rejects(once(connect(other, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
});

test('an address that cannot be had is told to each who asked, and may be had later', async (t) => {
  const hands = new HandOver();
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => {
    hands.close();
    taken.close();
  });
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const stands = [new Stand(1, hands), new Stand(2, hands)];
  for (const stand of stands) stand.say({ handOver: 'listen', acceptor: 1, host: '127.0.0.1', port });
  for (const stand of stands) {
    const told = await stand.next('failed');
    assert.deepEqual([told.handOver, told.handOver === 'failed' && told.error.code], ['failed', 'EADDRINUSE']);
  }
  taken.close();
  await once(taken, 'close');
  stands[0]?.say({ handOver: 'listen', acceptor: 2, host: '127.0.0.1', port });
  await stands[0]?.next('listening');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
