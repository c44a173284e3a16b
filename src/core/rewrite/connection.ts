import { ClientError, InternalError, type ProxyError, UpstreamError } from '../errors.js';
import { type Family, routeOf } from '../codec/codec.js';
import { type BodyMode, type Framer, requestFramer, responseFramer } from '../http/framer.js';
import type { MessageHead } from '../http/head.js';
import type { Limits } from '../limits.js';
import { localReply, replyFor } from '../http/reply.js';
import type { BypassReason, ExchangeSummary } from '../observe.js';
import { type Mode, wireMode } from '../types.js';
import { refusal } from './access.js';
import { Exchange } from './exchange.js';
import { OutBatch } from './out-batch.js';
import { BypassPath, DocumentPath, type ResponsePath, StreamPath, WatchPath } from './response-path.js';
import type { ConnectionContext } from './settings.js';

/** What a connection asks of the two sockets. All of it takes effect in order, behind what was sent before. */
export interface ConnectionSink {
  /** A client has begun to speak: a socket to the backend will be needed. */
  dialUpstream(): void;
  toClient(bytes: Buffer): void;
  toUpstream(bytes: Buffer): void;
  /** After `fromClient` returned false: more is welcome. */
  readyForClient(): void;
  /** FIN after what was sent. */
  endClient(): void;
  endUpstream(): void;
  /** The backend's socket has served its time: FIN, and the next request dials anew. */
  dropUpstream(): void;
  /** After what was sent. With `reset` the client learns that the answer is not whole, where framing cannot say so. */
  destroyClient(why: ProxyError, reset: boolean): void;
  /** At once, so that generation stops. */
  destroyUpstream(why: ProxyError): void;
}

/** Two byte streams in, two out, and who closes what. No sockets, no clock: time is an argument. */
export interface Connection {
  /** False: no more until `readyForClient`. */
  fromClient(chunk: Buffer, nowMs: number): boolean;
  fromUpstream(chunk: Buffer, nowMs: number): void;
  clientEnded(nowMs: number): void;
  upstreamEnded(nowMs: number): void;
  clientFailed(error: Error): void;
  upstreamFailed(error: UpstreamError, nowMs: number): void;
  tick(nowMs: number): void;
  deadlineMs(): number | null;
  /** Close when the exchange under way is over; at once if there is none. */
  drain(nowMs: number): void;
  /** An exchange is under way. */
  readonly busy: boolean;
}

export function openConnection(sink: ConnectionSink, context: ConnectionContext, nowMs: number): Connection {
  return new HttpConnection(sink, context, nowMs);
}

/** Pipelined bytes kept while an answer is under way, beyond which the client is not read: its FIN should still be seen. */
const PIPELINE_BYTES = 65_536;

class HttpConnection implements Connection {
  readonly #sink: ConnectionSink;
  readonly #context: ConnectionContext;
  readonly #requests: Framer;
  /** Of the socket in use; a new socket begins a new stream of responses. */
  #responses: Framer | null = null;
  readonly #toClient: OutBatch;
  readonly #toUpstream: OutBatch;
  #current: Exchange | null = null;
  #path: ResponsePath | null = null;
  #responseDone = false;
  /** A head or an end came in this read: its bytes are not whole chunks of one body. */
  #headOrEnd = false;
  /** Both directions are bytes and nothing else from here on. */
  #tunnel = false;
  #clientEnded = false;
  /** The client has been told the end; what it still sends is read and dropped. */
  #closingSinceMs: number | null = null;
  #lingered = false;
  #closed = false;
  #draining = false;
  #paused = false;
  /** A request's head has begun and is not complete. */
  #headSinceMs: number | null = null;
  #requestDoneMs = 0;
  #halfClosedMs: number | null = null;
  #nowMs: number;
  #lastByteMs: number;

