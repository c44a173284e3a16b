import { ByteQueue } from '../bytes.js';
import { ClientError, InternalError, UpstreamError, type ProxyError } from '../errors.js';
import type { Limits } from '../limits.js';
import { ChunkedDecoder, loneChunk } from './chunked.js';
import { CR, LF } from './fields.js';
import { HeadCollector } from './head-collector.js';
import { headError, readRequestHead, readResponseHead, type MessageHead, type RequestFacts } from './head.js';
import { isHeadFault, type HeadFault } from './judge.js';

/** `payload`: transfer coding removed. `wire`: exactly as received, framing bytes included. */
export type BodyMode = 'payload' | 'wire';

/** Where a framer tells what it finds. It may call the framer's methods, save `write` and `finish`. */
export interface FramerSink {
  /** A whole head. Its answer says how the body is wanted. An `interim` head is followed by no `end`. */
  head(head: MessageHead): BodyMode;
  /** A piece of the body: a slice of what was written, never empty. */
  body(bytes: Buffer): void;
  /** The message is complete. Trailer lines as received, without the blank line, where there were any. */
  end(trailers?: Buffer): void;
  /** Bytes that are not HTTP. The first call marks the switch and may be empty; every later byte follows. */
  tunnel(rest: Buffer): void;
  /**
   * The framer gives up. `rest` is what was received and not delivered, a partial head included; nothing more is
   * said, and bytes written later are ignored: they are the caller's to pass on.
   */
  fault(error: ProxyError, rest: Buffer): void;
}

/** Where a framer stands. `waiting`: a request that may leave HTTP is complete; `closed`: no message may follow. */
export type FramerPlace = 'between' | 'head' | 'body' | 'waiting' | 'closed' | 'tunnel' | 'dead';

/** Cuts a byte stream into messages. What it says depends on the bytes alone, not on how they were cut. */
export interface Framer {
  readonly place: FramerPlace;
  /** Bytes received and not delivered: a partial head, or what came while paused. */
  readonly pending: number;
  /** In a chunked body, and what was delivered of it so far is whole chunks: the bytes so far could leave as received. */
  readonly atBoundary: boolean;
  /**
   * Where the payload begins in bytes that come next and are one whole chunk of a body wanted as payload: such bytes may pass by the
   * framer, which would say nothing but this payload, ending two bytes before their end. Else -1.
   */
  lone(bytes: Buffer): number;
  write(chunk: Buffer): void;
  /** No more bytes come. Ends a body that lasts until then; a message cut off is a fault. May come while paused. */
  finish(): void;
  /** Holds from the next end of a message on: later bytes are kept, unread. A body under way flows on. */
  pause(): void;
  /** Goes on after `pause`, or after a request that might have left HTTP and did not. */
  resume(): void;
  /** HTTP ends here: what is pending, and all that follows, goes out through `sink.tunnel`. */
  tunnel(): void;
  /** Forgets everything; says nothing more. */
  dispose(): void;
}

/** Which limits a framer keeps: `headBytes` for heads, and for trailers. */
export type FramerLimits = Pick<Limits, 'headBytes'>;

/**
 * Cuts what a client sends. After a request that asks for another protocol, or a CONNECT, it waits for `tunnel` or
 * `resume`. A connection that begins with what no request can begin with, or with the HTTP/2 preface, is a tunnel.
 */
export function requestFramer(sink: FramerSink, limits: FramerLimits): Framer {
  return new StreamFramer(sink, limits, { kind: 'request', readHead: readRequestHead, expected: () => true });
}

/**
 * Cuts what a backend sends. `nextRequest` says which request the response under way answers, without moving on: it
 * is asked when a response begins and when its head is whole, for interim ones too. Null: nothing is owed, a fault.
 */
export function responseFramer(sink: FramerSink, limits: FramerLimits, nextRequest: () => RequestFacts | null): Framer {
  const readHead = (raw: Buffer): MessageHead | HeadFault => {
    const request = nextRequest();
    return request === null ? UNOWED : readResponseHead(raw, request);
  };
  return new StreamFramer(sink, limits, { kind: 'response', readHead, expected: () => nextRequest() !== null });
}

const UNOWED: HeadFault = { code: 'E_BAD_RESPONSE', message: 'bad response: no request is waiting for one' };

interface Side {
  readonly kind: 'request' | 'response';
  readHead(raw: Buffer): MessageHead | HeadFault;
  /** A message may begin now. */
  expected(): boolean;
}

