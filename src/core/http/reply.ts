import type { ErrorCode, ProxyError } from '../errors.js';
import { assertField } from './fields.js';

/** Whose error object a client understands. Null: an unknown route, answered as Ollama would. */
export type ProtocolFamily = 'ollama' | 'openai' | 'anthropic' | null;

export interface LocalReply {
  /** 400, 403, 408, 431, 500, 502 or 504 */
  readonly status: number;
  /** One word for programs: `backend_unreachable`. */
  readonly word: string;
  /** One sentence for people. It may hold anything; it leaves as JSON. */
  readonly detail: string;
}

export interface ReplyOptions {
  readonly family: ProtocolFamily;
  /** It answers a HEAD: the length is told, the body is not sent. */
  readonly headOnly?: boolean;
  /** Further field lines, such as `x-hotpatch-exchange`; names and values must be clean. */
  readonly fields?: Readonly<Record<string, string>>;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
};

const WORDS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  403: 'forbidden',
  408: 'request_timeout',
  431: 'head_too_large',
  502: 'bad_gateway',
  504: 'backend_timeout',
};

/** Codes whose word says more than the status does. */
const WORDS_OF_CODES: Partial<Readonly<Record<ErrorCode, string>>> = { E_UPSTREAM_REFUSED: 'backend_unreachable' };

/** Anthropic's error types, by status. */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  403: 'permission_error',
  408: 'timeout_error',
  431: 'request_too_large',
  504: 'timeout_error',
};

/** What a client is told of an error: its status hint, the word that goes with it, its message. */
export function replyFor(error: ProxyError): LocalReply {
  const status = REASONS[error.statusHint] === undefined ? 500 : error.statusHint;
  return { status, word: WORDS_OF_CODES[error.code] ?? WORDS[status] ?? 'internal_error', detail: error.message };
}

/** A whole response, after which the connection closes. It says HTTP/1.1 to HTTP/1.0 too (RFC 9110 section 2.5). */
export function localReply(reply: LocalReply, options: ReplyOptions): Buffer {
  const body = Buffer.from(JSON.stringify(errorObject(reply, options.family)));
  const fields = Object.entries(options.fields ?? {}).map(([name, value]) => {
    assertField(name, value);
    return `${name}: ${value}\r\n`;
  });
  const head = [
    `HTTP/1.1 ${reply.status} ${REASONS[reply.status] ?? 'Error'}\r\n`,
    'Content-Type: application/json\r\n',
    `Content-Length: ${body.length}\r\n`,
    'Connection: close\r\n',
    ...fields,
    '\r\n',
  ].join('');
  const headBytes = Buffer.from(head, 'latin1');
  return options.headOnly === true ? headBytes : Buffer.concat([headBytes, body]);
}

function errorObject(reply: LocalReply, family: ProtocolFamily): object {
  switch (family) {
    case 'openai':
      return { error: { message: reply.detail, type: reply.word, param: null, code: reply.word } };
    case 'anthropic':
      return { type: 'error', error: { type: ANTHROPIC_TYPES[reply.status] ?? 'api_error', message: `${reply.word}: ${reply.detail}` } };
    case 'ollama':
    case null:
      return { error: reply.word, detail: reply.detail };
  }
}
