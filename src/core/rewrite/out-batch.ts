/**
 * What one read produces for one side, sent as one buffer: neighbours in memory become one slice again, a single slice is
 * passed on as it is, and only several are copied together. At most one write per read.
 */
export class OutBatch {
  readonly #send: (bytes: Buffer) => void;
  /** The slice in hand: nearly always the only one. */
  #last: Buffer | null = null;
  #before: Buffer[] = [];

  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const last = this.#last;
    if (last === null) {
      this.#last = bytes;
    } else if (last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset) {
      this.#last = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length);
    } else {
      this.#before.push(last);
      this.#last = bytes;
    }
  }

  flush(): void {
    const last = this.#last;
    if (last === null) return;
    this.#last = null;
    if (this.#before.length === 0) {
      this.#send(last);
      return;
    }
    const slices = this.#before;
    this.#before = [];
    slices.push(last);
    this.#send(Buffer.concat(slices));
  }
}