  constructor(sink: ConnectionSink, context: ConnectionContext, nowMs: number) {
    this.#sink = sink;
    this.#context = context;
    this.#nowMs = nowMs;
    this.#lastByteMs = nowMs;
    this.#toClient = new OutBatch((bytes) => sink.toClient(bytes));
    this.#toUpstream = new OutBatch((bytes) => sink.toUpstream(bytes));
    const requestSink = {
      head: (head: MessageHead) => this.#requestHead(head),
      body: (bytes: Buffer) => this.#requestBody(bytes),
      end: () => this.#requestEnd(),
      tunnel: (rest: Buffer) => this.#enterTunnel('tunnel', rest),
      fault: (error: ProxyError, rest: Buffer) => this.#requestFault(error, rest),
    };
    this.#requests = requestFramer(requestSink, context.settings().limits);
  }

  get busy(): boolean {
    return this.#current !== null || this.#tunnel || this.#requests.pending > 0;
  }

  fromClient(chunk: Buffer, nowMs: number): boolean {
    this.#nowMs = this.#lastByteMs = nowMs;
    if (this.#closed || this.#closingSinceMs !== null) return true;
    if (this.#tunnel) {
      this.#sink.toUpstream(chunk);
      return true;
    }
    if (this.#current === null) this.#sink.dialUpstream();
    this.#guard(() => this.#requests.write(chunk));
    this.#flush();
    this.#paused = this.#closingSinceMs === null && this.#current !== null && this.#requests.pending > PIPELINE_BYTES;
    return !this.#paused;
  }

  fromUpstream(chunk: Buffer, nowMs: number): void {
    this.#nowMs = this.#lastByteMs = nowMs;
    if (this.#closed || this.#closingSinceMs !== null) return;
    if (this.#tunnel) {
      this.#sink.toClient(chunk);
      return;
    }
    const exchange = this.#current;
    const responses = this.#responses;
    if (exchange === null || responses === null) {
      this.#unowed(chunk);
      return;
    }
    // Where nothing may change, the bytes go first and are looked at afterwards.
    if (exchange.transparent) this.#sink.toClient(chunk);
    const wasAtBoundary = responses.atBoundary;
    this.#headOrEnd = false;
    this.#guard(() => {
      responses.write(chunk);
      const whole = wasAtBoundary && !this.#headOrEnd && responses.atBoundary ? chunk : null;
      if (!this.#responseDone) this.#path?.endOfRead(whole, nowMs);
    });
    this.#settleExchange();
    this.#flush();
  }

  clientEnded(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#closed || this.#clientEnded) return;
    this.#clientEnded = true;
    if (this.#closingSinceMs !== null) return;
    if (this.#tunnel) {
      this.#sink.endUpstream();
      return;
    }
    if (this.#current === null) this.#clientLeaves();
    else if (this.#requests.pending === 0 || !this.#current.requestDone) this.#relayEnd();
  }

  upstreamEnded(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#closed || this.#closingSinceMs !== null) {
      this.#sink.dropUpstream();
      return;
    }
    if (this.#tunnel) {
      this.#sink.endClient();
      if (this.#clientEnded) this.#sink.dropUpstream();
      return;
    }
    const responses = this.#responses;
    if (this.#current !== null && responses !== null) {
      this.#guard(() => responses.finish());
      this.#settleExchange();
    }
    // An answer that has not begun, or a request that was not all sent: there is nobody left to finish it.
    if (!this.#closing() && this.#current !== null) this.#upstreamLost(new UpstreamError('E_UPSTREAM_LOST', 502, 'the backend closed the connection before it answered'), false);
    this.#dropUpstream();
    this.#flush();
  }

  clientFailed(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    const why = new ClientError('E_CLIENT_GONE', 499, `the client is gone: ${error.message}`, { cause: error });
    this.#responses?.dispose();
    this.#requests.dispose();
    if (this.#current !== null) this.#observeEnd('aborted');
    this.#sink.destroyUpstream(why);
    this.#sink.destroyClient(why, false);
  }

  upstreamFailed(error: UpstreamError, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#responses?.dispose();
    this.#responses = null;
    if (this.#closed || this.#closingSinceMs !== null) return;
    if (this.#tunnel) this.#sink.destroyClient(error, true);
    else if (this.#current !== null) this.#upstreamLost(error, true);
    this.#flush();
  }

  drain(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#draining = true;
    if (!this.busy && !this.#closing()) this.#close();
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#closed) return;
    const { limits, responseTimeoutMs } = this.#context.settings();
    const current = this.#current;
    if (this.#closingSinceMs !== null) {
      this.#linger(nowMs - this.#closingSinceMs, limits);
    } else if (nowMs - this.#lastByteMs >= limits.idleMs) {
      this.#timeOut(new ClientError('E_IDLE', 408, `nothing moved for ${limits.idleMs} ms`));
    } else if (this.#headSinceMs !== null && nowMs - this.#headSinceMs >= limits.headMs) {
      this.#timeOut(new ClientError('E_HEAD_TIMEOUT', 408, `the request head was not complete after ${limits.headMs} ms`));
    } else if (current !== null && current.response === null && this.#halfClosedMs !== null && nowMs - this.#halfClosedMs >= limits.halfCloseMs) {
      this.#abandon();
    } else if (current !== null && current.requestDone && current.response === null && responseTimeoutMs > 0 && nowMs - this.#requestDoneMs >= responseTimeoutMs) {
      this.#timeOut(new UpstreamError('E_UPSTREAM_TIMEOUT', 504, `the backend sent nothing for ${responseTimeoutMs} ms`));
    } else {
      this.#guard(() => this.#path?.tick(nowMs));
    }
    this.#flush();
  }

  deadlineMs(): number | null {
    if (this.#closed) return null;
    const { limits, responseTimeoutMs } = this.#context.settings();
    if (this.#closingSinceMs !== null) return this.#closingSinceMs + (this.#lingered ? limits.idleMs : limits.halfCloseMs);
    let deadline = this.#lastByteMs + limits.idleMs;
    if (this.#headSinceMs !== null) deadline = Math.min(deadline, this.#headSinceMs + limits.headMs);
    const current = this.#current;
    if (current !== null && current.response === null) {
      if (this.#halfClosedMs !== null) deadline = Math.min(deadline, this.#halfClosedMs + limits.halfCloseMs);
      if (current.requestDone && responseTimeoutMs > 0) deadline = Math.min(deadline, this.#requestDoneMs + responseTimeoutMs);
    }
    return Math.min(deadline, this.#path?.deadlineMs() ?? Infinity);
  }

  #requestHead(head: MessageHead): BodyMode {
    const exchange = new Exchange(head, this.#context, this.#nowMs);
    this.#current = exchange;
    this.#path = null;
    this.#responseDone = false;
    this.#requests.pause();
    const refused = refusal(exchange.settings.access, head.get('host'), head.get('origin'));
    if (refused !== null) {
      this.#reply(new ClientError('E_FORBIDDEN', 403, refused));
      return 'wire';
    }
    this.#responses ??= this.#responseStream();
    this.#toUpstream.push(exchange.upstreamHead());
    return 'wire';
  }

  #requestBody(bytes: Buffer): void {
    if (this.#closing() || this.#current === null) return;
    this.#toUpstream.push(bytes);
    this.#current.requestBody(bytes);
  }

  #requestEnd(): void {
    if (this.#closing() || this.#current === null) return;
    this.#current.requestDone = true;
    this.#requestDoneMs = this.#nowMs;
    this.#settleExchange();
  }

  #requestFault(error: ProxyError, rest: Buffer): void {
    if (this.#closing()) return;
    const exchange = this.#current;
    const transparent = exchange?.transparent ?? isTransparent(wireMode(this.#context.settings().modes));
    if (transparent) {
      this.#enterTunnel('malformed', rest);
      this.#flush();
      if (this.#clientEnded) this.#sink.endUpstream();
    } else if (exchange === null && error.code === 'E_BAD_REQUEST' && this.#clientEnded) {
      // It left in mid-head: nobody waits for a reply.
      this.#close();
    } else if (exchange !== null && this.#clientEnded) {
      this.#sink.endUpstream();
    } else {
      this.#refuse(error, rest);
    }
  }

  /** A malformed request: nothing more of it is forwarded. */
  #refuse(error: ProxyError, rest: Buffer): void {
    const exchange = this.#current;
    if (exchange === null) {
      this.#context.observer.observe({ kind: 'fault', atMs: this.#nowMs, exchange: null, message: error.message });
      this.#toClient.push(localReply(replyFor(error), { family: familyOf(rest) }));
      this.#close();
      return;
    }
    this.#responses?.dispose();
    this.#responses = null;
    this.#sink.destroyUpstream(error);
    if (exchange.response === null) {
      this.#reply(error);
      return;
    }
    this.#path?.abort(this.#nowMs);
    this.#observeEnd('truncated');
    this.#flush();
    this.#close();
  }

  #responseStream(): Framer {
    const responseSink = {
      head: (head: MessageHead) => this.#responseHead(head),
      body: (bytes: Buffer) => this.#path?.body(bytes, this.#nowMs),
      end: (trailers?: Buffer) => this.#responseEnd(trailers),
      tunnel: (rest: Buffer) => this.#upgraded(rest),
      fault: (error: ProxyError) => this.#responseFault(error),
    };
    // Once its response is complete an exchange is owed nothing: what follows answers no request.
    return responseFramer(responseSink, this.#context.settings().limits, () => (this.#responseDone ? null : (this.#current?.request ?? null)));
  }

  #responseHead(head: MessageHead): BodyMode {
    const exchange = this.#current as Exchange;
    this.#headOrEnd = true;
    const forward = (bytes: Buffer): void => {
      if (!exchange.transparent) this.#toClient.push(bytes);
    };
    if (head.interim || head.upgrade) {
      forward(head.raw);
      return 'wire';
    }
    exchange.response = head;
    const codec = exchange.codec(head);
    if (codec === null) this.#path = new BypassPath(head, forward);
    else if (exchange.transparent) this.#path = new WatchPath(exchange, head, codec);
    else if (codec.envelope.name === 'json') this.#path = new DocumentPath(exchange, head, codec, forward);
    else this.#path = new StreamPath(exchange, head, codec, forward);
    return this.#path.wantsPayload ? 'payload' : 'wire';
  }

  #responseEnd(trailers?: Buffer): void {
    this.#headOrEnd = true;
    this.#path?.end(trailers, this.#nowMs);
    this.#responseDone = true;
  }

  #responseFault(error: ProxyError): void {
    const exchange = this.#current;
    if (exchange === null || this.#closing()) return;
    if (this.#responseDone) {
      // The answer itself was whole; whatever came behind it is nobody's.
      this.#dropUpstream();
      return;
    }
    const cutOff = error.code === 'E_UPSTREAM_LOST';
    if (exchange.transparent && !cutOff) {
      this.#path?.abort(this.#nowMs);
      exchange.stopInspecting('malformed');
      this.#enterTunnel('malformed', null);
    } else {
      this.#upstreamLost(error, !cutOff);
    }
  }

  /** The backend granted the upgrade, or the CONNECT: `rest` is the first of what is no longer HTTP. */
  #upgraded(rest: Buffer): void {
    if (this.#current?.transparent === false) this.#toClient.push(rest);
    this.#enterTunnel('tunnel', null);
    this.#requests.tunnel();
    this.#flush();
  }

  /** @param fromClient bytes of the client's that have not been forwarded */
  #enterTunnel(reason: BypassReason, fromClient: Buffer | null): void {
    if (!this.#tunnel) {
      this.#tunnel = true;
      this.#headSinceMs = null;
      if (this.#current !== null) {
        this.#current.stopInspecting(reason);
        this.#observeEnd('complete');
      } else {
        this.#context.observer.observe({ kind: 'tunnel', atMs: this.#nowMs, reason });
      }
    }
    if (fromClient !== null) this.#toUpstream.push(fromClient);
  }

  #unowed(chunk: Buffer): void {
    if (isTransparent(wireMode(this.#context.settings().modes))) {
      this.#enterTunnel('malformed', null);
      this.#sink.toClient(chunk);
    } else {
      this.#dropUpstream();
    }
  }

  /** Ends the exchange once both its messages are complete, and lets the next request in. */
  #settleExchange(): void {
    const exchange = this.#current;
    if (exchange === null || !this.#responseDone || this.#closing() || this.#tunnel) return;
    const last = exchange.response?.keepAlive === false || !exchange.request.keepAlive || this.#path?.endsWithConnection === true || this.#draining;
    if (!exchange.requestDone && !last) return;
    this.#observeEnd('complete');
    this.#path = null;
    this.#halfClosedMs = null;
    if (exchange.response?.keepAlive === false) this.#dropUpstream();
    if (last || (this.#clientEnded && this.#requests.pending === 0)) {
      this.#flush();
      this.#close();
      return;
    }
    this.#guard(() => this.#requests.resume());
    if (this.#current === null && this.#clientEnded) this.#clientLeaves();
    else if (this.#clientEnded && this.#requests.pending === 0) this.#relayEnd();
    if (this.#paused && this.#requests.pending <= PIPELINE_BYTES) {
      this.#paused = false;
      this.#flush();
      this.#sink.readyForClient();
    }
  }

  #upstreamLost(error: ProxyError, broken: boolean): void {
    const exchange = this.#current as Exchange;
    if (this.#responseDone) {
      // The answer was whole; only the rest of the request has nobody left to go to.
      this.#observeEnd('complete');
      this.#close();
      return;
    }
    const partial = this.#responses?.place === 'head';
    this.#responses?.dispose();
    this.#responses = null;
    this.#sink.destroyUpstream(error);
    const unreachable = error.code === 'E_UPSTREAM_REFUSED' || error.code === 'E_UPSTREAM_TIMEOUT';
    if (exchange.response === null && (!exchange.transparent || (unreachable && !partial))) {
      this.#reply(error);
      return;
    }
    this.#path?.abort(this.#nowMs);
    // Where only the connection's end says that the answer is over, an ordinary end would make it look whole.
    const reset = broken && (exchange.transparent || this.#path?.endsWithConnection === true);
    const hidden = !exchange.transparent && this.#path?.endsWithConnection === true && exchange.response?.framing.kind !== 'eof';
    this.#observeEnd('truncated');
    this.#flush();
    this.#closingSinceMs = this.#nowMs;
    if (exchange.transparent && !broken) this.#sink.endClient();
    else this.#sink.destroyClient(error, reset || hidden);
  }

  /** Answers in the backend's stead, in the route's own error shape, and closes. */
  #reply(error: ProxyError): void {
    const exchange = this.#current as Exchange;
    this.#toClient.push(localReply(replyFor(error), { family: exchange.route?.family ?? null, headOnly: exchange.request.method === 'HEAD' }));
    this.#observeEnd('local_reply', replyFor(error).status);
    this.#close();
  }

  #timeOut(error: ProxyError): void {
    const exchange = this.#current;
    this.#responses?.dispose();
    this.#responses = null;
    this.#sink.destroyUpstream(error);
    if (exchange !== null && exchange.response === null) {
      this.#reply(error.statusHint === 408 ? new UpstreamError('E_UPSTREAM_TIMEOUT', 504, error.message) : error);
    } else if (exchange !== null) {
      this.#path?.abort(this.#nowMs);
      this.#observeEnd('truncated');
      this.#flush();
      this.#closingSinceMs = this.#nowMs;
      this.#sink.destroyClient(error, true);
    } else {
      if (error.code === 'E_HEAD_TIMEOUT' && !isTransparent(wireMode(this.#context.settings().modes))) this.#toClient.push(localReply(replyFor(error), { family: null }));
      this.#close();
    }
  }

  /** The client went before the backend answered, and the time to answer all the same is over. */
  #abandon(): void {
    const why = new ClientError('E_CLIENT_GONE', 499, 'the client closed before the backend answered');
    this.#observeEnd('aborted');
    this.#sink.destroyUpstream(why);
    this.#close();
  }

  /** The client's FIN goes to the backend: this is how an abort looks on the wire. */
  #relayEnd(): void {
    if (this.#current?.response === null) this.#halfClosedMs = this.#nowMs;
    this.#flush();
    if (this.#current?.requestDone === false) this.#guard(() => this.#requests.finish());
    this.#sink.endUpstream();
  }

  /** A client that does not close its side is closed; one that does not even read what it was sent is cut off, much later. */
  #linger(closingMs: number, limits: Limits): void {
    const why = new ClientError('E_IDLE', 408, 'the client did not close');
    if (closingMs >= limits.idleMs) {
      this.clientFailed(why);
    } else if (!this.#lingered && closingMs >= limits.halfCloseMs) {
      this.#lingered = true;
      this.#sink.destroyClient(why, false);
    }
  }

  /** FIN from a client that is owed nothing. A head that was begun is a fault, which the framer tells. */
  #clientLeaves(): void {
    this.#guard(() => this.#requests.finish());
    this.#flush();
    if (!this.#closing() && !this.#tunnel) this.#close();
  }

  #observeEnd(outcome: ExchangeSummary['outcome'], status?: number): void {
    const exchange = this.#current;
    if (exchange === null) return;
    this.#current = null;
    const summary = exchange.summary(outcome, this.#nowMs);
    this.#context.observer.observe({ kind: 'exchange', atMs: this.#nowMs, summary: status === undefined ? summary : { ...summary, status } });
  }

  /** FIN to both, behind all that was sent. */
  #close(): void {
    if (this.#closingSinceMs !== null) return;
    this.#flush();
    this.#closingSinceMs = this.#nowMs;
    this.#dropUpstream();
    this.#requests.dispose();
    this.#sink.endClient();
    if (this.#paused) this.#sink.readyForClient();
  }

  #dropUpstream(): void {
    this.#responses?.dispose();
    this.#responses = null;
    this.#sink.dropUpstream();
  }

  #closing(): boolean {
    return this.#closed || this.#closingSinceMs !== null;
  }

  #flush(): void {
    this.#toUpstream.flush();
    this.#toClient.flush();
    const waiting = !this.#closing() && !this.#tunnel && this.#current === null && this.#requests.place === 'head';
    this.#headSinceMs = waiting ? (this.#headSinceMs ?? this.#nowMs) : null;
  }

  /** A fault of ours outside the rewriting itself: the connection cannot be trusted any more, so it ends visibly. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      const fault = new InternalError(error instanceof Error ? (error.stack ?? error.message) : String(error), { cause: error });
      this.#context.observer.observe({ kind: 'fault', atMs: this.#nowMs, exchange: this.#current?.id ?? null, message: fault.message });
      if (this.#closed) return;
      this.#flush();
      this.#observeEnd('truncated');
      this.#closingSinceMs ??= this.#nowMs;
      this.#sink.destroyUpstream(fault);
      this.#sink.destroyClient(fault, true);
    }
  }
}

function isTransparent(mode: Mode): boolean {
  return mode === 'observe' || mode === 'off';
}

/** Whose error object a client understands whose head could not be read: its first line may still tell. */
function familyOf(head: Buffer): Family | null {
  const line = /^\s*([A-Z]+) (\S+)/.exec(head.toString('latin1', 0, 2048));
  return line === null ? null : (routeOf(line[1] as string, line[2] as string)?.family ?? null);
}
