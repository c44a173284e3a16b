import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The backend's address. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  readonly host: string;
  readonly port: number;
}

/** Opens a socket to the backend. Half-open, so that each direction ends by itself; TLS checks the certificate's name. */
export function dial(endpoint: Endpoint): Socket {
  const { protocol, host, port } = endpoint;
  if (protocol === 'http:') {
    return connect({ host, port, allowHalfOpen: true, noDelay: true });
  }
  const socket = connectTls({
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    // RFC 6066, section 3: no literal addresses as server names.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  socket.setNoDelay(true);
  return socket;
}

/** Spare warm sockets, so that a burst of clients need not wait for handshakes. A spare is used once. */
export class SparePool {
  readonly #endpoint: Endpoint;
  readonly #size: number;
  readonly #spares = new Set<Socket>();
  #closed = false;
  #refilling = false;

  /** @param size how many spares to keep; 0: none, `take` then dials. */
  constructor(endpoint: Endpoint, size: number) {
    this.#endpoint = endpoint;
    this.#size = size;
  }

  /** A socket to the backend, connected or connecting. */
  take(): Socket {
    for (const spare of this.#spares) {
      this.#forget(spare);
      this.#refillSoon();
      if (!spare.destroyed && spare.writable && spare.readyState === 'open') return spare;
      spare.destroy();
    }
    this.#refillSoon();
    return dial(this.#endpoint);
  }

  close(): void {
    this.#closed = true;
    for (const spare of this.#spares) {
      this.#forget(spare);
      spare.destroy();
    }
  }

  #forget(spare: Socket): void {
    this.#spares.delete(spare);
    spare.removeAllListeners();
    spare.pause();
  }

  /** Not at once: the client at hand goes first. A backend that refuses is not asked again until the next client. */
  #refillSoon(): void {
    if (this.#refilling || this.#size === 0) return;
    this.#refilling = true;
    setImmediate(() => {
      this.#refilling = false;
      while (!this.#closed && this.#spares.size < this.#size) this.#add();
    });
  }

  #add(): void {
    const spare = dial(this.#endpoint);
    spare.unref();
    this.#spares.add(spare);
    const drop = (): void => {
      this.#spares.delete(spare);
      spare.destroy();
    };
    // A spare that hears anything, even an end, is no longer fresh.
    spare.on('error', drop).on('end', drop).on('close', drop).on('readable', drop);
  }
}
