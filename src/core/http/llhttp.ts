import { createParser, type Parser } from 'llhttp-wasm';

export type HeadType = 'REQUEST' | 'RESPONSE';

/** What llhttp understood of a head. */
export interface LlhttpReading {
  readonly versionMajor: number;
  readonly versionMinor: number;
  /** 0 for a request. */
  readonly status: number;
  /** Of a response without length it is false: llhttp does not know whether it answers a HEAD. */
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** How many field lines it counted. */
  readonly fields: number;
}

/** By name: a number here quietly makes a parser that takes requests and responses alike. */
const createByName = createParser as unknown as (type: HeadType) => Parser;

/** An upgrade or CONNECT stops the parser with this code, which is no error. */
const PAUSED_UPGRADE = 22;
/** The only code a callback may fail with. */
const USER_ERROR = 24;

/** One parser, used for one head after another. A parser that has erred or thrown is given up for a new one. */
class HeadParser {
  readonly #type: HeadType;
  #parser: Parser | null = null;
  #reading: LlhttpReading | null = null;
  #begins = 0;
  #bodyBytes = 0;

  constructor(type: HeadType) {
    this.#type = type;
  }

  read(head: Uint8Array): LlhttpReading | string {
    const parser = this.#ready();
    let code: number;
    try {
      code = parser.execute(head);
    } catch {
      // The module's memory may hold anything now, so this parser is not even freed.
      this.#parser = null;
      return 'llhttp broke on it';
    }
    if (code !== 0 && code !== PAUSED_UPGRADE) {
      const reason = parser.getErrorReason(code) ?? parser.getErrorName(code) ?? `code ${code}`;
      this.#parser = null;
      parser.destroy();
      return reason;
    }
    if (this.#reading === null) return 'llhttp sees no end of it';
    // What stands behind the end that llhttp saw would have begun a body or another message.
    if (this.#begins !== 1 || this.#bodyBytes !== 0) return 'llhttp sees its end earlier';
    return this.#reading;
  }

  #ready(): Parser {
    this.#reading = null;
    this.#begins = 0;
    this.#bodyBytes = 0;
    if (this.#parser !== null) {
      this.#parser.reset();
      return this.#parser;
    }
    const parser = createByName(this.#type);
    this.#parser = parser;
    // The parser is not re-entrant and a throw corrupts it, so these only take notes.
    parser.onMessageBegin = () => {
      this.#begins += 1;
      return 0;
    };
    parser.onBody = (data) => {
      this.#bodyBytes += data.length;
      return 0;
    };
    parser.onHeadersComplete = (message) => {
      if (this.#reading !== null) return USER_ERROR;
      this.#reading = {
        versionMajor: message.versionMajor,
        versionMinor: message.versionMinor,
        status: message.statusCode ?? 0,
        keepAlive: message.shouldKeepAlive,
        upgrade: message.upgrade,
        fields: message.rawHeaders.length / 2,
      };
      return 0;
    };
    return parser;
  }
}

const parsers: Readonly<Record<HeadType, HeadParser>> = { REQUEST: new HeadParser('REQUEST'), RESPONSE: new HeadParser('RESPONSE') };

/** Heads remembered by `readHead`: the start lines and framing fields of one's own clients and backend are few. */
const REMEMBERED = 256;
/** Longer ones are not worth their memory. */
const REMEMBERED_CHARS = 512;
const remembered: Readonly<Record<HeadType, Map<string, LlhttpReading>>> = { REQUEST: new Map(), RESPONSE: new Map() };

/**
 * Has llhttp read one whole head, given as Latin-1 text that ends in a blank line, in a single `execute`: a head cut
 * in two comes out corrupted with code 0. Its reading, or its reason for refusing the head. A call costs 4 us and 1 us
 * more for each field, as much as relaying a whole request, so heads that were accepted are remembered.
 */
export function readHead(type: HeadType, head: string): LlhttpReading | string {
  const memory = remembered[type];
  const known = memory.get(head);
  if (known !== undefined) return known;
  const reading = parsers[type].read(Buffer.from(head, 'latin1'));
  if (typeof reading !== 'string' && head.length <= REMEMBERED_CHARS) {
    if (memory.size >= REMEMBERED) memory.clear();
    memory.set(head, reading);
  }
  return reading;
}
