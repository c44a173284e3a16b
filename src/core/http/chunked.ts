import { CR, hex, IS_TOKEN, IS_VALUE, LF, scanFields } from './fields.js';

/**
 * Bytes of chunk extensions in one message. Nobody uses them, and a sender may put kilobytes before each byte of
 * data; Node's own server stops at the same number. They are passed over, not kept.
 */
const EXTENSION_BYTES = 16_384;

/** Hex digits of one chunk size, leading zeros included. */
const SIZE_DIGITS = 16;

/** Fields that would change what was decided by the head (RFC 9110 section 6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host', 'connection', 'upgrade']);

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the decoder stands. Numbers, since this is switched on for every framing byte of every token. */
const START = 0;
const SIZE = 1;
const NAME_START = 2;
const NAME = 3;
const VALUE_START = 4;
const VALUE = 5;
const QUOTED = 6;
const ESCAPED = 7;
const QUOTED_END = 8;
const SIZE_LF = 9;
const DATA = 10;
const DATA_CR = 11;
const DATA_LF = 12;
const TRAILERS = 13;
const DONE = 14;
const BAD = 15;

/**
 * The chunked coding (RFC 9112 section 7.1), strict and without copies: CRLF exactly, no white space, well-formed
 * extensions, whole trailers. One decoder serves one message; `step` is called until it is `done` or has a `fault`.
 */
export class ChunkedDecoder {
  readonly #trailerBytes: number;
  #state = START;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerParts: Buffer[] = [];
  #trailerLength = 0;
  #lineLength = 0;
  #last = 0;

  /** After a step: the payload it found, as offsets into its bytes. Empty where both are equal. */
  from = 0;
  to = 0;
  /** What is wrong, as a sentence; null where nothing is. */
  fault: string | null = null;
  /** The trailer lines as received, without the blank line; null while not `done`, and where there are none. */
  trailers: Buffer | null = null;

  /** @param trailerBytes the most bytes of trailers that are read, blank line included */
  constructor(trailerBytes: number) {
    this.#trailerBytes = trailerBytes;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** Before a chunk: what was read so far is whole chunks. */
  get atBoundary(): boolean {
    return this.#state === START;
  }

  /**
   * Reads from `at` up to the end of the next piece of payload, or of the bytes, or of the message. Returns where it
   * stopped; at a fault that is the byte at fault, or the start of the trailers' last piece.
   */
  step(bytes: Buffer, at: number): number {
    this.from = 0;
    this.to = 0;
    let position = at;
    while (position < bytes.length) {
      if (this.#state === DATA) return this.#data(bytes, position);
      if (this.#state >= TRAILERS) return this.#state === TRAILERS ? this.#readTrailers(bytes, position) : position;
      const next = this.#next(this.#state, bytes[position] ?? 0);
      this.#state = next;
      if (next === BAD) return position;
      position += 1;
    }
    return position;
  }

  #data(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#size);
    this.from = at;
    this.to = end;
    this.#size -= end - at;
    if (this.#size === 0) this.#state = DATA_CR;
    return end;
  }

  #next(state: number, byte: number): number {
    switch (state) {
      case START:
      case SIZE:
        return this.#sizeByte(state, byte);
      case SIZE_LF:
        if (byte !== LF) return this.#bad('a CR behind a chunk size is not followed by LF');
        return this.#size === 0 ? TRAILERS : DATA;
      case DATA_CR:
        return byte === CR ? DATA_LF : this.#bad('a chunk is longer than its size says');
      case DATA_LF:
        if (byte !== LF) return this.#bad('a CR behind a chunk is not followed by LF');
        this.#digits = 0;
        return START;
      default:
        this.#extensionBytes += 1;
        if (this.#extensionBytes > EXTENSION_BYTES) return this.#bad(`chunk extensions exceed ${EXTENSION_BYTES} bytes`);
        return this.#extensionByte(state, byte);
    }
  }

  #sizeByte(state: number, byte: number): number {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
      return this.#digits <= SIZE_DIGITS && this.#size <= Number.MAX_SAFE_INTEGER ? SIZE : this.#bad('a chunk size is too large');
    }
    if (state === SIZE && byte === CR) return SIZE_LF;
    if (state === SIZE && byte === SEMICOLON) return NAME_START;
    return this.#bad(`byte ${hex(byte)} stands in a chunk size`);
  }

  #extensionByte(state: number, byte: number): number {
    const token = IS_TOKEN[byte] === 1;
    switch (state) {
      case NAME_START:
        if (token) return NAME;
        break;
      case NAME:
        if (token) return NAME;
        if (byte === EQUALS) return VALUE_START;
        if (byte === SEMICOLON) return NAME_START;
        if (byte === CR) return SIZE_LF;
        break;
      case VALUE_START:
        if (byte === QUOTE) return QUOTED;
        if (token) return VALUE;
        break;
      case QUOTED:
        if (byte === QUOTE) return QUOTED_END;
        if (byte === BACKSLASH) return ESCAPED;
        if (IS_VALUE[byte] === 1) return QUOTED;
        break;
      case ESCAPED:
        if (IS_VALUE[byte] === 1) return QUOTED;
        break;
      default:
        if (state === VALUE && token) return VALUE;
        if (byte === SEMICOLON) return NAME_START;
        if (byte === CR) return SIZE_LF;
    }
    return this.#bad(`byte ${hex(byte)} stands in a chunk extension`);
  }

