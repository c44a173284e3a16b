import { WireEvent, type Envelope } from './envelope.js';
import { EventSplitter, type Cutter } from './splitter.js';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BRACE = 0x7b;
const DATA = Buffer.from('data');
const DONE = Buffer.from('[DONE]');
const EVENT = Buffer.from('event:');
/** An event shorter than this says nothing. */
const LEAST_EVENT = 10;
const NEVER = Number.MAX_SAFE_INTEGER;

/** One line of an event: the bytes before its end, and where the next begins. */
export interface SseLine {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** Where the value of a data field stands (`valueStart` to `end`), or -1 for any other line. */
  readonly valueStart: number;
}

/** Where the value of a `data` field begins in the line [start, end), or -1. One space behind the colon is no part of it. */
function dataValueStart(raw: Buffer, start: number, end: number): number {
  if (end - start < DATA.length) return -1;
  for (let i = 0; i < DATA.length; i += 1) if (raw[start + i] !== DATA[i]) return -1;
  const colon = start + DATA.length;
  if (colon === end) return end;
  if (raw[colon] !== COLON) return -1;
  return colon + 1 < end && raw[colon + 1] === SPACE ? colon + 2 : colon + 1;
}

/** The lines of one event, from `from` on. */
export function* sseLines(raw: Buffer, from: number): Generator<SseLine> {
  let start = from;
  while (start < raw.length) {
    let end = start;
    while (end < raw.length && raw[end] !== LF && raw[end] !== CR) end += 1;
    const next = raw[end] === CR && raw[end + 1] === LF ? end + 2 : Math.min(end + 1, raw.length);
    yield { start, end, next, valueStart: dataValueStart(raw, start, end) };
    start = next;
  }
}

/** Bytes of the byte order mark that may open a stream. */
export function bomBytes(raw: Buffer): number {
  return raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
}

class SseCutter implements Cutter {
  #bytes: Buffer = Buffer.alloc(0);
  // The next line ends of either sort in the bytes in hand; -1 where not yet looked for.
  #lf = -1;
  #cr = -1;
  #lineEmpty = true;
  // The bytes before ended in CR: an LF that follows belongs to that line end.
  #afterCr = false;
  #first = true;
  // What next() saw of the event in hand.
  #lines = 0;
  #sawCr = false;

  get idle(): boolean {
    return this.#lineEmpty && !this.#afterCr && !this.#first;
  }

  feed(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#lf = this.#cr = -1;
  }

  next(from: number): number {
    let at = from;
    if (this.#afterCr && from === 0) {
      if (this.#bytes[0] === LF) at = 1;
      this.#afterCr = false;
    }
    for (;;) {
      const lineEnd = this.#lineEnd(at);
      if (lineEnd === NEVER) {
        if (at < this.#bytes.length) this.#lineEmpty = false;
        return -1;
      }
      const blank = this.#lineEmpty && lineEnd === at;
      at = lineEnd + 1;
      this.#lines += 1;
      if (this.#bytes[lineEnd] === CR) {
        this.#sawCr = true;
        if (at === this.#bytes.length) this.#afterCr = true;
        else if (this.#bytes[at] === LF) at += 1;
      }
      this.#lineEmpty = true;
      if (blank) return at;
    }
  }

  #lineEnd(from: number): number {
    if (this.#lf < from) this.#lf = this.#find(LF, from);
    if (this.#cr < from) this.#cr = this.#find(CR, from);
    return Math.min(this.#lf, this.#cr);
  }

  #find(byte: number, from: number): number {
    const at = this.#bytes.indexOf(byte, from);
    return at < 0 ? NEVER : at;
  }

  event(raw: Buffer): WireEvent {
    const usual = this.#lines === 2 && !this.#sawCr && !this.#first;
    const from = this.#first ? bomBytes(raw) : 0;
    this.#first = this.#sawCr = false;
    this.#lines = 0;
    if (usual) {
      // Two line ends, both LF: one line and the blank one. Nearly every event is like this.
      const start = dataValueStart(raw, 0, raw.length - 2);
      if (start > 0 && raw[start] === BRACE) return WireEvent.data(raw, start, raw.length - 2);
    }
    return readFields(raw, from);
  }
}

function readFields(raw: Buffer, from: number): WireEvent {
  const values: Buffer[] = [];
  let [start, end] = [0, 0];
  for (const line of sseLines(raw, from)) {
    if (line.valueStart < 0) continue;
    [start, end] = [line.valueStart, line.end];
    values.push(raw.subarray(start, end));
  }
  const [only] = values;
  if (only === undefined) return WireEvent.quiet(raw);
  if (values.length > 1) return WireEvent.joined(raw, joinLines(values));
  if (only.equals(DONE)) return WireEvent.done(raw);
  return only.length === 0 ? WireEvent.quiet(raw) : WireEvent.data(raw, start, end);
}

/** One data line and a blank one, perhaps behind a line that names the event: where the data begins. */
function usualStart(bytes: Buffer, from: number, to: number): number {
  if (to - from < LEAST_EVENT || bytes[to - 1] !== LF || bytes[to - 2] !== LF) return -1;
  if (bytes[from] !== EVENT[0]) return dataValueStart(bytes, from, to - 2);
  let lineEnd = from;
  for (; lineEnd < to - 2 && bytes[lineEnd] !== LF; lineEnd += 1) {
    // A CR would be a line end of its own.
    if (bytes[lineEnd] === CR || (lineEnd - from < EVENT.length && bytes[lineEnd] !== EVENT[lineEnd - from])) return -1;
  }
  return lineEnd - from < EVENT.length ? -1 : dataValueStart(bytes, lineEnd + 1, to - 2);
}

/** Data lines are joined by LF (WHATWG HTML, section 9.2.6). */
function joinLines(lines: readonly Buffer[]): Buffer {
  const newline = Buffer.from([LF]);
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [newline, line])));
}

/**
 * Server-sent events (WHATWG HTML, section 9.2): lines end in LF, CRLF or CR, a blank line ends an event, one byte order
 * mark may open the stream. An event is delivered at the CR of its blank line; an LF that follows in a later write opens the next event's `raw`.
 */
export const sse: Envelope = {
  name: 'sse',
  usual: usualStart,
  tailBytes: 2,
  open: (sink, maxEventBytes) => new EventSplitter(new SseCutter(), sink, maxEventBytes),
};
