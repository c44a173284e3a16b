import { InternalError } from '../errors.js';

/** Field lines, as they stand in a head or in trailers (RFC 9112 section 5), read strictly. */

export const CR = 0x0d;
export const LF = 0x0a;
export const TAB = 0x09;
export const SPACE = 0x20;
const COLON = 0x3a;

/** 1 where a byte may stand in a token (RFC 9110 section 5.6.2). */
export const IS_TOKEN: Readonly<Uint8Array> = table("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/** 1 where a byte may stand in a field value: tab, space, visible ASCII and obs-text (RFC 9110 section 5.5). */
export const IS_VALUE: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => (byte === TAB || (byte >= SPACE && byte !== 0x7f) ? 1 : 0));

function table(characters: string): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) bytes[byte] = 1;
  return bytes;
}

/** One field line. Offsets are into the bytes it was read from; the value is without the white space around it. */
export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly start: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Behind the line's CRLF. */
  readonly end: number;
}

/**
 * Reads field lines from `from` to the blank line, which must be the end of `raw`. Every rule here is one that some
 * other reader of the same bytes breaks in its own way: a lone CR or LF, a folded line, space before the colon, a
 * control character. So none is tolerated, and a fault is returned as the sentence that names it.
 */
export function scanFields(raw: Buffer, from: number): readonly Field[] | string {
  const fields: Field[] = [];
  let at = from;
  while (at < raw.length) {
    if (raw[at] === CR && raw[at + 1] === LF) return at + 2 === raw.length ? fields : 'bytes stand behind the blank line';
    const field = scanField(raw, at);
    if (typeof field === 'string') return field;
    fields.push(field);
    at = field.end;
  }
  return 'there is no blank line at the end';
}

function scanField(raw: Buffer, start: number): Field | string {
  let at = start;
  while (IS_TOKEN[raw[at] ?? 0] === 1) at += 1;
  const nameEnd = at;
  if (raw[at] !== COLON) return nameFault(raw[start] ?? 0, raw[at] ?? 0, nameEnd - start);
  if (nameEnd === start) return 'a field line has no name';
  at += 1;
  while (raw[at] === SPACE || raw[at] === TAB) at += 1;
  const valueStart = at;
  while (IS_VALUE[raw[at] ?? 0] === 1) at += 1;
  const lineEnd = at;
  if (raw[at] !== CR || raw[at + 1] !== LF) return valueFault(raw[at] ?? 0);
  let valueEnd = lineEnd;
  while (valueEnd > valueStart && (raw[valueEnd - 1] === SPACE || raw[valueEnd - 1] === TAB)) valueEnd -= 1;
  return { name: raw.toString('latin1', start, nameEnd).toLowerCase(), start, nameEnd, valueStart, valueEnd, end: lineEnd + 2 };
}

function nameFault(first: number, stop: number, length: number): string {
  if (first === SPACE || first === TAB) return 'a field line is folded';
  if (stop === SPACE || stop === TAB) return 'white space stands before a colon';
  if (stop === CR || stop === LF) return length === 0 ? 'CR and LF do not stand together' : 'a field line has no colon';
  return `byte ${hex(stop)} stands in a field name`;
}

function valueFault(stop: number): string {
  if (stop === CR) return 'a CR is not followed by LF';
  if (stop === LF) return 'a LF is not preceded by CR';
  return `byte ${hex(stop)} stands in a field value`;
}

export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

/** Without the spaces and tabs around it: `trim` would take more, among it bytes of obs-text. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** The members of comma-separated field values, in lower case, without empty ones (RFC 9110 section 5.6.1). */
export function listMembers(values: readonly string[]): readonly string[] {
  const members: string[] = [];
  for (const value of values) {
    for (const member of value.toLowerCase().split(',')) {
      const word = trimmed(member);
      if (word !== '') members.push(word);
    }
  }
  return members;
}

/** What we write into a head is ours to keep clean: a line break here would be a response split of our own. @throws InternalError */
export function assertField(name: string, value: string): void {
  const nameOk = name !== '' && Array.from(name).every((character) => character <= '\x7f' && IS_TOKEN[character.charCodeAt(0)] === 1);
  const valueOk = Array.from(value).every((character) => character <= '\xff' && IS_VALUE[character.charCodeAt(0)] === 1);
  if (!nameOk || !valueOk) throw new InternalError(`a field line with the name ${JSON.stringify(name)} cannot be written`);
}