  #readTrailers(bytes: Buffer, at: number): number {
    let position = at;
    while (position < bytes.length) {
      const lf = bytes.indexOf(LF, position);
      const end = lf < 0 ? bytes.length : lf + 1;
      this.#trailerLength += end - position;
      if (this.#trailerLength > this.#trailerBytes) return this.#badTrailers('they are too long', position);
      this.#trailerParts.push(bytes.subarray(position, end));
      this.#lineLength += end - position;
      const before = end - position > 1 ? (bytes[end - 2] ?? 0) : this.#last;
      this.#last = bytes[end - 1] ?? 0;
      if (lf >= 0) {
        if (before !== CR || this.#lineLength < 2) return this.#badTrailers('a LF is not preceded by CR', position);
        if (this.#lineLength === 2) return this.#endTrailers(end, position);
        this.#lineLength = 0;
      }
      position = end;
    }
    return position;
  }

  #endTrailers(end: number, lineStart: number): number {
    if (this.#trailerLength > 2) {
      const section = Buffer.concat(this.#trailerParts, this.#trailerLength);
      const fields = scanFields(section, 0);
      if (typeof fields === 'string') return this.#badTrailers(fields, lineStart);
      const forbidden = fields.find((field) => NOT_IN_TRAILERS.has(field.name.replaceAll('_', '-')));
      if (forbidden !== undefined) return this.#badTrailers(`${forbidden.name} stands in them`, lineStart);
      this.trailers = section.subarray(0, section.length - 2);
    }
    this.#trailerParts = [];
    this.#state = DONE;
    return end;
  }

  #badTrailers(what: string, position: number): number {
    this.#trailerParts = [];
    this.#state = this.#bad(`in the trailers, ${what}`);
    return position;
  }

  #bad(what: string): number {
    this.fault = what;
    return BAD;
  }
}

/**
 * Where the payload begins in bytes that are exactly one chunk with data and without extensions, as nearly every read of a stream of
 * tokens is; -1 where they are not. The payload ends two bytes before the bytes do.
 */
export function loneChunk(bytes: Buffer): number {
  const { length } = bytes;
  let size = 0;
  let at = 0;
  for (; at < LONE_DIGITS && at < length; at += 1) {
    const digit = hexDigit(bytes[at] as number);
    if (digit < 0) break;
    size = size * 16 + digit;
  }
  if (at === 0 || size === 0 || at + 4 + size !== length) return -1;
  return bytes[at] === CR && bytes[at + 1] === LF && bytes[length - 2] === CR && bytes[length - 1] === LF ? at + 2 : -1;
}

/** Digits of the size of a chunk that comes in one read. */
const LONE_DIGITS = 6;

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
