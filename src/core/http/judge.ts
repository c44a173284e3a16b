import { listMembers, scanFields, trimmed, type Field } from './fields.js';
import { readHead, type HeadType } from './llhttp.js';
import { findStartLine, parseRequestLine, parseStatusLine, type RequestLine, type StatusLine } from './start-line.js';

/** Why a head is refused. The message is a sentence for people; it quotes no field value. */
export interface HeadFault {
  readonly code: 'E_BAD_REQUEST' | 'E_BAD_RESPONSE';
  readonly message: string;
}

interface Reading {
  /** 0 or 1: the protocol is HTTP/1.0 or HTTP/1.1. */
  readonly versionMinor: number;
  /** The sender means to use the connection again (RFC 9112 section 9.3). Framing may still forbid it. */
  readonly keepAlive: boolean;
  /** Null where the head has none. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  readonly fields: readonly Field[];
}

export interface RequestReading extends Reading {
  readonly method: string;
  readonly target: string;
  /** It asks for another protocol, or is a CONNECT: what follows its end may not be HTTP. */
  readonly upgrade: boolean;
}

export interface ResponseReading extends Reading {
  readonly status: number;
  readonly reason: string;
  /** Transfer codings besides chunked were applied: without the chunks the body is still encoded. */
  readonly transferCoded: boolean;
}

export function isHeadFault(result: object): result is HeadFault {
  return 'code' in result;
}

/**
 * Reads a whole request head, empty lines in front of it included, and refuses what two readers could read
 * differently (RFC 9112 sections 2.2, 3.2, 5, 6.1, 6.3). Two opinions must agree: this scan, and llhttp's.
 */
export function judgeRequest(raw: Buffer): RequestReading | HeadFault {
  const result = readRequest(raw);
  return typeof result === 'string' ? { code: 'E_BAD_REQUEST', message: `bad request head: ${result}` } : result;
}

/**
 * Reads a whole response head. Content-Length beside Transfer-Encoding, and a Transfer-Encoding that does not end in
 * chunked, are refused, though RFC 9112 section 6.3 would let a client read on: what we pass on, others must read too.
 */
export function judgeResponse(raw: Buffer): ResponseReading | HeadFault {
  const result = readResponse(raw);
  return typeof result === 'string' ? { code: 'E_BAD_RESPONSE', message: `bad response head: ${result}` } : result;
}

function readRequest(raw: Buffer): RequestReading | string {
  const where = findStartLine(raw);
  if (typeof where === 'string') return where;
  const line = parseRequestLine(raw.subarray(where.start, where.end));
  if (typeof line === 'string') return line;
  const fields = scanFields(raw, where.end + 2);
  if (typeof fields === 'string') return fields;
  const found = framingFields(raw, fields);
  const fault = framingFault(found) ?? requestFault(line, found);
  if (fault !== null) return fault;
  const opinion = secondOpinion('REQUEST', raw.toString('latin1', where.start, where.end), found);
  if (typeof opinion === 'string') return opinion;
  const connect = line.method === 'CONNECT';
  return {
    method: line.method,
    target: line.target,
    versionMinor: line.versionMinor,
    keepAlive: keepsAlive(found, line.versionMinor),
    // RFC 9110 section 7.8: Upgrade in an HTTP/1.0 request is to be ignored.
    upgrade: connect || (line.versionMinor === 1 && found.connection.includes('upgrade') && found.upgrade),
    contentLength: found.contentLength,
    chunked: found.codings.length > 0,
    fields,
  };
}

function readResponse(raw: Buffer): ResponseReading | string {
  const where = findStartLine(raw);
  if (typeof where === 'string') return where;
  const line = parseStatusLine(raw.subarray(where.start, where.end));
  if (typeof line === 'string') return line;
  const fields = scanFields(raw, where.end + 2);
  if (typeof fields === 'string') return fields;
  const found = framingFields(raw, fields);
  const fault = framingFault(found) ?? responseFault(found);
  if (fault !== null) return fault;
  const opinion = secondOpinion('RESPONSE', statusLineFor(line), found);
  if (typeof opinion === 'string') return opinion;
  const chunked = found.codings.length > 0;
  return {
    status: line.status,
    reason: line.reason,
    versionMinor: line.versionMinor,
    // RFC 9112 section 6.1: old servers do send chunks as HTTP/1.0; after such a message the connection must close.
    keepAlive: keepsAlive(found, line.versionMinor) && !(chunked && line.versionMinor === 0),
    contentLength: found.contentLength,
    chunked,
    transferCoded: found.codings.length > 1,
    fields,
  };
}

/** The fields that decide where a message ends and what becomes of the connection. */
interface FramingFields {
  readonly lengths: string[];
  /** Transfer-Encoding, line by line. */
  readonly codingLines: string[];
  /** Its members in order, empty ones included: readers differ in what they make of those. */
  codings: readonly string[];
  /** Connection, and Proxy-Connection, which llhttp reads as the same. */
  readonly connectionLines: string[];
  connection: readonly string[];
  upgrade: boolean;
  readonly hosts: string[];
  readonly contentTypes: string[];
  /** The framing fields once more, for llhttp: white space around values is normalised there, and only there. */
  text: string;
  contentLength: number | null;
  alias: string | null;
}

