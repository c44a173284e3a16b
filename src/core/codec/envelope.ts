/** Where events end. */

/**
 * `data` carries JSON, `done` is the end marker of an SSE stream (`[DONE]`), `quiet` carries nothing to read: comments,
 * pings, blank lines, fields without data.
 */
export type EventKind = 'data' | 'done' | 'quiet';

const EMPTY = Buffer.alloc(0);

/**
 * One NDJSON line, SSE event or JSON document, its delimiters included.
 * The JSON is `body[bodyStart, bodyEnd)`; `body` is `raw` itself, or a joined copy where an SSE event has several data lines.
 */
export class WireEvent {
  readonly raw: Buffer;
  readonly kind: EventKind;
  readonly body: Buffer;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  #data: Buffer | null = null;

  private constructor(raw: Buffer, kind: EventKind, body: Buffer, bodyStart: number, bodyEnd: number) {
    this.raw = raw;
    this.kind = kind;
    this.body = body;
    this.bodyStart = bodyStart;
    this.bodyEnd = bodyEnd;
  }

  /** The JSON stands in `raw` in one piece. */
  static data(raw: Buffer, start: number, end: number): WireEvent {
    return new WireEvent(raw, 'data', raw, start, end);
  }

  /** The JSON was joined from several lines. */
  static joined(raw: Buffer, data: Buffer): WireEvent {
    return new WireEvent(raw, 'data', data, 0, data.length);
  }

  static done(raw: Buffer): WireEvent {
    return new WireEvent(raw, 'done', EMPTY, 0, 0);
  }

  static quiet(raw: Buffer): WireEvent {
    return new WireEvent(raw, 'quiet', EMPTY, 0, 0);
  }

  /** The JSON bytes, or null where there are none. Cut on demand: the fast path never needs it. */
  get data(): Buffer | null {
    if (this.kind !== 'data') return null;
    return (this.#data ??= this.body.subarray(this.bodyStart, this.bodyEnd));
  }

  /** A comment, a ping, a blank line: it keeps its place and carries nothing to read. */
  get comment(): boolean {
    return this.kind === 'quiet';
  }

  /** Where `data` begins in `raw`; -1 where it is no piece of `raw`. */
  get dataStart(): number {
    return this.kind === 'data' && this.body === this.raw ? this.bodyStart : -1;
  }
}

/**
 * Cuts a byte stream into events. The `raw` of all events and then `rest()` are the input, byte for byte, always.
 * An event that lies within one write is a piece of that write's buffer; only events that span writes are copied.
 */
export interface Splitter {
  /** Delivers every event that ends here, in order, before it returns. */
  write(bytes: Buffer): void;
  /** The stream ended: what is left is delivered as an event, terminated or not. */
  end(): void;
  /**
   * Takes what was not yet delivered and closes the splitter; the sink may call it. A closed splitter only stores: pass
   * further bytes on yourself.
   */
  rest(): Buffer;
  /** Between two events, with nothing in hand: an event of this many bytes may pass by it. */
  mayPass(length: number): boolean;
  /** An event was longer than allowed. Nothing is cut any more: take `rest()`. */
  readonly overflowed: boolean;
}

export type EventSink = (event: WireEvent) => void;

export interface Envelope {
  readonly name: 'ndjson' | 'sse' | 'json';
  /**
   * Where the JSON begins in bytes [from, to), if they look like one usual event whose JSON is a line that goes on up to
   * `tailBytes` before `to`; -1 where they do not. Whether it is JSON, and one line, is for others to say.
   */
  usual?(bytes: Buffer, from: number, to: number): number;
  /** Bytes that end a usual event. */
  readonly tailBytes: number;
  /** @param maxEventBytes the longest event, delimiters included. */
  open(sink: EventSink, maxEventBytes: number): Splitter;
}
