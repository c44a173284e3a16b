import { WireEvent, type Envelope } from './envelope.js';
import { EventSplitter, type Cutter } from './splitter.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** True where bytes [start, end) are JSON white space, or nothing. */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== 0x09 && byte !== LF && byte !== CR) return false;
  }
  return true;
}

class LineCutter implements Cutter {
  readonly idle = true;
  #bytes: Buffer = Buffer.alloc(0);

  feed(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  next(from: number): number {
    return this.#bytes.indexOf(LF, from) + 1 || -1;
  }

  event(raw: Buffer): WireEvent {
    let end = raw.length;
    if (raw[end - 1] === LF) end -= 1;
    if (end < raw.length && raw[end - 1] === CR) end -= 1;
    return isBlank(raw, 0, end) ? WireEvent.quiet(raw) : WireEvent.data(raw, 0, end);
  }
}

/** One JSON value a line, as Ollama streams. Lines end in LF or CRLF; blank lines are quiet events. */
export const ndjson: Envelope = {
  name: 'ndjson',
  usual: (bytes, from, to) => (bytes[to - 1] === LF ? from : -1),
  tailBytes: 1,
  open: (sink, maxEventBytes) => new EventSplitter(new LineCutter(), sink, maxEventBytes),
};
