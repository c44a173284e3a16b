import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Acceptor, type BoundAddress, listenHere, type MakeAcceptor } from './acceptor.js';
import type { Certificate } from './certificate.js';

export type { BoundAddress } from './acceptor.js';

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
  /** Default: a listening socket of this process. */
  readonly acceptor?: MakeAcceptor;
}

/** One listening socket. With a certificate its clients speak TLS; another certificate counts for those who come after it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #acceptor: Acceptor;
  readonly #shaking = new Set<Socket>();
  #certificate: Certificate | null;

  /** @param certificate null: no TLS */
  constructor(options: ListenerOptions, certificate: Certificate | null) {
    this.#options = options;
    this.#certificate = certificate;
    this.#acceptor = (options.acceptor ?? listenHere)((socket) => this.#connected(socket));
  }

  get address(): BoundAddress | null {
    return this.#acceptor.address;
  }

  /** @throws the system's error (`EADDRINUSE`, `EACCES`, ...) */
  open(host: string, port: number): Promise<BoundAddress> {
    return this.#acceptor.open(host, port);
  }

  secure(certificate: Certificate | null): void {
    this.#certificate = certificate;
  }

  /** Accepts no more. Handshakes under way may end, and connections go on. */
  close(): void {
    this.#acceptor.close();
  }

  /** Accepts no more after one more look: who was let in by the system but not yet by us would be reset. */
  closeSoon(): void {
    setImmediate(() => this.#acceptor.close());
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
