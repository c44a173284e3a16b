import { codecFor, formatCodec, routeOf } from '../core/codec/codec.js';
import { requestFramer, responseFramer } from '../core/http/framer.js';
import type { MessageHead, RequestFacts } from '../core/http/head.js';
import type { Limits } from '../core/limits.js';
import { EMPTY_REQUEST, readRequest, type RequestContext } from '../core/truth/request-context.js';
import type { Format } from '../node/stream/rewrite-stream.js';

/** An answer that can be read again. */
export interface RecordedAnswer {
  readonly kind: 'answer';
  readonly format: Exclude<Format, 'auto'>;
  /** Without transfer coding. */
  readonly body: Buffer;
  /** What its request says, where that was recorded as well. */
  readonly request: RequestContext;
  /** The recording ends in the middle of it. */
  readonly cutOff: boolean;
}

/** An answer that the proxy would pass unread, and why. */
export interface UnreadAnswer {
  readonly kind: 'unread';
  readonly why: string;
}

export type Recorded = RecordedAnswer | UnreadAnswer;

/** The file is none of what can be replayed. */
export class RecordingError extends Error {}

interface RecordedRequest {
  readonly facts: RequestFacts;
  readonly target: string;
  readonly encoded: boolean;
  readonly body: Buffer[];
}

/** What a response is taken to answer where no request was recorded. */
const SOME_POST: RequestFacts = { method: 'POST', upgrade: false };
const REQUEST_LINE = /^[A-Z]+ [^ \r\n]+ HTTP\/1\.[01]\r?\n/;
const READABLE_MEDIA = /^(?:text\/event-stream|application\/(?:x-)?(?:nd)?json)\s*(?:;|$)/i;

/**
 * Reads a recording: the body of one answer, or what a backend sent on one connection, heads included.
 * @param requests what the client sent on that connection; null: not recorded
 * @throws RecordingError
 */
export function readRecording(bytes: Buffer, requests: Buffer | null, format: Format, limits: Limits): readonly Recorded[] {
  if (bytes.length === 0) throw new RecordingError('it is empty');
  const beginning = bytes.toString('latin1', 0, 2_048);
  if (REQUEST_LINE.test(beginning)) throw new RecordingError('it holds requests; name the file with the answers to them');
  if (beginning.startsWith('HTTP/1.')) return exchangesOf(bytes, requests === null ? [] : requestsOf(requests, limits), format, limits);
  const found = formatOfBody(bytes, format);
  if (found === null) throw new RecordingError(format === 'auto' ? 'it is of no known format: neither NDJSON, SSE nor a JSON document of an API that is read, nor an HTTP answer; --format text reads it as text' : `it is not ${format}`);
  return [{ kind: 'answer', format: found, body: bytes, request: { ...EMPTY_REQUEST, route: found === 'text' ? null : found }, cutOff: false }];
}

function formatOfBody(body: Buffer, format: Format): Exclude<Format, 'auto'> | null {
  if (format === 'text') return 'text';
  const codec = formatCodec(format, body, true);
  return codec === null ? null : (codec.dialect.name as Exclude<Format, 'auto'>);
}

function requestsOf(bytes: Buffer, limits: Limits): readonly RecordedRequest[] {
  const found: RecordedRequest[] = [];
  const framer = requestFramer({
    head: (head) => {
      const encoding = head.get('content-encoding')?.toLowerCase() ?? 'identity';
      found.push({ facts: head, target: head.target, encoded: encoding !== '' && encoding !== 'identity', body: [] });
      return 'payload';
    },
    body: (piece) => void found.at(-1)?.body.push(piece),
    end: () => undefined,
    tunnel: () => undefined,
    // Requests behind what cannot be read are as good as not recorded.
    fault: () => undefined,
  }, limits);
  framer.write(bytes);
  framer.finish();
  return found;
}

function exchangesOf(bytes: Buffer, requests: readonly RecordedRequest[], format: Format, limits: Limits): readonly Recorded[] {
  const found: Recorded[] = [];
  let head: MessageHead | null = null;
  let pieces: Buffer[] = [];
  const close = (cutOff: boolean): void => {
    if (head !== null) found.push(answerOf(head, Buffer.concat(pieces), requests[found.length] ?? null, format, cutOff));
    head = null;
    pieces = [];
  };
  const framer = responseFramer({
    head: (next) => {
      if (!next.interim) head = next;
      return 'payload';
    },
    body: (piece) => void pieces.push(piece),
    end: () => close(false),
    tunnel: () => close(false),
    fault: (error) => {
      if (head === null && found.length === 0) throw new RecordingError(`it begins as an HTTP answer and is none: ${error.message}`);
      close(true);
    },
  }, limits, () => requests[found.length]?.facts ?? SOME_POST);
  framer.write(bytes);
  framer.finish();
  return found;
}

/** The proxy's own conditions, in its order, as far as they can be known without the request. */
function answerOf(head: MessageHead, body: Buffer, asked: RecordedRequest | null, format: Format, cutOff: boolean): Recorded {
  const unread = (why: string): UnreadAnswer => ({ kind: 'unread', why });
  const encoding = head.get('content-encoding')?.toLowerCase() ?? '';
  const media = head.get('content-type') ?? '';
  const route = asked === null ? null : routeOf(asked.facts.method, asked.target);
  if (asked !== null && route?.inspected !== true) return unread(`${asked.facts.method} ${asked.target} is not inspected`);
  if (head.status >= 400) return unread(`status ${head.status}`);
  if (body.length === 0) return unread('it has no body');
  if (head.transferCoded || (encoding !== '' && encoding !== 'identity')) return unread(`it is encoded (${encoding || 'transfer coding'})`);
  const readable = route === null ? READABLE_MEDIA.test(media) : codecFor(route, media) !== null;
  if (!readable) return unread(media === '' ? 'it names no media type' : `its media type is ${media}`);
  const found = format === 'auto' && route?.name ? route.name : formatOfBody(body, format);
  if (found === null) return unread(format === 'auto' ? 'it is of no known format' : `it is not ${format}`);
  const json = asked === null || asked.encoded ? null : Buffer.concat(asked.body);
  return { kind: 'answer', format: found, body, request: readRequest(found === 'text' ? null : found, json), cutOff };
}
