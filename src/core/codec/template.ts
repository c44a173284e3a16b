import type { TextSpan } from './dialect.js';
import type { Span } from './json-spans.js';
import { literalText } from './json-literal.js';

/**
 * Events of one stream differ in their text and little else. A template is an event that was parsed, with holes for its
 * text and for values that change without meaning. Bytes that equal it outside the holes, and have one string content or
 * number in each, parse to the same JSON but for those values: so no parse is needed.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const LF = 0x0a;
const CR = 0x0d;
/** Where the native comparison begins to win over the loop, in bytes (bench/core/codec.bench.ts). */
const NATIVE_BYTES = 64;
const ASCII_CHARS = 8;
/** Numbers kept of each text of an event: where it begins, where it ends, what its bytes are. */
const FOUND_FIELDS = 3;

type HoleKind = 'text' | 'string' | 'number';

interface Hole extends Span {
  readonly kind: HoleKind;
}

/** What a text's bytes are: the text itself, UTF-8, or JSON with escapes. */
const PLAIN = 0;
const WIDE = 1;
const ESCAPED = 2;

export class Template {
  readonly channels: readonly number[];
  /** Its one text, where there is no other and the event is one line: see `lone`. */
  readonly only: TextSpan | null;
  // In the order of their bytes; #ranks says where each stands in the order of reading.
  readonly #parts: readonly TextSpan[];
  readonly #ranks: readonly number[];
  readonly #holes: readonly HoleKind[];
  readonly #segments: readonly Buffer[];
  /** Of the event matched last: where each text begins and ends, and what its bytes are. */
  readonly #found: Int32Array;
  /** What the string read last is. */
  #form = PLAIN;

  /**
   * @param data an event's JSON
   * @param parts its text parts, all with literals
   * @param volatile values of which only the type matters; strings and numbers become holes, others stay as they are
   */
  constructor(data: Buffer, parts: readonly TextSpan[], volatile: readonly (Span | null)[]) {
    this.#parts = parts.toSorted((a, b) => a.start - b.start);
    this.#ranks = this.#parts.map((part) => parts.indexOf(part));
    this.channels = parts.map((part) => part.channel);
    this.#found = new Int32Array(FOUND_FIELDS * parts.length);
    const holes: Hole[] = parts.map(({ start, end }) => ({ start, end, kind: 'text' }));
    for (const span of volatile) {
      const hole = span === null ? null : volatileHole(data, span);
      if (hole !== null) holes.push(hole);
    }
    holes.sort((a, b) => a.start - b.start);
    this.#holes = holes.map((hole) => hole.kind);
    this.#segments = [...holes, null].map((hole, index) => Buffer.from(data.subarray(holes[index - 1]?.end ?? 0, hole?.start)));
    const [part] = this.#parts;
    this.only = part !== undefined && parts.length === 1 && !this.#segments.some((bytes) => bytes.includes(LF) || bytes.includes(CR)) ? part : null;
  }

