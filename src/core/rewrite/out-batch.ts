/**
 * What one read produces for one side, sent as one buffer: neighbours in memory become one slice again, a single slice is
 * passed on as it is, and only several are copied together. At most one write per read.
 */
export class OutBatch {
  readonly #send: (bytes: Buffer) => void;
  #slices: Buffer[] = [];
  #bytes = 0;

  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    const last = this.#slices.length - 1;
    const before = this.#slices[last];
    if (before !== undefined && before.buffer === bytes.buffer && before.byteOffset + before.length === bytes.byteOffset) {
      this.#slices[last] = Buffer.from(before.buffer, before.byteOffset, before.length + bytes.length);
    } else {
      this.#slices.push(bytes);
    }
  }

  flush(): void {
    const [first] = this.#slices;
    if (first === undefined) return;
    const bytes = this.#slices.length === 1 ? first : Buffer.concat(this.#slices, this.#bytes);
    this.#slices = [];
    this.#bytes = 0;
    this.#send(bytes);
  }
}
