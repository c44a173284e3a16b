/** The way out to one client: writes, waits while the client is slow, stops when it is gone. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { constants, createGzip, gzipSync, type Gzip } from 'node:zlib';
import type { Presence } from './presence.js';

export interface OutletOptions {
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly closeAfter?: boolean;
}

export class Outlet {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #presence: Presence;
  #gzip: Gzip | null = null;
  /** Compressed bytes not yet sent. */
  #compressed: Buffer[] = [];

  constructor(response: ServerResponse, socket: Socket, presence: Presence) {
    this.#response = response;
    this.#socket = socket;
    this.#presence = presence;
  }

  /** Sets the head of a stream. It leaves with the first write. */
  open(contentType: string, options: OutletOptions): void {
    this.#head(200, contentType, options);
    if (options.gzip === true) this.#gzip = createGzip().on('data', (bytes: Buffer) => this.#compressed.push(bytes));
  }

  /** Sends one event. False: the client is gone. */
  async write(text: string): Promise<boolean> {
    if (this.#presence.left !== null) return false;
    return this.#gzip === null ? this.#send(text) : this.#compress(this.#gzip, text);
  }

  /** Sends beside the order of things, for pings that come while an answer waits. Not for compressed answers. */
  interject(text: string): void {
    if (this.#presence.left === null && this.#gzip === null) this.#response.write(text);
  }

  /** Ends a stream. */
  async end(options: OutletOptions): Promise<void> {
    const gzip = this.#gzip;
    if (gzip !== null) {
      await this.#presence.until((done) => {
        gzip.once('end', done).end();
        return () => gzip.removeListener('end', done);
      });
      await this.#sendCompressed();
    }
    this.#finish(null, options);
  }

  /** Sends a whole answer. With `bytes`, only so many of it, under a head that announces all. */
  document(status: number, contentType: string, text: string, options: OutletOptions, bytes = Infinity): void {
    if (this.#presence.left !== null) return;
    const body = options.gzip === true ? gzipSync(text) : Buffer.from(text);
    this.#response.setHeader('content-length', body.length);
    this.#head(status, contentType, options);
    if (bytes < body.length) this.#response.write(body.subarray(0, bytes));
    else this.#finish(body, options);
  }

  /** Loses the connection after what was written. */
  async cut(how: 'fin' | 'reset'): Promise<void> {
    const flushed = await this.#presence.until((done) => {
      this.#socket.write('', () => done());
      return () => undefined;
    });
    if (!flushed) return;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #head(status: number, contentType: string, options: OutletOptions): void {
    this.#response.statusCode = status;
    this.#response.setHeader('content-type', contentType);
    if (options.gzip === true) this.#response.setHeader('content-encoding', 'gzip');
    for (const [name, value] of Object.entries(options.headers ?? {})) this.#response.setHeader(name, value);
  }

  #finish(body: Buffer | null, options: OutletOptions): void {
    if (options.closeAfter === true) this.#response.once('finish', () => this.#socket.end());
    if (body === null) this.#response.end();
    else this.#response.end(body);
  }

  async #compress(gzip: Gzip, text: string): Promise<boolean> {
    gzip.write(text);
    const here = await this.#presence.until((done) => {
      gzip.flush(constants.Z_SYNC_FLUSH, done);
      return () => undefined;
    });
    return here && this.#sendCompressed();
  }

  #sendCompressed(): Promise<boolean> {
    const bytes = Buffer.concat(this.#compressed);
    this.#compressed = [];
    return this.#send(bytes);
  }

  async #send(bytes: string | Buffer): Promise<boolean> {
    if (this.#presence.left !== null) return false;
    if (this.#response.write(bytes)) return true;
    return this.#presence.until((done) => {
      this.#response.once('drain', done);
      return () => this.#response.removeListener('drain', done);
    });
  }
}
