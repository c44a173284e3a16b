import { InternalError } from '../errors.js';

/** How a body is to be framed. `close`: it lasts until the connection ends. */
export type OutputFraming = { readonly kind: 'chunked' } | { readonly kind: 'length'; readonly length: number } | { readonly kind: 'close' };

const EMPTY = Buffer.alloc(0);
const CRLF = '\r\n';
const LAST_CHUNK = '0\r\n';

/**
 * Frames a payload. What is written between two flushes leaves as one buffer, and in the chunked coding as one chunk:
 * one write for each read is what keeps a token cheap. A body that must stay visibly truncated is simply not ended.
 */
export class BodyWriter {
  readonly #framing: OutputFraming;
  #slices: Buffer[] = [];
  #batch = 0;
  #written = 0;

  constructor(framing: OutputFraming) {
    this.#framing = framing;
  }

  /** Payload bytes written so far, flushed or not. */
  get written(): number {
    return this.#written;
  }

  /** Trailers given to `end` are kept. Elsewhere than in the chunked coding they have no place and are lost. */
  get keepsTrailers(): boolean {
    return this.#framing.kind === 'chunked';
  }

  /**
   * Collects a slice, which must not change until it is flushed.
   * @throws InternalError where a body of fixed length would grow longer
   */
  write(slice: Buffer): void {
    if (slice.length === 0) return;
    if (this.#framing.kind === 'length' && this.#written + slice.length > this.#framing.length) {
      throw new InternalError(`a body of ${this.#framing.length} bytes was given more`);
    }
    this.#written += slice.length;
    this.#batch += slice.length;
    const last = this.#slices.at(-1);
    if (last !== undefined && last.buffer === slice.buffer && last.byteOffset + last.length === slice.byteOffset) {
      this.#slices[this.#slices.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + slice.length);
    } else {
      this.#slices.push(slice);
    }
  }

  /** Forgets the batch: its bytes left some other way. */
  discard(): void {
    this.#slices = [];
    this.#batch = 0;
  }

  /** The batch as one buffer, or null if it is empty. Without framing, a single slice is returned as it is. */
  flush(): Buffer | null {
    if (this.#batch === 0) return null;
    const bytes = this.#framing.kind === 'chunked' ? this.#chunk('', EMPTY) : this.#joined();
    this.#slices = [];
    this.#batch = 0;
    return bytes;
  }

  /**
   * The batch and what ends the body, as one buffer; null if there is nothing to send.
   * @param trailers whole field lines, without the blank line
   * @throws InternalError where a body of fixed length is too short
   */
  end(trailers: Buffer = EMPTY): Buffer | null {
    if (this.#framing.kind === 'length' && this.#written !== this.#framing.length) {
      throw new InternalError(`a body of ${this.#framing.length} bytes ended after ${this.#written}`);
    }
    if (this.#framing.kind !== 'chunked') return this.flush();
    const bytes = this.#chunk(LAST_CHUNK, trailers);
    this.#slices = [];
    this.#batch = 0;
    return bytes;
  }

  #joined(): Buffer {
    const [only] = this.#slices;
    return only !== undefined && this.#slices.length === 1 ? only : Buffer.concat(this.#slices, this.#batch);
  }

  #chunk(ending: string, trailers: Buffer): Buffer {
    const size = this.#batch === 0 ? '' : `${this.#batch.toString(16)}${CRLF}`;
    const tail = `${this.#batch === 0 ? '' : CRLF}${ending}`;
    const closing = ending === '' ? '' : CRLF;
    const bytes = Buffer.allocUnsafe(size.length + this.#batch + tail.length + trailers.length + closing.length);
    let at = bytes.write(size, 0, 'latin1');
    for (const slice of this.#slices) at += slice.copy(bytes, at);
    at += bytes.write(tail, at, 'latin1');
    at += trailers.copy(bytes, at);
    bytes.write(closing, at, 'latin1');
    return bytes;
  }
}
