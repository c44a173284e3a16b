import type { Socket } from 'node:net';
import type { Acceptor, BoundAddress, MakeAcceptor } from './acceptor.js';
import type { FromServing, ToServing } from './hand-over.js';

/** The way to the process that accepts: `process` itself has this shape. */
export interface Channel {
  on(event: 'message', listener: (message: unknown, socket: unknown) => void): unknown;
  send(message: FromServing): unknown;
}

/** Clients come from the process that started this one, and this one says which have arrived. */
export function handedClients(channel: Channel): MakeAcceptor {
  const open = new Map<number, HandedAcceptor>();
  let count = 0;
  channel.on('message', (told, socket) => {
    const message = told as Partial<ToServing>;
    if (message.handOver === undefined || message.acceptor === undefined) return;
    const acceptor = open.get(message.acceptor);
    if (message.handOver !== 'client') {
      acceptor?.heard(message as ToServing);
      return;
    }
    // Said before a byte of it is read: whoever has not heard it may give the client to another.
    channel.send({ handOver: 'arrived', acceptor: message.acceptor, taken: acceptor !== undefined });
    // A client that left on the way comes as nothing.
    const client = socket as Socket | undefined;
    if (acceptor === undefined) client?.destroy();
    else if (client !== undefined) acceptor.take(client);
  });
  return (client) => {
    count += 1;
    return new HandedAcceptor(count, channel, open, client);
  };
}

class HandedAcceptor implements Acceptor {
  readonly #number: number;
  readonly #channel: Channel;
  readonly #open: Map<number, HandedAcceptor>;
  readonly #client: (socket: Socket) => void;
  #settle: { readonly resolve: (address: BoundAddress) => void; readonly reject: (error: Error) => void } | null = null;
  address: BoundAddress | null = null;

  constructor(number: number, channel: Channel, open: Map<number, HandedAcceptor>, client: (socket: Socket) => void) {
    this.#number = number;
    this.#channel = channel;
    this.#open = open;
    this.#client = client;
  }

  open(host: string, port: number): Promise<BoundAddress> {
    this.#open.set(this.#number, this);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#channel.send({ handOver: 'listen', acceptor: this.#number, host, port });
    });
  }

  heard(message: ToServing): void {
    if (message.handOver === 'listening') {
      this.address = message.address;
      this.#settle?.resolve(message.address);
    } else if (message.handOver === 'failed') {
      this.#open.delete(this.#number);
      this.#settle?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
    }
    this.#settle = null;
  }

  take(client: Socket): void {
    client.allowHalfOpen = true;
    client.setNoDelay(true);
    this.#client(client);
  }

  close(): void {
    if (!this.#open.delete(this.#number)) return;
    this.address = null;
    this.#channel.send({ handOver: 'leave', acceptor: this.#number });
  }
}
