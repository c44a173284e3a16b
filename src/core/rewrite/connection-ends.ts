import { type Family, routeOf } from '../codec/codec.js';
import { ClientError, type ProxyError } from '../errors.js';
import type { Framer } from '../http/framer.js';
import { localReply, type ProtocolFamily, replyFor } from '../http/reply.js';
import type { ExchangeSummary, Observer } from '../observe.js';
import type { ConnectionClock } from './connection-clock.js';
import type { ConnectionSink } from './connection.js';
import type { Exchange } from './exchange.js';
import { OutBatch } from './out-batch.js';
import type { RequestHold } from './request-hold.js';
import type { ResponseSide } from './response-side.js';

/** The two outward sides of a connection: what leaves on them, and every way in which the exchange under way, or all of it, ends. */
export class ConnectionEnds {
  readonly toClient: OutBatch;
  readonly toUpstream: OutBatch;
  /** The exchange under way. */
  current: Exchange | null = null;
  /** The client's socket is gone. */
  closed = false;
  /** The request under way, where it is kept back for a patch. */
  hold: RequestHold | null = null;
  /** The backend's socket is not for another exchange. */
  stale = false;
  readonly #sink: ConnectionSink;
  readonly #clock: ConnectionClock;
  readonly #observer: Observer;
  readonly #requests: Framer;
  readonly #response: ResponseSide;

  constructor(sink: ConnectionSink, clock: ConnectionClock, observer: Observer, sides: { readonly requests: Framer; readonly response: ResponseSide }) {
    this.#sink = sink;
    this.#clock = clock;
    this.#observer = observer;
    this.#requests = sides.requests;
    this.#response = sides.response;
    this.toClient = new OutBatch((bytes) => sink.toClient(bytes));
    this.toUpstream = new OutBatch((bytes) => sink.toUpstream(bytes));
  }

  /** The client has been told the end, or is gone. */
  get closing(): boolean {
    return this.closed || this.#clock.closingSinceMs !== null;
  }

  flush(): void {
    this.toUpstream.flush();
    this.toClient.flush();
  }

  /** The head goes up, or is kept back with its body where a patch may change both. */
  sendHead(exchange: Exchange): void {
    this.hold = exchange.hold();
    if (this.hold === null) this.toUpstream.push(exchange.upstreamHead());
  }

  /** A piece of the body, likewise. */
  requestBytes(bytes: Buffer, exchange: Exchange): void {
    const { hold } = this;
    if (hold === null) {
      this.toUpstream.push(bytes);
      return;
    }
    if (hold.add(bytes)) return;
    this.hold = null;
    for (const piece of [exchange.upstreamHead(), ...hold.take()]) this.toUpstream.push(piece);
  }