class StreamFramer implements Framer {
  readonly #sink: FramerSink;
  readonly #side: Side;
  readonly #headBytes: number;
  readonly #queue = new ByteQueue();
  readonly #collector: HeadCollector;
  #place: FramerPlace = 'between';
  #paused = false;
  #running = false;
  #ended = false;
  /** Whether another message may follow this one. */
  #keepAlive = true;
  /** This message may be the last of HTTP. */
  #upgrade = false;
  #mode: BodyMode = 'payload';
  /** Bytes of a body of fixed length still to come; Infinity where it lasts to the end of the stream. */
  #left = 0;
  #length = 0;
  #decoder: ChunkedDecoder | null = null;

  constructor(sink: FramerSink, limits: FramerLimits, side: Side) {
    this.#sink = sink;
    this.#side = side;
    this.#headBytes = limits.headBytes;
    this.#collector = new HeadCollector(this.#queue, limits.headBytes, side.kind);
  }

  get place(): FramerPlace {
    // Empty lines alone begin no message: nobody need wait for the rest of it.
    return this.#place === 'head' && this.#collector.blank ? 'between' : this.#place;
  }

  get pending(): number {
    return this.#queue.length;
  }

  get atBoundary(): boolean {
    return this.#place === 'body' && this.#decoder !== null && this.#decoder.atBoundary;
  }

  lone(bytes: Buffer): number {
    return this.#mode === 'payload' && !this.#ended && this.#queue.length === 0 && this.atBoundary ? loneChunk(bytes) : -1;
  }

  write(chunk: Buffer): void {
    if (this.#running) throw new InternalError('a framer was written to by its own sink');
    if (this.#place === 'dead' || this.#ended || chunk.length === 0) return;
    if (this.#place === 'tunnel') {
      this.#sink.tunnel(chunk);
      return;
    }
    this.#queue.append(chunk);
    this.#run();
  }

  finish(): void {
    if (this.#running) throw new InternalError('a framer was finished by its own sink');
    this.#ended = true;
    this.#run();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#place === 'waiting') this.#place = this.#keepAlive ? 'between' : 'closed';
    this.#run();
  }

  tunnel(): void {
    if (this.#place === 'dead' || this.#place === 'tunnel') return;
    this.#place = 'tunnel';
    this.#sink.tunnel(this.#queue.takeAll());
  }

  dispose(): void {
    this.#place = 'dead';
    this.#queue.clear();
  }

  #run(): void {
    // A sink that resumes or ends things is inside this loop already, which then sees the change.
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#held() && this.#step());
      if (this.#ended && !this.#held()) this.#finished();
    } finally {
      this.#running = false;
    }
  }

  #held(): boolean {
    return this.#place === 'waiting' || (this.#paused && (this.#place === 'between' || this.#place === 'closed'));
  }

  /** One move; false where it takes more bytes to make another. */
  #step(): boolean {
    if (this.#queue.length === 0) return false;
    switch (this.#place) {
      case 'between':
        this.#place = 'head';
        if (!this.#side.expected()) this.#fault(headError(UNOWED));
        return true;
      case 'head':
        return this.#stepHead();
      case 'body':
        if (this.#decoder !== null) this.#stepChunks(this.#decoder);
        else this.#stepBytes();
        return true;
      case 'closed':
        return this.#stepClosed();
      case 'waiting':
      case 'tunnel':
      case 'dead':
        return false;
    }
  }

  #stepHead(): boolean {
    const result = this.#collector.collect();
    if (result === 'more') return false;
    if (result === 'tunnel') {
      this.tunnel();
      return false;
    }
    if (typeof result !== 'number') {
      this.#fault(result.code === 'E_HEAD_TOO_LARGE' ? this.#tooLarge() : headError({ code: this.#headCode(), message: `bad ${this.#side.kind} head: ${result.message}` }));
      return false;
    }
    const head = this.#side.readHead(this.#queue.slice(0, result));
    if (isHeadFault(head)) {
      this.#fault(headError(head));
      return false;
    }
    this.#queue.drop(result);
    this.#begin(head);
    return true;
  }

  #begin(head: MessageHead): void {
    this.#keepAlive = head.keepAlive;
    this.#upgrade = head.upgrade;
    this.#decoder = head.framing.kind === 'chunked' ? new ChunkedDecoder(this.#headBytes) : null;
    this.#length = head.framing.kind === 'length' ? head.framing.length : head.framing.kind === 'eof' ? Infinity : 0;
    this.#left = this.#length;
    this.#place = 'body';
    this.#mode = this.#sink.head(head);
    if (this.#place !== 'body') return;
    if (head.interim) this.#place = 'between';
    else if (this.#side.kind === 'response' && head.upgrade) this.tunnel();
    else if (head.framing.kind === 'none') this.#complete(null);
  }

  #stepBytes(): void {
    const bytes = this.#queue.front();
    const piece = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left);
    this.#queue.drop(piece.length);
    this.#left -= piece.length;
    this.#sink.body(piece);
    if (this.#left === 0 && this.#place === 'body') this.#complete(null);
  }

  #stepChunks(decoder: ChunkedDecoder): void {
    const bytes = this.#queue.front();
    if (this.#mode === 'wire') {
      let at = 0;
      while (at < bytes.length && !decoder.done && decoder.fault === null) at = decoder.step(bytes, at);
      this.#queue.drop(at);
      if (at > 0) this.#sink.body(at === bytes.length ? bytes : bytes.subarray(0, at));
    } else {
      this.#stepPayload(decoder, bytes);
    }
    if (this.#place !== 'body') return;
    if (decoder.fault !== null) this.#fault(this.#error('E_BAD_CHUNK', `bad ${this.#side.kind} body: ${decoder.fault}`));
    else if (decoder.done) this.#complete(decoder.trailers);
  }

  #stepPayload(decoder: ChunkedDecoder, bytes: Buffer): void {
    let at = 0;
    // The sink may end things at each piece, so a piece leaves the queue before the sink sees it.
    while (at < bytes.length && this.#place === 'body' && !decoder.done && decoder.fault === null) {
      const before = at;
      at = decoder.step(bytes, at);
      this.#queue.drop(at - before);
      if (decoder.from === decoder.to) continue;
      this.#sink.body(decoder.from === 0 && decoder.to === bytes.length ? bytes : bytes.subarray(decoder.from, decoder.to));
    }
  }

  #complete(trailers: Buffer | null): void {
    this.#decoder = null;
    this.#place = this.#upgrade && this.#side.kind === 'request' ? 'waiting' : this.#keepAlive ? 'between' : 'closed';
    if (trailers === null) this.#sink.end();
    else this.#sink.end(trailers);
  }

  /** After the last message there is nothing to say but empty lines, which some clients add to a body. */
  #stepClosed(): boolean {
    for (let at = 0; at < this.#queue.length; at += 1) {
      const byte = this.#queue.at(at);
      if (at < CLOSED_BYTES && (byte === CR || byte === LF)) continue;
      this.#fault(headError({ code: this.#headCode(), message: `bad ${this.#side.kind}: bytes follow a message that was to be the last` }));
      break;
    }
    return false;
  }

