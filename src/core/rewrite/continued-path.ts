import { type Codec, codecFor } from '../codec/codec.js';
import { incompleteReasoning } from '../detect/incomplete-reasoning.js';
import type { Finding } from '../detect/detector.js';
import type { MessageHead } from '../http/head.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import { isUnwanted, switchedExchange } from './channel.js';
import { ContinuedAnswer } from './continued-answer.js';
import { continueShapeOf } from './continue-shapes.js';
import type { Exchange } from './exchange.js';
import type { ResponsePath } from './response-path.js';

/**
 * The way of an answer that may be continued: what comes of the backend, in one response or several, goes the way of one. The path
 * it is put before does not know of it.
 */
export class ContinuedPath implements ResponsePath {
  readonly wantsPayload = true;
  readonly #exchange: Exchange;
  readonly #codec: Codec;
  readonly #path: ResponsePath;
  readonly #mayAsk: () => boolean;
  readonly #answer: ContinuedAnswer;
  #nowMs = 0;
  #trailers: Buffer | undefined;
  #request: Buffer | null = null;
  /** A continuation is awaited, or under way: since when it has said nothing. */
  #silentSinceMs: number | null = null;

  /**
   * @param path the way of an answer that comes in one response
   * @param payload the request's body
   * @param mayAsk whether the client is there, and the backend it was asked of
   */
  constructor(exchange: Exchange, head: MessageHead, codec: Codec, path: ResponsePath, payload: Buffer, mayAsk: () => boolean) {
    this.#exchange = exchange;
    this.#codec = codec;
    this.#path = path;
    this.#mayAsk = mayAsk;
    const { settings } = exchange;
    const continued = { route: exchange.route?.name ?? null, about: exchange.about(), payload, way: settings.continueWay ?? 'off', limits: settings.limits };
    this.#answer = new ContinuedAnswer(codec, continued, head, {
      out: (bytes) => {
        if (bytes.length > 0) this.#path.body(bytes, this.#nowMs);
      },
      judge: (text, finish) => unfinished(exchange, text, finish),
      fault: (message) => exchange.fault(message, this.#nowMs),
      continued: (found, channel) => exchange.corrected(found, channel, this.#nowMs),
    });
  }

  get endsWithConnection(): boolean {
    return this.#path.endsWithConnection;
  }

  /** A continuation is awaited, or under way. */
  get continuing(): boolean {
    return this.#silentSinceMs !== null;
  }

  /** It came to nothing: `giveUp`. */
  failed(nowMs: number): boolean {
    return this.#silentSinceMs !== null && (this.#answer.failed || nowMs - this.#silentSinceMs >= this.#exchange.settings.limits.continueMs);
  }

  body(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#silentSinceMs !== null) this.#silentSinceMs = nowMs;
    this.#answer.write(bytes);
  }

  endOfRead(_whole: Buffer | null, nowMs: number): void {
    // What leaves is not what came, where an end is kept back.
    this.#path.endOfRead(null, nowMs);
  }

  end(trailers: Buffer | undefined, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#trailers ??= trailers;
    const body = this.#answer.end(this.#mayAsk());
    if (body === null) {
      this.#silentSinceMs = null;
      this.#path.end(this.#trailers, nowMs);
      return;
    }
    this.#silentSinceMs = nowMs;
    this.#request = Buffer.concat([this.#exchange.upstreamHead(body.length), body]);
  }

  /** The request for the rest, where the response that ended was not all; asked for once. */
  takeRequest(): Buffer | null {
    const request = this.#request;
    this.#request = null;
    return request;
  }

  /** Whether the response that begins so can be a continuation. */
  accepts(head: MessageHead): boolean {
    const { route } = this.#exchange;
    const encoding = head.get('content-encoding')?.toLowerCase() ?? 'identity';
    if (route === null || head.status !== 200 || head.transferCoded || head.upgrade || head.framing.kind === 'none' || encoding !== 'identity') return false;
    return codecFor(route, head.get('content-type') ?? '')?.envelope === this.#codec.envelope;
  }

  /** The answer ends as it would have without a continuation. */
  giveUp(why: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#silentSinceMs = null;
    this.#exchange.fault(`the rest of an answer that was cut off could not be had: ${why}`, nowMs);
    this.#answer.giveUp();
    this.#path.end(this.#trailers, nowMs);
  }

  abort(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#silentSinceMs === null) this.#answer.giveUp();
    this.#path.abort(nowMs);
  }

  tick(nowMs: number): void {
    this.#path.tick(nowMs);
  }

  deadlineMs(): number | null {
    const deadline = this.#path.deadlineMs();
    if (this.#silentSinceMs === null) return deadline;
    return Math.min(deadline ?? Infinity, this.#silentSinceMs + this.#exchange.settings.limits.continueMs);
  }
}

/** The path for an answer, put behind one that continues it where the operator has that done and the request allows it. */
export function continuable(exchange: Exchange, head: MessageHead, codec: Codec, path: ResponsePath, mayAsk: () => boolean): ResponsePath {
  const { continueWay = 'off' } = exchange.settings;
  if (continueWay === 'off' || exchange.modes.incomplete_reasoning !== 'correct' || head.status !== 200) return path;
  const { payload, route } = exchange;
  if (payload === null || continueShapeOf(route?.name ?? null) === null) return path;
  const { structured, echo } = exchange.about();
  return structured === true || echo === true ? path : new ContinuedPath(exchange, head, codec, path, payload, mayAsk);
}

/** What would be added to an answer that ends so is asked for instead; null: nothing would be. */
function unfinished(exchange: Exchange, text: string, finish: string | null): SettledCorrection | null {
  const context = switchedExchange(exchange.channelContext().exchange);
  if (context.modes.incomplete_reasoning !== 'correct') return null;
  let found: Finding | null = null;
  const run = incompleteReasoning.start(context, 'prose');
  run?.advance({ text, base: 0, fresh: text, ended: true, finish }, (finding) => (found = finding));
  const finding = found as Finding | null;
  if (finding === null || finding.verdict.strategy !== 'insert' || isUnwanted(context, finding.verdict)) return null;
  const { start, end, verdict } = finding;
  return { start, end, verdict, action: 'continue', edit: null, leavesAt: end };
}
