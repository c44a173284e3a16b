import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isLoopbackName } from '../../core/rewrite/access.js';
import type { Connection, ConnectionSink } from '../../core/rewrite/connection.js';
import { Splice } from './splice.js';

export interface ServerOptions {
  /** A socket to the backend, for one client. */
  readonly dial: () => Socket;
  readonly connectTimeoutMs: () => number;
  readonly connect: (sink: ConnectionSink, loopbackClient: boolean, nowMs: number) => Connection;
  readonly nowMs: () => number;
}

/** One coarse timer serves all deadlines: whatever is due within the next beat is done in this one, so nothing is late. */
const BEAT_MS = 50;

/** Accepts clients and splices each to the backend. Listeners come and go; connections outlive theirs. */
export class ProxyServer {
  readonly #options: ServerOptions;
  readonly #splices = new Set<Splice>();
  #listener: Server | null = null;
  #timer: NodeJS.Timeout | null = null;
  #emptied: (() => void) | null = null;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#splices.size;
  }

  get address(): { readonly host: string; readonly port: number } | null {
    const address = this.#listener?.address() as AddressInfo | null | undefined;
    return address === null || address === undefined ? null : { host: address.address, port: address.port };
  }

  /**
   * Listens; a listener before it closes only once the new one is open.
   * @throws the system's error (`EADDRINUSE`, `EACCES`, ...), and then nothing has changed.
   */
  async listen(host: string, port: number): Promise<{ host: string; port: number }> {
    const before = this.#listener;
    const next = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject);
      next.listen({ host, port, backlog: 4096 }, () => {
        next.off('error', reject);
        resolve();
      });
    });
    // An accept that fails, for want of file descriptors, is the next client's loss only.
    next.on('error', () => undefined);
    this.#listener = next;
    before?.close();
    return this.address as { host: string; port: number };
  }

  /** The backend has moved. Exchanges under way stay where they are; the next of each client goes to where `dial` leads. */
  redial(): void {
    for (const splice of this.#splices) splice.redial();
  }

  /** Accepts no more, lets exchanges under way finish for `graceMs`, then cuts what is left. */
  async stop(graceMs: number): Promise<void> {
    this.#listener?.close();
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

  #accept(client: Socket): void {
    const { options, splices } = { options: this.#options, splices: this.#splices };
    const nowMs = options.nowMs();
    const local = isLoopbackName(client.remoteAddress ?? '');
    const splice = new Splice({
      client,
      dial: options.dial,
      connectTimeoutMs: options.connectTimeoutMs(),
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
