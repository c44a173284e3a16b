import type { EventSink, Splitter, WireEvent } from './envelope.js';

/** Finds the ends of events in bytes that come in pieces. It keeps its state between calls and sees each byte once. */
export interface Cutter {
  /** These bytes follow those before. */
  feed(bytes: Buffer): void;
  /** Where the event that goes on at `from` ends in the bytes fed last (exclusive), or -1 if beyond them. */
  next(from: number): number;
  /** It would read the next event the same had it seen nothing since the last event began. */
  readonly idle: boolean;
  /** Reads an event's fields. Called in order, once an event. */
  event(raw: Buffer): WireEvent;
}

const EMPTY = Buffer.alloc(0);
const LEAST_BYTES = 1_024;

/** The one splitter of all envelopes: it owns the bytes, a cutter knows the format. */
export class EventSplitter implements Splitter {
  readonly #cutter: Cutter;
  readonly #sink: EventSink;
  readonly #maxEventBytes: number;
  // The beginning of an event from earlier writes: a buffer that doubles, so that tiny writes cost linear time and space.
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  // The write in hand, delivered up to #at.
  #bytes: Buffer = EMPTY;
  #at = 0;
  #closed = false;
  #overflowed = false;

  constructor(cutter: Cutter, sink: EventSink, maxEventBytes: number) {
    this.#cutter = cutter;
    this.#sink = sink;
    this.#maxEventBytes = maxEventBytes;
  }

  mayPass(length: number): boolean {
    return !this.#closed && this.#heldBytes === 0 && length <= this.#maxEventBytes && this.#cutter.idle;
  }

  get overflowed(): boolean {
    return this.#overflowed;
  }

  write(bytes: Buffer): void {
    // Bytes left in hand mean that the sink threw in the write before: cutting on would lose our place.
    if (this.#at < this.#bytes.length) this.#closed = true;
    this.#store();
    this.#bytes = bytes;
    if (!this.#closed) this.#cut();
    this.#store();
  }

  end(): void {
    if (!this.#closed && this.#heldBytes > 0) this.#deliver(0);
    this.#closed = true;
  }

  rest(): Buffer {
    this.#closed = true;
    const inHand = this.#bytes.subarray(this.#at);
    const held = this.#held.subarray(0, this.#heldBytes);
    this.#held = this.#bytes = EMPTY;
    this.#heldBytes = this.#at = 0;
    if (held.length === 0) return inHand;
    return inHand.length === 0 ? held : Buffer.concat([held, inHand]);
  }

  #cut(): void {
    this.#cutter.feed(this.#bytes);
    while (!this.#closed && this.#at < this.#bytes.length) {
      const end = this.#cutter.next(this.#at);
      const eventBytes = this.#heldBytes + (end < 0 ? this.#bytes.length : end) - this.#at;
      if (eventBytes > this.#maxEventBytes) this.#overflowed = this.#closed = true;
      else if (end < 0) return;
      else this.#deliver(end);
    }
  }

  #deliver(end: number): void {
    let raw: Buffer;
    if (this.#heldBytes > 0) {
      this.#append(this.#at, end);
      raw = this.#held.subarray(0, this.#heldBytes);
      this.#held = EMPTY;
      this.#heldBytes = 0;
    } else {
      raw = this.#at === 0 && end === this.#bytes.length ? this.#bytes : this.#bytes.subarray(this.#at, end);
    }
    // The place moves on before the sink runs, so that rest() is right inside it and after it throws.
    this.#at = end;
    this.#sink(this.#cutter.event(raw));
  }

  #store(): void {
    if (this.#at < this.#bytes.length) this.#append(this.#at, this.#bytes.length);
    this.#bytes = EMPTY;
    this.#at = 0;
  }

  #append(start: number, end: number): void {
    const needed = this.#heldBytes + end - start;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(LEAST_BYTES, this.#heldBytes === 0 ? needed : needed * 2));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    this.#bytes.copy(this.#held, this.#heldBytes, start, end);
    this.#heldBytes = needed;
  }
}
