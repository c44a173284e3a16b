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
  /** Sockets that are ready for use, and those on the way to it; each with what takes our listeners off again. */
  readonly #spares = new Map<Socket, { ready: boolean; readonly unlisten: () => void }>();
  #closed = false;
  #refilling = false;

  /** @param size how many spares to keep; 0: none, `take` then dials. */
  constructor(endpoint: Endpoint, size: number) {
    this.#endpoint = endpoint;
    this.#size = size;
  }

  /** A socket to the backend, connected or connecting. */
  take(): Socket {
    this.#refillSoon();
    for (const [spare, { ready }] of this.#spares) {
      // One whose certificate has not been checked yet is not for use.
      if (!ready || spare.destroyed || !spare.writable) continue;
      this.#forget(spare);
      return spare.ref();
    }
    return dial(this.#endpoint);
  }

  close(): void {
    this.#closed = true;
    for (const spare of [...this.#spares.keys()]) {
      this.#forget(spare);
      spare.on('error', () => undefined).destroy();
    }
  }

  #forget(spare: Socket): void {
    this.#spares.get(spare)?.unlisten();
    this.#spares.delete(spare);
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
    const drop = (): void => {
      this.#spares.delete(spare);
      spare.destroy();
    };
    const connected = this.#endpoint.protocol === 'https:' ? 'secureConnect' : 'connect';
    const ready = (): void => {
      const entry = this.#spares.get(spare);
      if (entry !== undefined) entry.ready = true;
    };
    // A spare that hears anything, even an end, is no longer fresh. Only our own listeners go again: a socket has its own.
    const events = ['error', 'end', 'close', 'readable'] as const;
    for (const event of events) spare.on(event, drop);
    spare.once(connected, ready);
    this.#spares.set(spare, {
      ready: false,
      unlisten: () => {
        for (const event of events) spare.off(event, drop);
        spare.off(connected, ready);
      },
    });
  }
}