  #finished(): void {
    const place = this.#place;
    if (place === 'body' && this.#left === Infinity) {
      this.#keepAlive = false;
      this.#complete(null);
    } else if (place === 'body') {
      const arrived = this.#decoder === null ? `${this.#length - this.#left} of ${this.#length} bytes came` : 'its last chunk did not come';
      this.#fault(this.#cutOff(`in its body: ${arrived}`));
    } else if (place === 'head' && !this.#collector.blank) {
      this.#fault(this.#cutOff(`in its head, after ${this.#queue.length} bytes`));
    }
  }

  #fault(error: ProxyError): void {
    const rest = this.#queue.takeAll();
    this.dispose();
    this.#sink.fault(error, rest);
  }

  #cutOff(where: string): ProxyError {
    const request = this.#side.kind === 'request';
    return this.#error(request ? 'E_BAD_REQUEST' : 'E_UPSTREAM_LOST', `the ${this.#side.kind} was cut off ${where}`);
  }

  #tooLarge(): ProxyError {
    const message = `the ${this.#side.kind} head exceeds ${this.#headBytes} bytes`;
    return this.#side.kind === 'request' ? new ClientError('E_HEAD_TOO_LARGE', 431, message) : new UpstreamError('E_HEAD_TOO_LARGE', 502, message);
  }

  #headCode(): HeadFault['code'] {
    return this.#side.kind === 'request' ? 'E_BAD_REQUEST' : 'E_BAD_RESPONSE';
  }

  #error(code: 'E_BAD_CHUNK' | 'E_BAD_REQUEST' | 'E_UPSTREAM_LOST', message: string): ProxyError {
    return this.#side.kind === 'request' ? new ClientError(code, 400, message) : new UpstreamError(code, 502, message);
  }
}

/** Bytes of empty lines that are suffered behind the last message. */
const CLOSED_BYTES = 16;