  /** The parts of the event in bytes [from, to), with offsets from `from`; null where it does not fit. */
  match(bytes: Buffer, from: number, to: number): readonly TextSpan[] | null {
    if (!this.#fits(bytes, from, to)) return null;
    const spans: TextSpan[] = [];
    let empty = false;
    for (const [index, { channel, kind, path }] of this.#parts.entries()) {
      const text = this.#text(bytes, index);
      if (text === null) return null;
      if (text === '') empty = true;
      const start = this.#found[FOUND_FIELDS * index] as number;
      const end = this.#found[FOUND_FIELDS * index + 1] as number;
      spans[this.#ranks[index] as number] = { channel, kind, text, path, last: false, finish: null, mirror: false, start: start - from, end: end - from };
    }
    return empty ? spans.filter((span) => span.text !== '') : spans;
  }

  /** The text of an event with one text that is not empty, without making anything of it; null: it does not fit, or is not such a one. */
  lone(bytes: Buffer, from: number, to: number): string | null {
    if (this.only === null || !this.#fits(bytes, from, to)) return null;
    const text = this.#text(bytes, 0);
    return text === '' ? null : text;
  }

  #fits(bytes: Buffer, from: number, to: number): boolean {
    const segments = this.#segments;
    const holes = this.#holes;
    let at = from;
    let field = 0;
    for (let i = 0; i < segments.length; i += 1) {
      const segment = segments[i] as Buffer;
      if (at + segment.length > to || !equalAt(bytes, at, segment)) return false;
      at += segment.length;
      const kind = holes[i];
      if (kind === undefined) break;
      const end = kind === 'number' ? integerEnd(bytes, at, to) : this.#stringEnd(bytes, at, to);
      if (end < 0 || (kind === 'string' && this.#form === ESCAPED)) return false;
      if (kind === 'text') {
        this.#found[field] = at;
        this.#found[field + 1] = end;
        this.#found[field + 2] = this.#form;
        field += FOUND_FIELDS;
      }
      at = end;
    }
    return at === to;
  }

  /** Where a string's content ends, or -1 where it is none. */
  #stringEnd(bytes: Buffer, start: number, to: number): number {
    let escaped = false;
    let high = 0;
    let at = start;
    for (; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte < SPACE) return -1;
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      }
      high |= byte;
    }
    this.#form = escaped ? ESCAPED : high >= 0x80 ? WIDE : PLAIN;
    return at < to ? at : -1;
  }

  #text(bytes: Buffer, index: number): string | null {
    const start = this.#found[FOUND_FIELDS * index] as number;
    const end = this.#found[FOUND_FIELDS * index + 1] as number;
    const form = this.#found[FOUND_FIELDS * index + 2];
    if (form === ESCAPED) return escapedText(bytes.subarray(start, end));
    if (form === WIDE) return bytes.toString('utf8', start, end);
    return end - start <= ASCII_CHARS ? shortAscii(bytes, start, end) : bytes.toString('latin1', start, end);
  }
}

function volatileHole(data: Buffer, { start, end }: Span): Hole | null {
  if (data[start] === QUOTE) return { start: start + 1, end: end - 1, kind: 'string' };
  return integerEnd(data, start, end) === end ? { start, end, kind: 'number' } : null;
}

function escapedText(literal: Buffer): string | null {
  try {
    return literalText(literal);
  } catch {
    // A wrong escape: the parser will say so of the whole event.
    return null;
  }
}

/** The end of a whole number from 0 up, as JSON writes it; -1 where there is none. What may follow is for the next segment to say. */
function integerEnd(bytes: Buffer, start: number, to: number): number {
  let at = start;
  while (at < to && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
  return at === start || (bytes[start] === ZERO && at > start + 1) ? -1 : at;
}

function equalAt(bytes: Buffer, at: number, segment: Buffer): boolean {
  const { length } = segment;
  if (length >= NATIVE_BYTES) return bytes.compare(segment, 0, length, at, at + length) === 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const p = at + i;
    const differs =
      ((bytes[p] as number) ^ (segment[i] as number)) |
      ((bytes[p + 1] as number) ^ (segment[i + 1] as number)) |
      ((bytes[p + 2] as number) ^ (segment[i + 2] as number)) |
      ((bytes[p + 3] as number) ^ (segment[i + 3] as number));
    if (differs !== 0) return false;
  }
  for (; i < length; i += 1) if (bytes[at + i] !== segment[i]) return false;
  return true;
}

/** Most tokens are this short, and a call into native code costs more than they do. */
function shortAscii(b: Buffer, at: number, end: number): string {
  const b0 = b[at] as number;
  const b1 = b[at + 1] as number;
  const b2 = b[at + 2] as number;
  const b3 = b[at + 3] as number;
  switch (end - at) {
    case 0: return '';
    case 1: return String.fromCharCode(b0);
    case 2: return String.fromCharCode(b0, b1);
    case 3: return String.fromCharCode(b0, b1, b2);
    case 4: return String.fromCharCode(b0, b1, b2, b3);
    case 5: return String.fromCharCode(b0, b1, b2, b3, b[at + 4] as number);
    case 6: return String.fromCharCode(b0, b1, b2, b3, b[at + 4] as number, b[at + 5] as number);
    case 7: return String.fromCharCode(b0, b1, b2, b3, b[at + 4] as number, b[at + 5] as number, b[at + 6] as number);
    default: return String.fromCharCode(b0, b1, b2, b3, b[at + 4] as number, b[at + 5] as number, b[at + 6] as number, b[at + 7] as number);
  }
}