const NO_MEMBERS: readonly string[] = [];

function framingFields(raw: Buffer, fields: readonly Field[]): FramingFields {
  const found: FramingFields = {
    lengths: [], codingLines: [], codings: NO_MEMBERS, connectionLines: [], connection: NO_MEMBERS, upgrade: false,
    hosts: [], contentTypes: [], text: '', contentLength: null, alias: null,
  };
  for (const field of fields) noteField(found, raw, field);
  if (found.codingLines.length > 0) found.codings = found.codingLines.join(',').toLowerCase().split(',').map(trimmed);
  if (found.connectionLines.length > 0) found.connection = listMembers(found.connectionLines);
  const [length] = found.lengths;
  if (length !== undefined && /^[0-9]{1,16}$/.test(length)) found.contentLength = Number(length);
  return found;
}

function noteField(found: FramingFields, raw: Buffer, field: Field): void {
  const { name } = field;
  if (name.includes('_') && FRAMING_NAMES.has(name.replaceAll('_', '-'))) found.alias = name;
  if (!NOTED_NAMES.has(name)) return;
  const value = raw.toString('latin1', field.valueStart, field.valueEnd);
  if (name === 'host') {
    found.hosts.push(value);
    return;
  }
  if (name === 'content-type') {
    found.contentTypes.push(value);
    return;
  }
  if (name === 'content-length') found.lengths.push(value);
  else if (name === 'transfer-encoding') found.codingLines.push(value);
  else if (name === 'upgrade') found.upgrade = true;
  else found.connectionLines.push(value);
  found.text += `${name}: ${value}\r\n`;
}

/** What is wrong in a head of either kind; null where nothing is. */
function framingFault(found: FramingFields): string | null {
  if (found.alias !== null) return `${found.alias} is a framing field to some readers`;
  // RFC 9110 section 8.6 would allow equal ones; llhttp, and so most clients, do not.
  if (found.lengths.length > 1) return 'Content-Length stands twice';
  if (found.lengths.length === 1 && !Number.isSafeInteger(found.contentLength)) return 'Content-Length is not a number below 2^53';
  if (found.codings.length > 0 && found.lengths.length > 0) return 'Content-Length and Transfer-Encoding stand together';
  if (found.codings.length > 0 && found.codings.at(-1) !== 'chunked') return 'Transfer-Encoding does not end in chunked';
  return null;
}

/** RFC 9112 section 9.3. */
function keepsAlive(found: FramingFields, versionMinor: number): boolean {
  if (found.connection.includes('close')) return false;
  return versionMinor === 1 || found.connection.includes('keep-alive');
}

/** Some servers turn `_` into `-` (CGI does), and so see a framing field where we see none. */
const FRAMING_NAMES: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'host', 'upgrade']);

const NOTED_NAMES: ReadonlySet<string> = new Set([...FRAMING_NAMES, 'proxy-connection', 'content-type']);

/** Codings that a server may apply before chunking (RFC 9112 section 7.2). */
const KNOWN_CODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'compress', 'x-compress']);

function requestFault(line: RequestLine, found: FramingFields): string | null {
  if (found.codings.length > 1) return 'Transfer-Encoding is not chunked alone';
  if (found.codings.length > 0 && line.versionMinor === 0) return 'Transfer-Encoding stands in HTTP/1.0';
  if (line.method === 'CONNECT' && (found.codings.length > 0 || (found.contentLength ?? 0) > 0)) return 'CONNECT has a body';
  if (found.hosts.length > 1) return 'Host stands twice';
  const [host] = found.hosts;
  if (host === undefined) return line.versionMinor === 1 ? 'Host is missing' : differing(found.contentTypes);
  if (/[\s/\\?#@,]/.test(host)) return 'Host is not a name and a port';
  return differing(found.contentTypes);
}

function differing(contentTypes: readonly string[]): string | null {
  return contentTypes.some((type) => type !== contentTypes[0]) ? 'two Content-Types differ' : null;
}

function responseFault(found: FramingFields): string | null {
  if (found.codings.slice(0, -1).some((coding) => !KNOWN_CODINGS.has(coding))) return 'Transfer-Encoding has an unknown coding';
  return null;
}

/** The reason decides nothing and differs little, so llhttp is spared it: it has been checked byte by byte. */
function statusLineFor(line: StatusLine): string {
  return `HTTP/1.${line.versionMinor} ${line.status}`;
}

/**
 * llhttp reads the start line and the framing fields, alone. The other fields could not change its mind: `scanFields`
 * accepts strictly less of them than llhttp does, which the tests show on whole heads.
 */
function secondOpinion(type: HeadType, startLine: string, found: FramingFields): null | string {
  const opinion = readHead(type, `${startLine}\r\n${found.text}\r\n`);
  return typeof opinion === 'string' ? opinion : null;
}
