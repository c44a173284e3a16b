import { Transform, type TransformCallback, type Writable } from 'node:stream';

const NOTHING = Buffer.alloc(0);

/**
 * One direction of a splice: what is written goes to `receive`, and what the core answers is pushed. Backpressure is the
 * stream's own; besides, `receive` may ask to be given no more until `ready`. A relay never ends by itself: it outlives the
 * upstream sockets it serves one after the other.
 */
export class Relay extends Transform {
  readonly #receive: (chunk: Buffer) => boolean;
  #release: TransformCallback | null = null;

  /** @param receive takes the next chunk; false: no more until `ready` is called. */
  constructor(receive: (chunk: Buffer) => boolean) {
    super();
    this.#receive = receive;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0 || this.#receive(chunk)) done();
    else this.#release = done;
  }

  ready(): void {
    const release = this.#release;
    this.#release = null;
    release?.();
  }

  /** Calls back when everything written so far has been received. */
  afterInput(then: () => void): void {
    this.write(NOTHING, () => then());
  }

  /** Calls back when everything pushed so far has been handed to `target`. */
  afterOutput(target: Writable, then: () => void): void {
    if (this.readableLength === 0 || target.destroyed) then();
    else if (target.writableNeedDrain) target.once('drain', () => this.afterOutput(target, then));
    else setImmediate(() => this.afterOutput(target, then));
  }

  /** Forgets what was pushed for a socket that is gone. */
  discardOutput(): void {
    while (this.read() !== null);
  }
}