  /** The request is complete: what was kept back goes up, patched. */
  releaseRequest(exchange: Exchange): void {
    const { hold } = this;
    if (hold === null) return;
    this.hold = null;
    for (const piece of exchange.patched(hold, this.#clock.nowMs)) this.toUpstream.push(piece);
  }

  /** A request of our own, for the rest of an answer, over a socket of its own. */
  ask(request: Buffer): void {
    this.dropUpstream();
    this.toUpstream.push(request);
  }

  /** The client is gone: nothing more is said to anyone. */
  clientGone(error: Error): void {
    if (this.closed) return;
    this.closed = true;
    const why = new ClientError('E_CLIENT_GONE', 499, `the client is gone: ${error.message}`, { cause: error });
    this.#response.drop();
    this.#requests.dispose();
    this.observe('aborted');
    this.#sink.destroyUpstream(why);
    this.#sink.destroyClient(why, false);
  }

  /** The exchange under way is over, and observers are told. */
  observe(outcome: ExchangeSummary['outcome'], status?: number): void {
    const exchange = this.current;
    if (exchange === null) return;
    this.current = null;
    this.hold = null;
    this.#clock.waitingSinceMs = null;
    this.#clock.halfClosedMs = null;
    const { nowMs } = this.#clock;
    exchange.remember(outcome, nowMs);
    const summary = exchange.summary(outcome, nowMs);
    this.#observer.observe({ kind: 'exchange', atMs: nowMs, summary: status === undefined ? summary : { ...summary, status } });
  }

  /** Answers in the backend's stead, in the route's own error shape, and closes. */
  reply(error: ProxyError, family: ProtocolFamily = this.current?.route?.family ?? null): void {
    const reply = replyFor(error);
    this.toClient.push(localReply(reply, { family, headOnly: this.current?.request.method === 'HEAD' }));
    this.observe('local_reply', reply.status);
    this.close();
  }

  /**
   * The backend's socket is gone, or is of no more use. Nothing happens where no exchange is under way.
   * @param broken it ended by more than a FIN
   * @param inHead part of a head had come
   */
  lost(error: ProxyError, broken: boolean, inHead = this.#response.inHead): void {
    const exchange = this.current;
    if (exchange === null) return;
    this.destroyUpstream(error);
    // All but what was asked for besides had come: the caller finds the exchange complete.
    if (this.#response.giveUp(error.message, this.#clock.nowMs)) return;
    if (this.#response.done) {
      // The answer was whole; only the rest of the request has nobody left to go to.
      this.observe('complete');
      this.close();
      return;
    }
    const unreachable = error.code === 'E_UPSTREAM_REFUSED' || error.code === 'E_UPSTREAM_TIMEOUT';
    if (exchange.response === null && (!exchange.transparent || (unreachable && !inHead))) {
      this.reply(error);
      return;
    }
    // Where only the connection's end says that an answer is over, an ordinary end would make it look whole.
    const looksWhole = this.#response.endsWithConnection && (broken || exchange.response?.framing.kind !== 'eof');
    this.truncate(error, exchange.transparent ? broken : looksWhole);
  }

  /**
   * A wait is over.
   * @param tunnel HTTP is no longer spoken here
   * @param silent nothing is to be said in the backend's stead
   */
  timedOut(error: ProxyError, tunnel: boolean, silent: boolean): void {
    if (this.current !== null) {
      this.lost(error, true);
      return;
    }
    this.destroyUpstream(error);
    if (tunnel) this.truncate(error, true);
    else if (error.statusHint === 408 && !silent) this.reply(error);
    else this.close();
  }

  /** The head of this request has left already: the backend must not take what came of the body for all of it. */
  refuseBody(error: ProxyError): void {
    const exchange = this.current;
    this.destroyUpstream(error);
    if (!this.#response.done && exchange?.response === null) {
      this.reply(error);
    } else if (!this.#response.done && this.#response.endsWithConnection) {
      this.truncate(error, true);
    } else {
      const outcome = this.#response.done ? 'complete' : 'truncated';
      this.#response.abort(this.#clock.nowMs);
      this.observe(outcome);
      this.close();
    }
  }

  /**
   * The answer ends here, and visibly so.
   * @param reset framing cannot say that it is not whole
   */
  truncate(error: ProxyError, reset: boolean): void {
    this.#response.abort(this.#clock.nowMs);
    this.observe('truncated');
    this.flush();
    this.#clock.closingSinceMs = this.#clock.nowMs;
    this.#sink.destroyClient(error, reset);
  }

  /** FIN to both, behind all that was sent. */
  close(): void {
    if (this.closing) return;
    this.flush();
    this.#clock.closingSinceMs = this.#clock.nowMs;
    this.dropUpstream();
    this.#requests.dispose();
    this.#sink.endClient();
    this.#sink.readyForClient();
  }

  /** The backend has moved. */
  redial(): void {
    if (this.closing) return;
    if (this.current === null) this.dropUpstream();
    else this.stale = true;
  }

  dropUpstream(): void {
    this.stale = false;
    this.#response.drop();
    this.#sink.dropUpstream();
  }

  destroyUpstream(why: ProxyError): void {
    this.stale = false;
    this.#response.drop();
    this.#sink.destroyUpstream(why);
  }
}

/** Whose error object a client understands whose head could not be read: its first line may still tell. */
export function familyOf(head: Buffer): Family | null {
  const line = /^\s*([A-Z]+) (\S+)/.exec(head.toString('latin1', 0, 2048));
  return line === null ? null : (routeOf(line[1] as string, line[2] as string)?.family ?? null);
}
