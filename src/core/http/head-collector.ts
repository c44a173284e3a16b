import type { ByteQueue } from '../bytes.js';
import { CR, IS_TOKEN, LF } from './fields.js';
import { HTTP2_PREFACE_LINE, parseRequestLine, parseStatusLine } from './start-line.js';

/** Empty lines in front of a head. RFC 9112 section 2.2 asks for one to be suffered; no sender is known to need more. */
const BLANK_LINES = 4;
const CAPITAL_H = 0x48;

export interface CollectFault {
  readonly code: 'E_HEAD_TOO_LARGE' | 'malformed';
  readonly message: string;
}

/**
 * Finds the end of a head in a queue, line by line, so that a head that comes byte by byte costs linear work. What
 * cannot become a head is refused as early as it shows, in its first byte or at the end of a line, because its sender
 * may be waiting for an answer: the blank line may never come.
 */
export class HeadCollector {
  readonly #queue: ByteQueue;
  readonly #headBytes: number;
  readonly #kind: 'request' | 'response';
  /** No head was completed on this stream yet. */
  #fresh = true;
  #firstChecked = false;
  #started = false;
  #start = 0;
  #lineStart = 0;

  constructor(queue: ByteQueue, headBytes: number, kind: 'request' | 'response') {
    this.#queue = queue;
    this.#headBytes = headBytes;
    this.#kind = kind;
  }

  /** Nothing but empty lines, or their beginnings, came so far. */
  get blank(): boolean {
    return !this.#firstChecked;
  }

  /** The length of the head that stands at the queue's front, once it is whole; until then what must be done instead. */
  collect(): number | 'more' | 'tunnel' | CollectFault {
    for (;;) {
      const first = this.#checkFirst();
      if (first !== null) return first;
      const lf = this.#queue.find(LF);
      if (lf < 0 ? this.#queue.length > this.#headBytes : lf >= this.#headBytes) return { code: 'E_HEAD_TOO_LARGE', message: '' };
      if (lf < 0) return 'more';
      if (this.#queue.before !== CR) return malformed('a LF is not preceded by CR');
      const end = lf + 1;
      if (end - this.#lineStart > 2) {
        const fault = this.#started ? null : this.#checkStartLine(end - 2);
        if (fault !== null) return fault;
        this.#started = true;
      } else if (this.#started) {
        return this.#complete(end);
      } else {
        this.#start = end;
        if (end > BLANK_LINES * 2) return malformed('too many empty lines stand in front of it');
      }
      this.#lineStart = end;
    }
  }

  #complete(length: number): number {
    this.#fresh = false;
    this.#firstChecked = false;
    this.#started = false;
    this.#start = 0;
    this.#lineStart = 0;
    return length;
  }

  #checkFirst(): 'tunnel' | CollectFault | null {
    if (this.#firstChecked) return null;
    const byte = this.#queue.at(this.#start);
    if (byte < 0 || byte === CR || byte === LF) return null;
    this.#firstChecked = true;
    if (this.#kind === 'response') return byte === CAPITAL_H ? null : malformed('it does not begin with HTTP');
    if (IS_TOKEN[byte] === 1) return null;
    // Only a whole connection can be something else. Between requests such a byte is a desync, or an attempt at one.
    return this.#fresh && this.#start === 0 ? 'tunnel' : malformed('it does not begin with a method');
  }

  #checkStartLine(end: number): 'tunnel' | CollectFault | null {
    const line = this.#queue.slice(this.#start, end);
    if (this.#kind === 'response') {
      const status = parseStatusLine(line);
      return typeof status === 'string' ? malformed(status) : null;
    }
    if (this.#fresh && this.#start === 0 && line.toString('latin1') === HTTP2_PREFACE_LINE) return 'tunnel';
    const request = parseRequestLine(line);
    return typeof request === 'string' ? malformed(request) : null;
  }
}

function malformed(message: string): CollectFault {
  return { code: 'malformed', message };
}
