const EMPTY = Buffer.alloc(0);

/**
 * A queue of bytes made of the buffers they came in. Nothing is copied until a piece is taken that spans two of them,
 * and no byte is searched twice, so that input cut into single bytes costs linear time. It has no limit of its own:
 * whoever appends compares `length` with a limit.
 */
export class ByteQueue {
  #buffers: Buffer[] = [];
  /** Index of the first buffer that still has bytes; those before it are spent. */
  #first = 0;
  /** Bytes of the first buffer already gone. */
  #offset = 0;
  #length = 0;
  /** Where the search goes on: a buffer, a place in it, and the same place counted from the front of the queue. */
  #searchBuffer = 0;
  #searchAt = 0;
  #searched = 0;
  #before = -1;

  /** Bytes in the queue. */
  get length(): number {
    return this.#length;
  }

  /** The byte in front of the one `find` found last; -1 where that one was the first of the queue. */
  get before(): number {
    return this.#before;
  }

  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#buffers.push(bytes);
    this.#length += bytes.length;
  }

  /**
   * The offset from the front of the next `byte` that no search has passed yet, or -1. The search then stands behind
   * it, or at the end: bytes it has passed are never looked at again, whatever byte is asked for.
   */
  find(byte: number): number {
    while (this.#searchBuffer < this.#buffers.length) {
      const buffer = this.#buffers[this.#searchBuffer] ?? EMPTY;
      const from = this.#searchBuffer === this.#first ? Math.max(this.#searchAt, this.#offset) : this.#searchAt;
      const found = buffer.indexOf(byte, from);
      if (found >= 0) {
        const offset = this.#searched + found - from;
        this.#before = offset === 0 ? -1 : found > 0 ? (buffer[found - 1] ?? -1) : this.#lastOf(this.#searchBuffer - 1);
        this.#searched = offset + 1;
        this.#searchAt = found + 1;
        return offset;
      }
      this.#searched += buffer.length - from;
      this.#searchBuffer += 1;
      this.#searchAt = 0;
    }
    return -1;
  }

  /** The byte at an offset from the front, or -1. Costs one step for each buffer in front of it: for small offsets. */
  at(offset: number): number {
    let left = offset + this.#offset;
    for (let index = this.#first; index < this.#buffers.length; index += 1) {
      const buffer = this.#buffers[index] ?? EMPTY;
      if (left < buffer.length) return buffer[left] ?? -1;
      left -= buffer.length;
    }
    return -1;
  }

  /** The bytes at the front that lie in one buffer, not copied and not taken; empty if there are none. */
  front(): Buffer {
    const buffer = this.#buffers[this.#first];
    if (buffer === undefined) return EMPTY;
    return this.#offset === 0 ? buffer : buffer.subarray(this.#offset);
  }

  /** Takes `count` bytes, at most all: without a copy where they lie in one buffer. */
  take(count: number): Buffer {
    const bytes = this.slice(0, count);
    this.drop(bytes.length);
    return bytes;
  }

  takeAll(): Buffer {
    return this.take(this.#length);
  }

  /** The bytes from `start` to `end`, not taken: without a copy where they lie in one buffer. */
  slice(start: number, end: number): Buffer {
    const stop = Math.min(end, this.#length);
    if (start >= stop) return EMPTY;
    let skip = start + this.#offset;
    let index = this.#first;
    let buffer = this.#buffers[index] ?? EMPTY;
    while (skip >= buffer.length) {
      skip -= buffer.length;
      index += 1;
      buffer = this.#buffers[index] ?? EMPTY;
    }
    const count = stop - start;
    if (skip + count <= buffer.length) return skip === 0 && count === buffer.length ? buffer : buffer.subarray(skip, skip + count);
    const whole = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      filled += buffer.copy(whole, filled, skip, skip + count - filled);
      skip = 0;
      index += 1;
      buffer = this.#buffers[index] ?? EMPTY;
    }
    return whole;
  }

  /** Forgets `count` bytes at the front, at most all. */
  drop(count: number): void {
    if (count >= this.#length) {
      this.clear();
      return;
    }
    this.#length -= count;
    this.#searched = Math.max(0, this.#searched - count);
    let at = this.#offset + count;
    let buffer = this.#buffers[this.#first] ?? EMPTY;
    while (at >= buffer.length) {
      at -= buffer.length;
      this.#first += 1;
      buffer = this.#buffers[this.#first] ?? EMPTY;
    }
    this.#offset = at;
    if (this.#searchBuffer < this.#first || (this.#searchBuffer === this.#first && this.#searchAt < at)) {
      this.#searchBuffer = this.#first;
      this.#searchAt = at;
    }
    // Spent buffers are let go in bulk, so that dropping stays linear however many there were.
    if (this.#first > 32 && this.#first * 2 > this.#buffers.length) {
      this.#buffers.splice(0, this.#first);
      this.#searchBuffer -= this.#first;
      this.#first = 0;
    }
  }

  clear(): void {
    this.#buffers.length = 0;
    this.#first = 0;
    this.#offset = 0;
    this.#length = 0;
    this.#searchBuffer = 0;
    this.#searchAt = 0;
    this.#searched = 0;
  }

  #lastOf(index: number): number {
    const buffer = this.#buffers[index] ?? EMPTY;
    return buffer[buffer.length - 1] ?? -1;
  }
}
