import { ClientError, UpstreamError, type ProxyError } from '../errors.js';
import { assertField, type Field } from './fields.js';
import { isHeadFault, judgeRequest, judgeResponse, type HeadFault, type RequestReading, type ResponseReading } from './judge.js';

/** Where a message's body ends (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'eof' };

const NONE: Framing = Object.freeze({ kind: 'none' });
const CHUNKED: Framing = Object.freeze({ kind: 'chunked' });
const EOF: Framing = Object.freeze({ kind: 'eof' });

/** What a response must be told of the request it answers. A request's `MessageHead` is one. */
export interface RequestFacts {
  readonly method: string;
  /** It asked for another protocol, so a 101 may answer it. */
  readonly upgrade: boolean;
}

/**
 * One change of a head. `set` gives the first line of that name another value and removes the others of that name; where
 * there is none, a line is appended. Names are compared without case; a line that is set keeps its spelling of the name.
 */
export type HeadEdit =
  | { readonly set: string; readonly value: string }
  | { readonly append: string; readonly value: string }
  | { readonly remove: string };

/** What both kinds of head have. */
export interface MessageHead {
  readonly kind: 'request' | 'response';
  /** The bytes as received, to the blank line's end; empty lines in front of a request line included. */
  readonly raw: Buffer;
  /** Of a request; '' in a response. */
  readonly method: string;
  /** Of a request, as received; '' in a response. */
  readonly target: string;
  /** Of a response; 0 in a request. */
  readonly status: number;
  /** 0 or 1 */
  readonly versionMinor: number;
  readonly framing: Framing;
  /** The connection can carry another message after this one. */
  readonly keepAlive: boolean;
  /** A request that asks for another protocol or is a CONNECT; a response that grants it: HTTP ends here. */
  readonly upgrade: boolean;
  /** A 1xx other than 101: the response proper is still to come. */
  readonly interim: boolean;
  /** The payload is compressed by a transfer coding beneath the chunks. Rare; such a body is not to be read. */
  readonly transferCoded: boolean;
  /** All values of a name, Latin-1, without the white space around them. The name is given in lower case. */
  all(name: string): readonly string[];
  /** The value of a name, several joined by ', ' (RFC 9110 section 5.2); null where there is none. */
  get(name: string): string | null;
  /** Names in order, in lower case. */
  names(): readonly string[];
  /** The head with edits made, in order. Every line that no edit names stays byte for byte. */
  edited(edits: readonly HeadEdit[]): Buffer;
}

/** Reads a whole request head, or says what is wrong with it. */
export function readRequestHead(raw: Buffer): MessageHead | HeadFault {
  const reading = judgeRequest(raw);
  return isHeadFault(reading) ? reading : new RawHead(raw, reading, requestFraming(reading), reading.upgrade);
}

/** Reads a whole response head, which answers `request`, or says what is wrong with it. */
export function readResponseHead(raw: Buffer, request: RequestFacts): MessageHead | HeadFault {
  const reading = judgeResponse(raw);
  if (isHeadFault(reading)) return reading;
  if (reading.status === 101 && !request.upgrade) return { code: 'E_BAD_RESPONSE', message: 'bad response head: a 101 that was not asked for' };
  const upgrade = reading.status === 101 || (request.method === 'CONNECT' && reading.status >= 200 && reading.status < 300);
  const framing = upgrade ? NONE : responseFraming(reading, request.method);
  return new RawHead(raw, reading, framing, upgrade);
}

/** The error that a head's fault becomes, with the status a local reply would carry. */
export function headError(fault: HeadFault): ProxyError {
  return fault.code === 'E_BAD_REQUEST' ? new ClientError(fault.code, 400, fault.message) : new UpstreamError(fault.code, 502, fault.message);
}

function requestFraming(reading: RequestReading): Framing {
  if (reading.chunked) return CHUNKED;
  return reading.contentLength === null || reading.contentLength === 0 ? NONE : { kind: 'length', length: reading.contentLength };
}

/** RFC 9112 section 6.3, in its order: status and method first, then the codings, then the length. */
function responseFraming(reading: ResponseReading, method: string): Framing {
  const { status } = reading;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NONE;
  if (reading.chunked) return CHUNKED;
  if (reading.contentLength === null) return EOF;
  return reading.contentLength === 0 ? NONE : { kind: 'length', length: reading.contentLength };
}

class RawHead implements MessageHead {
  readonly raw: Buffer;
  readonly kind: 'request' | 'response';
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly versionMinor: number;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  readonly interim: boolean;
  readonly transferCoded: boolean;
  readonly #fields: readonly Field[];

  constructor(raw: Buffer, reading: RequestReading | ResponseReading, framing: Framing, upgrade: boolean) {
    const response = 'status' in reading ? reading : null;
    const request = 'method' in reading ? reading : null;
    this.raw = raw;
    this.kind = response === null ? 'request' : 'response';
    this.method = request?.method ?? '';
    this.target = request?.target ?? '';
    this.status = response?.status ?? 0;
    this.versionMinor = reading.versionMinor;
    this.framing = framing;
    this.keepAlive = reading.keepAlive && framing.kind !== 'eof';
    this.upgrade = upgrade;
    this.interim = response !== null && response.status < 200 && response.status !== 101;
    this.transferCoded = response?.transferCoded ?? false;
    this.#fields = reading.fields;
  }

  all(name: string): readonly string[] {
    const values: string[] = [];
    for (const field of this.#fields) if (field.name === name) values.push(this.#value(field));
    return values;
  }

  get(name: string): string | null {
    let value: string | null = null;
    for (const field of this.#fields) {
      if (field.name === name) value = value === null ? this.#value(field) : `${value}, ${this.#value(field)}`;
    }
    return value;
  }

  names(): readonly string[] {
    return this.#fields.map((field) => field.name);
  }

  edited(edits: readonly HeadEdit[]): Buffer {
    if (edits.length === 0) return this.raw;
    const lines: Line[] = this.#fields.map((field) => ({ name: field.name, bytes: this.raw.subarray(field.start, field.end), prefix: this.raw.subarray(field.start, field.nameEnd + 1) }));
    for (const edit of edits) applyEdit(lines, edit);
    const first = this.#fields[0]?.start ?? this.raw.length - 2;
    return Buffer.concat([this.raw.subarray(0, first), ...lines.map((line) => line.bytes), this.raw.subarray(this.raw.length - 2)]);
  }

  #value(field: Field): string {
    return this.raw.toString('latin1', field.valueStart, field.valueEnd);
  }
}

interface Line {
  readonly name: string;
  readonly bytes: Buffer;
  /** The name as received, and its colon. */
  readonly prefix: Buffer;
}

function applyEdit(lines: Line[], edit: HeadEdit): void {
  if ('remove' in edit) {
    removeFrom(lines, edit.remove.toLowerCase(), 0);
    return;
  }
  const name = 'set' in edit ? edit.set : edit.append;
  assertField(name, edit.value);
  const lower = name.toLowerCase();
  const at = 'set' in edit ? lines.findIndex((line) => line.name === lower) : -1;
  const prefix = lines[at]?.prefix ?? Buffer.from(`${name}:`, 'latin1');
  const line = { name: lower, bytes: Buffer.concat([prefix, Buffer.from(` ${edit.value}\r\n`, 'latin1')]), prefix };
  if (at < 0) {
    lines.push(line);
  } else {
    lines[at] = line;
    removeFrom(lines, lower, at + 1);
  }
}

function removeFrom(lines: Line[], name: string, from: number): void {
  for (let index = lines.length - 1; index >= from; index -= 1) if (lines[index]?.name === name) lines.splice(index, 1);
}
