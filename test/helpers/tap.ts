import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { messages } from './deframe.js';

/** Stands before a backend and keeps what it says, connection by connection. */
export class Tap {
  readonly #server: Server;
  readonly #said: Buffer[][] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const said: Buffer[] = [];
      this.#said.push(said);
      const backend = connect(port, '127.0.0.1');
      for (const socket of [client, backend]) this.#sockets.add(socket.on('error', () => undefined));
      client.pipe(backend);
      backend.on('data', (bytes: Buffer) => said.push(bytes)).pipe(client);
      client.on('close', () => backend.destroy());
      backend.on('close', () => client.destroySoon());
    });
  }

  static async before(port: number): Promise<Tap> {
    const tap = new Tap(port);
    tap.#server.listen(0, '127.0.0.1');
    await once(tap.#server, 'listening');
    return tap;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The bodies of all answers so far. */
  bodies(): string[] {
    return this.#said.flatMap((said) => messages(Buffer.concat(said)).map(({ body }) => body.toString()));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
