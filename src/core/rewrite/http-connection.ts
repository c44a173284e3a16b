import { ClientError, describe, InternalError, type ProxyError, UpstreamError } from '../errors.js';
import { type BodyMode, type Framer, requestFramer } from '../http/framer.js';
import type { Framing, MessageHead } from '../http/head.js';
import type { BypassReason } from '../observe.js';
import { isTransparent, wireMode } from '../types.js';
import { authorityOf, refusal, refusalOfUnread } from './access.js';
import { ConnectionClock } from './connection-clock.js';
import { ConnectionEnds, familyOf } from './connection-ends.js';
import type { Connection, ConnectionSink } from './connection.js';
import { Exchange } from './exchange.js';
import { ResponseSide } from './response-side.js';
import type { ConnectionContext } from './settings.js';

/** Pipelined bytes kept while an answer is under way, beyond which the client is not read: its FIN should still be seen. */
const PIPELINE_BYTES = 65_536;

/** One client's connection: its requests, one exchange at a time, and every rule of who closes what. */
export class HttpConnection implements Connection {
  readonly #sink: ConnectionSink;
  readonly #context: ConnectionContext;
  readonly #clock: ConnectionClock;
  readonly #requests: Framer;
  readonly #response: ResponseSide;
  readonly #ends: ConnectionEnds;
  /** Both directions are bytes and nothing else from here on. */
  #tunnel = false;
  #clientEnded = false;
  /** In a tunnel: its FIN has been relayed. */
  #upstreamEnded = false;
  #draining = false;
  /** The last complete answer. */
  #answered: { readonly framing: Framing['kind']; readonly atMs: number } | null = null;

  constructor(sink: ConnectionSink, context: ConnectionContext, nowMs: number) {
    const { limits } = context.settings();
    this.#sink = sink;
    this.#context = context;
    this.#clock = new ConnectionClock(nowMs);
    const requestSink = {
      head: (head: MessageHead) => this.#requestHead(head),
      body: (bytes: Buffer) => this.#requestBody(bytes),
      end: () => this.#requestEnd(),
      tunnel: (rest: Buffer) => this.#enterTunnel('tunnel', rest),
      fault: (error: ProxyError, rest: Buffer) => this.#requestFault(error, rest),
    };
    this.#requests = requestFramer(requestSink, limits);
    const responseHost = {
      toClient: (bytes: Buffer) => this.#ends.toClient.push(bytes),
      upgraded: (rest: Buffer) => this.#upgraded(rest),
      mayAsk: () => this.#ends.current?.requestDone === true && !this.#clientEnded && !this.#draining && !this.#ends.closing && !this.#ends.stale,
      ask: (body: Buffer) => this.#ends.ask(body),
      abandon: () => this.#ends.destroyUpstream(new UpstreamError('E_BAD_RESPONSE', 502, 'the rest of an answer is no longer wanted')),
      fault: (error: ProxyError) => this.#responseFault(error),
    };
    this.#response = new ResponseSide(responseHost, limits);
    this.#ends = new ConnectionEnds(sink, this.#clock, context.observer, { requests: this.#requests, response: this.#response });
  }

  get busy(): boolean {
    return !this.#ends.closing && (this.#ends.current !== null || this.#tunnel || this.#requests.pending > 0);
  }

