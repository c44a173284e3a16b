import { CR, hex, IS_TOKEN, IS_VALUE, LF, SPACE } from './fields.js';

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** 0 or 1 */
  readonly versionMinor: number;
}

export interface StatusLine {
  readonly status: number;
  /** Latin-1; empty where there is none. */
  readonly reason: string;
  /** 0 or 1 */
  readonly versionMinor: number;
}

/** The first line of what an HTTP/2 client sends to a server it knows (RFC 9113 section 3.4), without its CRLF. */
export const HTTP2_PREFACE_LINE = 'PRI * HTTP/2.0';

/**
 * A request line without its CRLF (RFC 9112 section 3): one space between the parts, HTTP/1.0 or HTTP/1.1. Only its
 * form is checked here. A fault is returned as the sentence that names it.
 */
export function parseRequestLine(line: Buffer): RequestLine | string {
  let at = 0;
  while (IS_TOKEN[line[at] ?? 0] === 1) at += 1;
  const methodEnd = at;
  if (methodEnd === 0 || line[at] !== SPACE) return 'the request line has no method';
  at += 1;
  const targetStart = at;
  while (isTargetByte(line[at] ?? 0)) at += 1;
  if (at === targetStart) return 'the request line has no target';
  if (at === line.length) return 'the request line has no version';
  if (line[at] !== SPACE) return `byte ${hex(line[at] ?? 0)} stands in the target`;
  const versionMinor = minorVersion(line, at + 1);
  if (versionMinor < 0 || at + 9 !== line.length) return 'the version is neither HTTP/1.0 nor HTTP/1.1';
  return { method: line.toString('latin1', 0, methodEnd), target: line.toString('latin1', targetStart, at), versionMinor };
}

/**
 * A status line without its CRLF (RFC 9112 section 4). The reason, and the space before it, may be missing: many
 * servers leave them out. A fault is returned as the sentence that names it.
 */
export function parseStatusLine(line: Buffer): StatusLine | string {
  const versionMinor = minorVersion(line, 0);
  if (versionMinor < 0) return 'the version is neither HTTP/1.0 nor HTTP/1.1';
  if (line[8] !== SPACE) return 'no space follows the version';
  const digits = line.toString('latin1', 9, 12);
  if (!/^[1-9][0-9]{2}$/.test(digits)) return 'the status is not a number from 100 to 999';
  if (line.length > 12 && line[12] !== SPACE) return 'no space follows the status';
  for (let at = 13; at < line.length; at += 1) {
    if (IS_VALUE[line[at] ?? 0] !== 1) return `byte ${hex(line[at] ?? 0)} stands in the reason`;
  }
  return { status: Number(digits), reason: line.toString('latin1', 13), versionMinor };
}

/** Visible ASCII. Which of these a target may hold is left to llhttp. */
function isTargetByte(byte: number): boolean {
  return byte > SPACE && byte < 0x7f;
}

function minorVersion(line: Buffer, at: number): number {
  const version = line.toString('latin1', at, at + 8);
  return version === 'HTTP/1.1' ? 1 : version === 'HTTP/1.0' ? 0 : -1;
}

/** Where the start line begins and ends in a whole head: leading empty lines are passed over (RFC 9112 section 2.2). */
export function findStartLine(raw: Buffer): { readonly start: number; readonly end: number } | string {
  let start = 0;
  while (raw[start] === CR && raw[start + 1] === LF) start += 2;
  const lf = raw.indexOf(LF, start);
  if (lf < 0) return 'the first line has no end';
  if (lf === start || raw[lf - 1] !== CR) return 'a LF is not preceded by CR';
  return { start, end: lf - 1 };
}
