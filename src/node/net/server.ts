import type { Socket } from 'node:net';
import { isLoopbackName } from '../../core/rewrite/access.js';
import type { Connection, ConnectionSink } from '../../core/rewrite/connection.js';
import type { MakeAcceptor } from './acceptor.js';
import type { Certificate } from './certificate.js';
import { type BoundAddress, Listener, type ListenerOptions } from './listener.js';
import { Splice } from './splice.js';

export interface ServerOptions {
  /** A socket to the backend, for one client. */
  readonly dial: () => Socket;
  readonly connectTimeoutMs: () => number;
  readonly connect: (sink: ConnectionSink, loopbackClient: boolean, nowMs: number) => Connection;
  readonly nowMs: () => number;
  /** A TLS handshake is given this long. */
  readonly handshakeMs: () => number;
  readonly onHandshakeFault: (message: string) => void;
  /** Where clients come from; default: a listening socket of this process. */
  readonly acceptor?: MakeAcceptor;
}

/** One coarse timer serves all deadlines: whatever is due within the next beat is done in this one, so nothing is late. */
const BEAT_MS = 50;

/** Accepts clients and splices each to the backend. Listeners come and go; connections outlive theirs. */
export class ProxyServer {
  readonly #options: ServerOptions;
  readonly #splices = new Set<Splice>();
  readonly #listening: ListenerOptions;
  #listener: Listener | null = null;
  #certificate: Certificate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #emptied: (() => void) | null = null;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { handshakeMs, onHandshakeFault, acceptor } = options;
    this.#listening = { accept: (client, reset) => this.#accept(client, reset), handshakeMs, onHandshakeFault, ...(acceptor === undefined ? {} : { acceptor }) };
  }

  get connections(): number {
    return this.#splices.size;
  }

  get address(): BoundAddress | null {
    return this.#listener?.address ?? null;
  }

  /**
   * Listens; a listener before it closes only once the new one is open. Only where the new address holds the old one, as
   * 0.0.0.0 holds 127.0.0.1 on the same port, the old one has to go first, and comes back if the new one cannot be had.
   * @param certificate null: no TLS; absent: as before
   * @throws the system's error (`EADDRINUSE`, `EACCES`, ...), and then nothing has changed.
   */
  async listen(host: string, port: number, certificate: Certificate | null = this.#certificate): Promise<BoundAddress> {
    const before = this.#listener;
    const next = new Listener(this.#listening, certificate);
    try {
      await next.open(host, port);
      before?.closeSoon();
    } catch (error) {
      const own = before?.address ?? null;
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || own?.port !== port || own.host === host) throw error;
      return this.#takeOver(before as Listener, own, host, certificate);
    }
    this.#listener = next;
    this.#certificate = certificate;
    return next.address as BoundAddress;
  }

  async #takeOver(before: Listener, own: BoundAddress, host: string, certificate: Certificate | null): Promise<BoundAddress> {
    before.close();
    try {
      const next = new Listener(this.#listening, certificate);
      const address = await next.open(host, own.port);
      this.#listener = next;
      this.#certificate = certificate;
      return address;
    } catch (error) {
      this.#listener = new Listener(this.#listening, this.#certificate);
      await this.#listener.open(own.host, own.port);
      throw error;
    }
  }

  /** Clients who come from now on are shown this certificate; null: they speak no TLS. Connections go on as they are. */
  secure(certificate: Certificate | null): void {
    this.#certificate = certificate;
    this.#listener?.secure(certificate);
  }

  /** The backend has moved. Exchanges under way stay where they are; the next of each client goes to where `dial` leads. */
  redial(): void {
    for (const splice of this.#splices) splice.redial();
  }

  /** Accepts no more, lets exchanges under way finish for `graceMs`, then cuts what is left. */
  async stop(graceMs: number): Promise<void> {
    this.#listener?.close();
    this.#listener?.abandon();
    this.#listener = null;
    for (const splice of this.#splices) splice.drain();
    if (this.#splices.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#emptied = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const splice of this.#splices) splice.destroy();
    this.#stopBeat();
  }

  #accept(client: Socket, reset: () => void): void {
    const { options, splices } = { options: this.#options, splices: this.#splices };
    const nowMs = options.nowMs();
    const local = isLoopbackName(client.remoteAddress ?? '');
    const splice = new Splice({
      client,
      reset,
      dial: options.dial,
      connectTimeoutMs: options.connectTimeoutMs,
      nowMs: options.nowMs,
      connect: (sink) => options.connect(sink, local, nowMs),
      closed: (closed) => {
        splices.delete(closed);
        if (splices.size > 0) return;
        this.#stopBeat();
        this.#emptied?.();
      },
    });
    splices.add(splice);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  #beat(): void {
    const soonMs = this.#options.nowMs() + BEAT_MS;
    for (const splice of this.#splices) if (splice.checkAtMs <= soonMs) splice.tick(soonMs);
  }

  #stopBeat(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
