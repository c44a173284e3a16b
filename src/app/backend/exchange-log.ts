/** What the backend saw, for tests and people: one record a request, and a way to wait for one. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Leave } from './presence.js';

export interface BackendExchange {
  /** From 1, in the order in which heads arrived. */
  readonly id: number;
  /** From 1, in the order in which connections were accepted. */
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** The request's body, transfer coding removed; empty until it is complete. */
  readonly body: Buffer;
  /** Name of the protocol that answers; null before that is known. */
  readonly protocol: string | null;
  /** Null until the head of the response is decided, and for replayed bytes. */
  readonly status: number | null;
  /** Tokens handed over so far, of all choices. */
  readonly tokensSent: number;
  /** The client went away before its answer was complete. */
  readonly aborted: boolean;
  /** Milliseconds since the request's head, or null. */
  readonly abortedAtMs: number | null;
  /** How it went: a FIN, a reset, or this backend was stopped (which is no abort). */
  readonly leftBy: Leave | null;
  /** Nothing more will be sent. */
  readonly done: boolean;
}

export type OpenExchange = { -readonly [Key in keyof BackendExchange]: BackendExchange[Key] };

interface Waiter {
  readonly predicate: (exchange: BackendExchange) => boolean;
  readonly resolve: (exchange: BackendExchange) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Bytes of request bodies that are kept; the oldest exchanges are forgotten first. */
const KEPT_BODY_BYTES = 64 * 1024 * 1024;

/** Records of the latest exchanges, bounded in number and bytes. */
export class ExchangeLog {
  readonly #keep: number;
  readonly #exchanges: OpenExchange[] = [];
  readonly #waiters = new Set<Waiter>();
  #count = 0;
  #bodyBytes = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Oldest first. */
  get exchanges(): readonly BackendExchange[] {
    return this.#exchanges;
  }

  open(request: IncomingMessage, connection: number): OpenExchange {
    this.#count += 1;
    const exchange: OpenExchange = {
      id: this.#count,
      connection,
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: request.httpVersion,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.alloc(0),
      protocol: null,
      status: null,
      tokensSent: 0,
      aborted: false,
      abortedAtMs: null,
      leftBy: null,
      done: false,
    };
    this.#exchanges.push(exchange);
    this.#trim();
    this.changed(exchange);
    return exchange;
  }

  received(exchange: OpenExchange, body: Buffer): void {
    exchange.body = body;
    // An exchange that was forgotten in the meantime no longer counts.
    if (this.#exchanges.includes(exchange)) this.#bodyBytes += body.length;
    this.#trim();
    this.changed(exchange);
  }

  /** Tells those who wait. */
  changed(exchange: BackendExchange): void {
    for (const waiter of this.#waiters) {
      if (waiter.predicate(exchange)) this.#settle(waiter, () => waiter.resolve(exchange));
    }
  }

  /**
   * The first exchange for which the predicate holds: the oldest on record, else the first to fulfil it.
   * @throws Error after `timeoutMs`, and when the backend stops.
   */
  next(predicate: (exchange: BackendExchange) => boolean, timeoutMs: number): Promise<BackendExchange> {
    const known = this.#exchanges.find((exchange) => predicate(exchange));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(waiter, () => reject(new Error(this.#missing(timeoutMs)))), timeoutMs);
      const waiter: Waiter = { predicate, resolve, reject, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Forgets what was seen; those who wait go on waiting. */
  clear(): void {
    this.#exchanges.length = 0;
    this.#bodyBytes = 0;
  }

  /** Lets go all who wait. */
  stop(): void {
    for (const waiter of this.#waiters) this.#settle(waiter, () => waiter.reject(new Error('the backend was stopped')));
  }

  #settle(waiter: Waiter, act: () => void): void {
    clearTimeout(waiter.timer);
    if (this.#waiters.delete(waiter)) act();
  }

  #trim(): void {
    while (this.#exchanges.length > 1 && (this.#exchanges.length > this.#keep || this.#bodyBytes > KEPT_BODY_BYTES)) {
      this.#bodyBytes -= this.#exchanges.shift()?.body.length ?? 0;
    }
  }

  #missing(timeoutMs: number): string {
    const seen = this.#exchanges.map(({ method, target, done, aborted, tokensSent }) =>
      `${method} ${target} ${done ? 'done' : 'open'}${aborted ? ' aborted' : ''} ${tokensSent} tokens`);
    return `no such exchange within ${timeoutMs} ms; seen: ${seen.length === 0 ? 'none' : seen.join('; ')}`;
  }
}
