import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.js';

/** An address as the system knows it. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

export interface ListenerOptions {
  /**
   * Takes a client, behind TLS one whose handshake is over.
   * @param reset cuts the connection so that the other side sees it was cut
   */
  readonly accept: (client: Socket, reset: () => void) => void;
  /** A handshake is given this long. */
  readonly handshakeMs: () => number;
  /** Told of handshakes that came to nothing. */
  readonly onHandshakeFault: (message: string) => void;
}

/** One listening socket. With a certificate its clients speak TLS; another certificate counts for those who come after it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #shaking = new Set<Socket>();
  #certificate: Certificate | null;

  /** @param certificate null: no TLS */
  constructor(options: ListenerOptions, certificate: Certificate | null) {
    this.#options = options;
    this.#certificate = certificate;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#connected(socket));
  }

  get address(): BoundAddress | null {
    const address = this.#server.address() as AddressInfo | null;
    return address === null ? null : { host: address.address, port: address.port };
  }

  /** @throws the system's error (`EADDRINUSE`, `EACCES`, ...) */
  async open(host: string, port: number): Promise<BoundAddress> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    // An accept that fails, for want of file descriptors, is the next client's loss only.
    this.#server.on('error', () => undefined);
    return this.address as BoundAddress;
  }

  secure(certificate: Certificate | null): void {
    this.#certificate = certificate;
  }

  /** Accepts no more. Handshakes under way may end, and connections go on. */
  close(): void {
    this.#server.close();
  }

  /** Accepts no more after one more look: who was let in by the system but not yet by us would be reset. */
  closeSoon(): void {
    setImmediate(() => this.#server.close());
  }

  /** Cuts handshakes under way. */
  abandon(): void {
    for (const socket of this.#shaking) socket.destroy();
  }

  #connected(raw: Socket): void {
    const certificate = this.#certificate;
    if (certificate === null) {
      this.#options.accept(raw, () => raw.resetAndDestroy());
      return;
    }
    const shaking = this.#shaking;
    const client = new TLSSocket(raw, { isServer: true, secureContext: certificate.context, ALPNProtocols: ['http/1.1'] });
    const handshakeMs = this.#options.handshakeMs();
    const timer = setTimeout(() => fail(new Error(`not over after ${handshakeMs} ms`)), handshakeMs);
    const settle = (): void => {
      clearTimeout(timer);
      shaking.delete(client);
      client.off('error', fail).off('close', gone);
    };
    const fail = (error: Error): void => {
      settle();
      // What OpenSSL says is for its authors: the code before its last colon is left out.
      this.#options.onHandshakeFault(`a TLS handshake failed: ${error.message.replace(/^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):.*$/s, '$1').trim()}`);
      client.on('error', () => undefined).destroy();
    };
    const gone = (): void => fail(new Error('the client closed the connection'));
    shaking.add(client);
    raw.on('error', () => undefined);
    client.once('error', fail).once('close', gone);
    client.once('secure', () => {
      settle();
      this.#options.accept(client, () => raw.resetAndDestroy());
    });
  }
}
