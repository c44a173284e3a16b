import type { Socket } from 'node:net';
import { ClientError, type ProxyError, UpstreamError } from '../../core/errors.js';
import type { Connection, ConnectionSink } from '../../core/rewrite/connection.js';
import { Relay } from './relay.js';

export interface SpliceOptions {
  readonly client: Socket;
  /** Cuts the client's connection so that it sees it was cut. */
  readonly reset: () => void;
  /** A socket to the backend, connected or connecting. */
  readonly dial: () => Socket;
  /** 0: no bound. */
  readonly connectTimeoutMs: () => number;
  readonly nowMs: () => number;
  readonly connect: (sink: ConnectionSink) => Connection;
  /** Both sockets are gone. */
  readonly closed: (splice: Splice) => void;
}

/**
 * A reset keeps this distance from the last bytes: a client that finds both at once may drop the bytes (RFC 9293, section
 * 3.10.7.4, allows it) or, as libuv does, take the reset for an ordinary end.
 */
const RESET_DISTANCE_MS = 100;

/** A backend's socket that has served its time is given this long to be closed from the other side, whatever it still says. */
const LET_GO_MS = 1_000;

/** Two sockets joined: the client's, and the one to the backend, which may be dialled anew for each exchange. */
export class Splice implements ConnectionSink {
  readonly #options: SpliceOptions;
  readonly #client: Socket;
  #upstream: Socket | null = null;
  #connectBy = Infinity;
  #connectTimeoutMs = 0;
  #connected = false;
  #resetAtMs = Infinity;
  readonly #connection: Connection;
  readonly #request: Relay;
  /**
   * The answer takes no Relay: a Transform is one more queue, and one more turn of stream machinery, for each token. What the
   * core makes of a read is written to the client at once, and a client that is behind stops the reading.
   */
  readonly #answer = (chunk: Buffer): void => {
    this.checkAtMs = 0;
    this.#connection.fromUpstream(chunk, this.#options.nowMs());
  };
  #closed = false;
  /** When the owner's timer should look next; set back by every event. */
  checkAtMs = 0;

  constructor(options: SpliceOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#connection = options.connect(this);
    this.#request = new Relay((chunk) => {
      this.checkAtMs = 0;
      return this.#connection.fromClient(chunk, options.nowMs());
    });
    this.#wireClient(options.client);
  }

  /** Runs what is due; returns when to look again. */
  tick(nowMs: number): void {
    if (nowMs >= this.#connectBy) {
      this.#connectBy = Infinity;
      this.#lose(new UpstreamError('E_UPSTREAM_TIMEOUT', 504, `the backend did not accept a connection within ${this.#connectTimeoutMs} ms`));
    }
    if (nowMs >= this.#resetAtMs) {
      this.#options.reset();
      return;
    }
    this.#connection.tick(nowMs);
    this.checkAtMs = Math.min(this.#connection.deadlineMs() ?? Infinity, this.#connectBy, this.#resetAtMs);
  }

  /** No new exchange: the connection closes when the one under way is over. */
  drain(): void {
    this.checkAtMs = 0;
    this.#connection.drain(this.#options.nowMs());
  }

  /** The backend has moved: what begins from now on goes to where `dial` leads. */
  redial(): void {
    this.checkAtMs = 0;
    this.#connection.redial(this.#options.nowMs());
  }

  destroy(): void {
    this.#upstream?.destroy();
    this.#client.destroy();
  }

  dialUpstream(): void {
    if (this.#upstream !== null || this.#closed) return;
    const upstream = this.#options.dial();
    this.#upstream = upstream;
    this.#connectTimeoutMs = this.#options.connectTimeoutMs();
    this.#connected = !upstream.connecting;
    if (upstream.connecting && this.#connectTimeoutMs > 0) this.#connectBy = this.#options.nowMs() + this.#connectTimeoutMs;
    this.checkAtMs = 0;
    // A TLS backend is reached when its certificate has been checked.
    upstream.once('encrypted' in upstream ? 'secureConnect' : 'connect', () => {
      if (this.#upstream !== upstream) return;
      this.#connected = true;
      this.#connectBy = Infinity;
    });
    upstream.once('end', () => this.#upstreamEnded(upstream));
    upstream.on('error', (error) => this.#upstreamFailed(upstream, error));
    upstream.once('close', () => this.#upstreamFailed(upstream, new Error('the connection to the backend was closed')));
    if (this.#client.writableNeedDrain) upstream.pause();
    upstream.on('data', this.#answer);
    this.#request.pipe(upstream, { end: false });
  }

  toClient(bytes: Buffer): void {
    const client = this.#client;
    if (client.destroyed || client.writableEnded) return;
    if (!client.write(bytes)) this.#upstream?.pause();
  }

  toUpstream(bytes: Buffer): void {
    this.dialUpstream();
    this.#request.push(bytes);
  }

  readyForClient(): void {
    this.#request.ready();
  }

  endClient(): void {
    if (!this.#client.destroyed) this.#client.end();
  }

  endUpstream(): void {
    const upstream = this.#upstream;
    if (upstream === null) return;
    this.#request.afterOutput(upstream, () => {
      if (!upstream.destroyed) upstream.end();
    });
  }

  dropUpstream(): void {
    const upstream = this.#upstream;
    if (upstream === null) return;
    this.#detach(upstream);
    // What it was given is out; it closes when the backend has closed too, which not every backend does.
    upstream.end();
    upstream.resume();
    const timer = setTimeout(() => upstream.destroy(), LET_GO_MS).unref();
    upstream.once('end', () => upstream.destroy()).once('close', () => clearTimeout(timer));
  }

  destroyClient(why: ProxyError, reset: boolean): void {
    if (why instanceof ClientError && why.code === 'E_CLIENT_GONE') {
      this.#client.destroy();
      return;
    }
    if (this.#client.destroyed || this.#resetAtMs !== Infinity) return;
    if (reset && !this.#client.writableEnded) this.#client.write('', () => this.#resetSoon());
    else this.#client.end(() => this.#client.destroy());
  }

  destroyUpstream(): void {
    const upstream = this.#upstream;
    if (upstream === null) return;
    this.#detach(upstream);
    upstream.destroy();
  }

  #wireClient(client: Socket): void {
    const { nowMs } = this.#options;
    client.once('end', () => this.#request.afterInput(() => {
      this.checkAtMs = 0;
      if (!client.destroyed) this.#connection.clientEnded(nowMs());
    }));
    client.on('error', (error) => this.#connection.clientFailed(error));
    client.once('close', () => this.#clientClosed());
    client.on('drain', () => this.#upstream?.resume());
    client.pipe(this.#request, { end: false });
  }

  #clientClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.clientFailed(new Error('the client closed the connection'));
    this.destroyUpstream();
    this.#request.destroy();
    this.#options.closed(this);
  }

  #resetSoon(): void {
    this.#resetAtMs = this.#options.nowMs() + RESET_DISTANCE_MS;
    this.checkAtMs = 0;
  }

  #upstreamEnded(upstream: Socket): void {
    if (this.#upstream !== upstream) return;
    this.checkAtMs = 0;
    this.#connection.upstreamEnded(this.#options.nowMs());
  }

  #upstreamFailed(upstream: Socket, cause: Error): void {
    if (this.#upstream !== upstream) return;
    const { code } = cause as NodeJS.ErrnoException;
    this.#lose(
      !this.#connected
        ? new UpstreamError('E_UPSTREAM_REFUSED', 502, `the backend cannot be reached: ${cause.message === '' ? (code ?? 'no connection') : cause.message}`, { cause })
        : new UpstreamError('E_UPSTREAM_LOST', 502, `the connection to the backend was lost: ${cause.message}`, { cause }),
    );
  }

  #lose(error: UpstreamError): void {
    this.checkAtMs = 0;
    this.destroyUpstream();
    this.#connection.upstreamFailed(error, this.#options.nowMs());
  }

  #detach(upstream: Socket): void {
    this.#upstream = null;
    this.#connectBy = Infinity;
    this.#request.unpipe(upstream);
    upstream.off('data', this.#answer);
    upstream.on('error', () => undefined);
    this.#request.discardOutput();
  }
}