  fromClient(chunk: Buffer, nowMs: number): boolean {
    this.#clock.read(nowMs);
    if (this.#ends.closing) return true;
    if (this.#tunnel) {
      this.#sink.toUpstream(chunk);
      return true;
    }
    if (this.#ends.current === null) this.#sink.dialUpstream();
    this.#guard(() => this.#requests.write(chunk));
    this.#flush();
    return this.#ends.closing || this.#ends.current === null || this.#requests.pending <= PIPELINE_BYTES;
  }

  fromUpstream(chunk: Buffer, nowMs: number): void {
    this.#clock.read(nowMs);
    if (this.#ends.closing) return;
    if (this.#tunnel) {
      this.#sink.toClient(chunk);
      return;
    }
    const exchange = this.#ends.current;
    if (exchange === null || !this.#response.open) {
      this.#unowed(chunk);
      return;
    }
    const { transparent } = exchange;
    let glides = false;
    // Where nothing may change, the bytes go first and are looked at afterwards.
    if (transparent) this.#sink.toClient(chunk);
    this.#guard(() => (glides = this.#response.read(chunk, nowMs)), transparent);
    if (glides) return transparent ? undefined : this.#sink.toClient(chunk);
    this.#noteAnswer();
    this.#settleExchange();
    this.#flush();
  }

  clientEnded(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    if (this.#ends.closed || this.#clientEnded) return;
    this.#clientEnded = true;
    if (this.#ends.closing) return;
    if (this.#tunnel) {
      if (this.#upstreamEnded) this.#ends.close();
      else this.#sink.endUpstream();
    } else if (this.#ends.current === null) {
      this.#clientLeaves();
    } else if (this.#requests.pending === 0 || !this.#ends.current.requestDone) {
      // Requests that wait in line go up first; the last of them takes the FIN along.
      this.#relayEnd();
      this.#settleExchange();
    }
  }

  upstreamEnded(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    if (this.#ends.closing) {
      this.#ends.dropUpstream();
      return;
    }
    if (this.#tunnel) {
      this.#upstreamEnded = true;
      if (this.#clientEnded) this.#ends.close();
      else this.#sink.endClient();
      return;
    }
    const unanswered = (this.#ends.current?.response ?? null) === null && !this.#response.inHead;
    if (unanswered && this.#answered !== null) this.#context.habits?.closed(this.#answered.framing, nowMs - this.#answered.atMs);
    if (this.#ends.current !== null) this.#guard(() => this.#response.finish(nowMs));
    if (this.#ends.current !== null && this.#response.goesOn) return this.#flush();
    this.#settleExchange();
    // An answer that has not begun, or a request that was not all sent: there is nobody left to finish it.
    if (!this.#ends.closing) this.#ends.lost(new UpstreamError('E_UPSTREAM_LOST', 502, 'the backend closed the connection before it answered'), false);
    this.#ends.dropUpstream();
    this.#settleExchange();
    this.#flush();
  }

  clientFailed(error: Error): void {
    this.#ends.clientGone(error);
  }

  upstreamFailed(error: UpstreamError, nowMs: number): void {
    this.#clock.nowMs = nowMs;
    const { inHead } = this.#response;
    this.#response.drop();
    if (this.#ends.closing) return;
    // A tunnel must end with its socket: what the client still says would begin another connection to the backend.
    if (!this.#tunnel) this.#ends.lost(error, true, inHead);
    else if (this.#upstreamEnded) this.#ends.close();
    else this.#ends.truncate(error, true);
    this.#settleExchange();
    this.#flush();
  }

  drain(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    this.#draining = true;
    this.#settleExchange();
    if (!this.busy && !this.#ends.closing) this.#ends.close();
  }

  redial(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    if (!this.#tunnel) this.#ends.redial();
  }

  tick(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    if (this.#ends.closed) return;
    const settings = this.#ends.current?.settings ?? this.#context.settings();
    const { idleMs, headMs } = settings.limits;
    switch (this.#clock.due(settings)) {
      case 'cut_off':
        this.clientFailed(new Error('it did not read what it was sent'));
        break;
      case 'linger':
        this.#clock.lingered = true;
        this.#sink.destroyClient(new ClientError('E_IDLE', 408, 'the client did not close'), false);
        break;
      case 'idle':
        this.#ends.timedOut(new UpstreamError('E_UPSTREAM_TIMEOUT', 504, `nothing moved for ${idleMs} ms`), this.#tunnel, this.#transparent);
        break;
      case 'head':
        this.#ends.timedOut(new ClientError('E_HEAD_TIMEOUT', 408, `the request head was not complete after ${headMs} ms`), this.#tunnel, this.#transparent);
        break;
      case 'response':
        this.#ends.timedOut(new UpstreamError('E_UPSTREAM_TIMEOUT', 504, `the backend sent nothing for ${settings.responseTimeoutMs} ms`), this.#tunnel, this.#transparent);
        break;
      case 'abandon':
        // The client went before the backend answered, and the time to answer all the same is over.
        this.#ends.observe('aborted');
        this.#sink.destroyUpstream(new ClientError('E_CLIENT_GONE', 499, 'the client closed before the backend answered'));
        this.#ends.close();
        break;
      case null:
        if (!this.#ends.closing) this.#guard(() => this.#response.tick(nowMs));
    }
    this.#settleExchange();
    this.#flush();
  }

  deadlineMs(): number | null {
    if (this.#ends.closed) return null;
    return Math.min(this.#clock.deadlineMs(this.#ends.current?.settings ?? this.#context.settings()), this.#ends.closing ? Infinity : (this.#response.deadlineMs() ?? Infinity));
  }

  #requestHead(head: MessageHead): BodyMode {
    const exchange = new Exchange(head, this.#context, this.#clock.nowMs);
    this.#ends.current = exchange;
    this.#requests.pause();
    const { access } = exchange.settings;
    const authority = authorityOf(head.target);
    const refused = refusal(access, head.get('host'), head.get('origin')) ?? (authority === null ? null : refusal(access, authority, null));
    if (refused !== null) {
      this.#ends.reply(new ClientError('E_FORBIDDEN', 403, refused));
      return 'wire';
    }
    this.#response.begin(exchange);
    this.#ends.sendHead(exchange);
    return 'wire';
  }

  #requestBody(bytes: Buffer): void {
    if (this.#ends.closing || this.#ends.current === null) return;
    this.#ends.requestBytes(bytes, this.#ends.current);
    this.#ends.current.requestBody(bytes);
  }

  #requestEnd(): void {
    if (this.#ends.closing || this.#ends.current === null) return;
    this.#ends.current.requestDone = true;
    this.#ends.releaseRequest(this.#ends.current);
    if (this.#ends.current.response === null) this.#clock.waitingSinceMs = this.#clock.nowMs;
    this.#settleExchange();
  }

  #requestFault(error: ProxyError, rest: Buffer): void {
    if (this.#ends.closing) return;
    const exchange = this.#ends.current;
    const transparent = exchange?.transparent ?? this.#transparent;
    if (this.#clientEnded && exchange !== null && (rest.length === 0 || !transparent)) {
      // It left in the middle of a body: nobody waits for a reply, and the backend sees the same as without us.
      this.#sink.endUpstream();
    } else if (transparent) {
      // What passes unread must not pass by those who keep strangers out.
      const refused = exchange === null ? refusalOfUnread(this.#context.settings().access, rest.toString('latin1')) : null;
      if (refused !== null) {
        this.#ends.reply(new ClientError('E_FORBIDDEN', 403, refused), familyOf(rest));
        return;
      }
      this.#enterTunnel('malformed', rest);
      this.#flush();
      if (this.#clientEnded) this.#sink.endUpstream();
    } else if (exchange !== null) {
      this.#ends.refuseBody(error);
    } else if (this.#clientEnded) {
      this.#ends.close();
    } else {
      this.#context.observer.observe({ kind: 'fault', atMs: this.#clock.nowMs, exchange: null, message: error.message });
      this.#ends.reply(error, familyOf(rest));
    }
  }

  /** The first byte of an answer ends the waiting for it. */
  #noteAnswer(): void {
    if ((this.#ends.current?.response ?? null) === null) return;
    this.#clock.waitingSinceMs = null;
    this.#clock.halfClosedMs = null;
  }

  #responseFault(error: ProxyError): void {
    const exchange = this.#ends.current;
    if (exchange === null || this.#ends.closing) return;
    const cutOff = error.code === 'E_UPSTREAM_LOST';
    if (exchange.transparent && !cutOff) {
      if (this.#response.done) this.#ends.observe('complete');
      this.#goBlind('malformed');
    } else if (!this.#response.done) {
      this.#ends.lost(error, !cutOff);
    } else if (exchange.requestDone) {
      // The answer itself was whole; whatever came behind it is nobody's.
      this.#ends.dropUpstream();
    } else {
      // With the socket goes the one place where the rest of this request means what it says.
      this.#ends.observe('complete');
      this.#ends.close();
    }
  }

  /** The backend granted the upgrade, or the CONNECT: `rest` is the first of what is no longer HTTP. */
  #upgraded(rest: Buffer): void {
    if (this.#ends.current?.transparent === false) this.#ends.toClient.push(rest);
    this.#goBlind('tunnel');
  }

  /** What the backend says is no longer read: what waits of the client's goes up, and both sides are bytes from here on. */
  #goBlind(reason: BypassReason): void {
    this.#enterTunnel(reason, null);
    this.#requests.tunnel();
    this.#flush();
    if (this.#clientEnded) this.#sink.endUpstream();
    this.#sink.readyForClient();
  }

  /** @param fromClient bytes of the client's that have not been forwarded */
  #enterTunnel(reason: BypassReason, fromClient: Buffer | null): void {
    if (!this.#tunnel) {
      this.#tunnel = true;
      this.#response.abort(this.#clock.nowMs);
      this.#ends.current?.stopInspecting(reason);
      if (this.#ends.current === null) this.#context.observer.observe({ kind: 'tunnel', atMs: this.#clock.nowMs, reason });
      this.#ends.observe('complete');
    }
    if (fromClient !== null) this.#ends.toUpstream.push(fromClient);
  }

  /** Bytes from a backend that was asked nothing. */
  #unowed(chunk: Buffer): void {
    if (this.#transparent) {
      this.#sink.toClient(chunk);
      this.#goBlind('malformed');
    } else {
      this.#ends.dropUpstream();
    }
  }

  /** Ends the exchange once both its messages are complete, and lets the next request in. */
  #settleExchange(): void {
    const exchange = this.#ends.current;
    if (exchange === null || !this.#response.done || this.#ends.closing || this.#tunnel) return;
    const backendCloses = exchange.response?.keepAlive === false;
    const last = backendCloses || !exchange.request.keepAlive || this.#response.endsWithConnection || this.#draining;
    if (!exchange.requestDone && !last && !this.#clientEnded) return;
    this.#ends.observe('complete');
    const framing = exchange.response?.framing.kind ?? 'none';
    this.#answered = { framing, atMs: this.#clock.nowMs };
    if (backendCloses || this.#response.last || this.#ends.stale || this.#context.habits?.closesAfter(framing) === true) this.#ends.dropUpstream();
    if (last || (this.#clientEnded && this.#requests.pending === 0)) {
      this.#ends.close();
      return;
    }
    this.#guard(() => this.#requests.resume());
    if (this.#ends.closing) return;
    if (this.#ends.current === null && this.#clientEnded) this.#clientLeaves();
    else if (this.#clientEnded && this.#requests.pending === 0) this.#relayEnd();
    if (this.#ends.current === null || this.#requests.pending <= PIPELINE_BYTES) {
      this.#flush();
      this.#sink.readyForClient();
    }
  }

  /** The client's FIN goes to the backend: this is how an abort looks on the wire. */
  #relayEnd(): void {
    if (this.#ends.current?.response === null) this.#clock.halfClosedMs = this.#clock.nowMs;
    this.#flush();
    if (this.#ends.current?.requestDone === false) this.#guard(() => this.#requests.finish());
    this.#sink.endUpstream();
  }

  /** FIN from a client that is owed nothing. A head that was begun is a fault, which the framer tells. */
  #clientLeaves(): void {
    this.#guard(() => this.#requests.finish());
    this.#flush();
    if (!this.#ends.closing && !this.#tunnel) this.#ends.close();
  }

  /** What an exchange that begins now would be. */
  get #transparent(): boolean {
    return isTransparent(wireMode(this.#context.settings().modes));
  }

  #flush(): void {
    this.#ends.flush();
    const inHead = !this.#ends.closing && !this.#tunnel && this.#ends.current === null && this.#requests.place === 'head';
    this.#clock.headSinceMs = inHead ? (this.#clock.headSinceMs ?? this.#clock.nowMs) : null;
  }

  /**
   * A fault of ours outside the rewriting itself: the connection cannot be trusted any more, so it ends visibly.
   * @param passedOn the bytes at hand have left already, so that only the reading of them need end
   */
  #guard(step: () => void, passedOn = false): void {
    try {
      step();
    } catch (error) {
      const fault = new InternalError(describe(error), { cause: error });
      this.#context.observer.observe({ kind: 'fault', atMs: this.#clock.nowMs, exchange: this.#ends.current?.id ?? null, message: fault.message });
      if (this.#ends.closing) return;
      if (passedOn) {
        this.#goBlind('fault');
        return;
      }
      this.#ends.destroyUpstream(fault);
      this.#ends.truncate(fault, true);
    }
  }
}
