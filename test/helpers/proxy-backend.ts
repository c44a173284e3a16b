/** A backend that is nothing but sockets, for what no well-behaved HTTP server would do. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Wire } from './http-client.js';

export interface SocketBackend {
  readonly port: number;
  /** The nth connection, from 0, there or to come. */
  readonly connection: (index: number) => Promise<Wire>;
  readonly accepted: number;
  readonly close: () => Promise<void>;
}

/** @param serve called for each connection; what it rejects with ends that connection */
export async function socketBackend(serve: (wire: Wire, index: number) => Promise<void> | void = () => undefined): Promise<SocketBackend> {
  const wires: Wire[] = [];
  const waiting = new Map<number, (wire: Wire) => void>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    const wire = new Wire(socket);
    const index = wires.push(wire) - 1;
    waiting.get(index)?.(wire);
    Promise.resolve(serve(wire, index)).catch(() => socket.destroy());
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return wires.length;
    },
    connection: (index) => {
      const wire = wires[index];
      return wire === undefined ? new Promise((resolve) => waiting.set(index, resolve)) : Promise.resolve(wire);
    },
    close: async () => {
      for (const { socket } of wires) socket.destroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** Runs `use` with such a backend. */
export async function withSockets(serve: (wire: Wire, index: number) => Promise<void> | void, use: (backend: SocketBackend) => Promise<void>): Promise<void> {
  const backend = await socketBackend(serve);
  try {
    await use(backend);
  } finally {
    await backend.close();
  }
}
