import type { Codec, DialectRun, Parts, RouteName, Splitter, WireEvent } from '../codec/codec.js';
import { endingOf } from '../detect/incomplete-finish.js';
import { describe } from '../errors.js';
import type { MessageHead } from '../http/head.js';
import type { Limits } from '../limits.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import type { RequestContext } from '../truth/request-context.js';
import { continueFieldsFor, type ContinueWay } from './continue-backend.js';
import { boundsOf, continuedBody, isContextFull } from './continue-request.js';
import { Seam } from './continue-seam.js';
import { callsTool, continueShapeOf, type ContinueShape, type Json } from './continue-shapes.js';
import { EndEvents, eventOf, parseJson } from './end-events.js';

export interface ContinuedAnswerHost {
  /** Bytes of the answer, as if the backend had sent all of it at once. */
  out(bytes: Buffer): void;
  /** What is missing from an answer that ends so; null: nothing for which more is to be asked. */
  judge(text: string, finish: string | null): SettledCorrection | null;
  /** Text of a continuation, asked for because of this, goes out. */
  continued(found: SettledCorrection, channel: string): void;
  /** A fault of ours; the answer is as it would be without. */
  fault(message: string): void;
}

/** The exchange, as far as it decides on a continuation. */
export interface ContinuedExchange {
  readonly route: RouteName | null;
  readonly about: RequestContext;
  /** The request's body as it went up. */
  readonly payload: Buffer;
  readonly way: ContinueWay;
  readonly limits: Limits;
}

/** Channels that are an answer's text. */
const TEXTS: ReadonlySet<string> = new Set(['message/content', 'choices/0/content']);

/** What one event says. */
interface Said {
  readonly text: string;
  readonly over: boolean;
  readonly finish: string | null;
}

/**
 * `first`: the answer itself. `rest`: a continuation of it. `through`: nothing is to be continued, bytes pass as they are.
 * `over`: all has been said.
 */
type Phase = 'first' | 'rest' | 'through' | 'over';

/**
 * One answer out of several responses. The events that end a response are kept back until it is known whether another one is
 * asked for; the events of the others are made to look like the first one's. Bytes in, bytes out: what asks and frames is
 * elsewhere.
 */
export class ContinuedAnswer {
  readonly #codec: Codec;
  readonly #shape: ContinueShape;
  readonly #exchange: ContinuedExchange;
  readonly #head: MessageHead;
  readonly #host: ContinuedAnswerHost;
  /** The answer is one document. */
  readonly #whole: boolean;
  #phase: Phase = 'first';
  #splitter: Splitter;
  #run: DialectRun;
  /** The text so far, all responses together. */
  #pieces: string[] = [];
  #units = 0;
  #channel = '';
  #firstData: Buffer | null = null;
  #first: Json = {};
  #ends: EndEvents;
  /** Those of the response that is continued, should the continuation fail; and what they say. */
  #before: EndEvents | null = null;
  #beforeJsons: readonly Json[] = [];
  /** What is missing, by the end that is kept back. */
  #found: SettledCorrection | null = null;
  /** Why the continuation under way was asked for, until it has said something. */
  #untold: SettledCorrection | null = null;
  #finish: string | null = null;
  #seam = new Seam('');
  /** Events of a continuation whose text may repeat what was there. */
  #waiting: { readonly json: Json; readonly text: string }[] = [];
  #rounds = 0;
  /** The response under way has said something new. */
  #gained = false;
  #failed = false;

  constructor(codec: Codec, exchange: ContinuedExchange, head: MessageHead, host: ContinuedAnswerHost) {
    const shape = continueShapeOf(exchange.route);
    if (shape === null) throw new TypeError(`answers of route ${String(exchange.route)} cannot be continued`);
    this.#codec = codec;
    this.#shape = shape;
    this.#exchange = exchange;
    this.#head = head;
    this.#host = host;
    this.#whole = codec.envelope.name === 'json';
    this.#ends = new EndEvents(codec.envelope.name);
    this.#splitter = this.#openSplitter();
    this.#run = codec.dialect.open(exchange.about, true);
  }

  /** The continuation under way makes no sense, so that nothing more is read of it: `giveUp`. */
  get failed(): boolean {
    return this.#failed;
  }

  write(bytes: Buffer): void {
    if (this.#phase === 'through') this.#host.out(bytes);
    if (this.#phase === 'through' || this.#phase === 'over' || this.#failed) return;
    this.#splitter.write(bytes);
    if (this.#splitter.overflowed) this.#refuse();
  }

  /**
   * The response is complete.
   * @param mayAsk somebody is there to be asked, and to be told
   * @returns the body of the request for the rest; null: the answer is over, and all of it is out
   */
  end(mayAsk: boolean): Buffer | null {
    if (this.#phase === 'first' || this.#phase === 'rest') this.#splitter.end();
    if (this.#phase === 'through' || this.#phase === 'over') return null;
    const request = mayAsk && !this.#failed ? this.#attempt(() => this.#request()) : null;
    if (request === null) {
      this.giveUp();
      return null;
    }
    this.#begin();
    return request;
  }

  /** No more comes: the answer ends as it would have without. */
  giveUp(): void {
    if (this.#phase === 'first') this.#through();
    if (this.#phase !== 'rest') return;
    this.#passWaiting(this.#seam.end());
    // One that has ended itself is whole, whatever became of what follows.
    const ends = this.#ends.empty ? this.#before : this.#ends;
    this.#phase = 'over';
    ends?.release((bytes) => this.#host.out(bytes), this.#before);
  }

  #openSplitter(): Splitter {
    const { documentBytes, eventBytes } = this.#exchange.limits;
    return this.#codec.envelope.open((event) => this.#event(event), this.#whole ? documentBytes : eventBytes);
  }

  #event(event: WireEvent): void {
    if (this.#phase === 'through') this.#host.out(event.raw);
    else if (this.#phase === 'first') this.#readFirst(event);
    else if (this.#phase === 'rest' && !this.#failed && this.#attempt(() => this.#readRest(event)) === null) this.#refuse();
  }

  /** What is done for a continuation may fail, and only the continuation with it. */
  #attempt<T>(step: () => T): T | null {
    try {
      return step();
    } catch (error) {
      this.#host.fault(`an answer is not continued: ${describe(error)}`);
      return null;
    }
  }

  #readFirst(event: WireEvent): void {
    const { data } = event;
    if (!this.#ends.empty) {
      this.#ends.keep(event);
      if (this.#ends.bytes > this.#exchange.limits.eventBytes) this.#through();
      return;
    }
    if (data === null) {
      this.#host.out(event.raw);
      return;
    }
    this.#firstData ??= Buffer.from(data);
    const said = this.#attempt(() => this.#said(this.#run.parts(event)));
    if (said !== null) this.#say(said.text);
    this.#found = said?.over === true ? this.#judge(said) : null;
    if (said === null || (said.over && this.#found === null) || this.#units > this.#exchange.limits.requestBytes) {
      this.#host.out(event.raw);
      this.#through();
    } else if (said.over) {
      this.#ends.keep(event, said.text);
    } else {
      this.#host.out(event.raw);
    }
  }

  #readRest(event: WireEvent): void {
    const { data, kind, raw } = event;
    if (data === null) {
      if (!this.#ends.empty) this.#ends.keep(event);
      // A comment keeps a client waiting. A mark of the end where nothing has ended is none.
      else if (kind === 'quiet' && this.#codec.envelope.name === 'sse') this.#host.out(raw);
      return;
    }
    const read = parseJson(data);
    const json = read === null || callsTool(read) ? null : this.#shape.adopt(read, this.#first, this.#beforeJsons);
    const said = json === null || !this.#ends.empty ? null : this.#said(this.#run.parts(event));
    if (json !== null && !this.#ends.empty) this.#ends.make(json);
    else if (json === null || said === null) this.#refuse();
    else if (said.over) this.#endRest(json, said);
    else {
      this.#waiting.push({ json, text: said.text });
      const overlap = this.#seam.push(said.text);
      if (overlap !== null) this.#passWaiting(overlap);
    }
  }

  #endRest(json: Json, said: Said): void {
    const overlap = this.#seam.push(said.text) ?? this.#seam.end();
    const waited = this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
    this.#passWaiting(overlap);
    const text = said.text.slice(Math.max(0, overlap - waited));
    this.#say(text);
    this.#found = this.#judge(said);
    if (text !== '') this.#tell();
    const shown = this.#whole ? this.#text() : text;
    this.#ends.make(shown === said.text ? json : this.#shape.withText(json, shown), text);
  }

  /** @param overlap units at the beginning of what waits that were there before */
  #passWaiting(overlap: number): void {
    let left = overlap;
    for (const { json, text: said } of this.#waiting) {
      const text = said.slice(Math.min(left, said.length));
      left -= said.length - text.length;
      // Without text it is a role, or a repetition.
      if (text === '') continue;
      this.#say(text);
      this.#tell();
      this.#host.out(eventOf(this.#codec.envelope.name, text === said ? json : this.#shape.withText(json, text)));
    }
    this.#waiting = [];
  }

  #say(text: string): void {
    if (text === '') return;
    this.#pieces.push(text);
    this.#units += text.length;
    this.#gained = true;
  }

  #text(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return this.#pieces[0] ?? '';
  }

  #tell(): void {
    const found = this.#untold;
    this.#untold = null;
    if (found !== null) this.#host.continued(found, this.#channel);
  }

  #judge({ finish }: Said): SettledCorrection | null {
    this.#finish = finish;
    return this.#units === 0 ? null : this.#attempt(() => this.#host.judge(this.#text(), finish));
  }

  /** The body of a request for more; null: there is none to be asked. */
  #request(): Buffer | null {
    const { about, payload, limits, way, route } = this.#exchange;
    if (this.#found === null || this.#ends.empty || !this.#gained || this.#rounds >= limits.continuations) return null;
    const bounds = boundsOf(payload);
    if (bounds === null || bounds.several) return null;
    if (this.#rounds === 0) this.#first = (this.#firstData === null ? null : parseJson(this.#firstData)) ?? {};
    const ends = this.#ends.jsons();
    const tokens = this.#shape.tokens(ends);
    const earlier = this.#shape.tokens(this.#beforeJsons)?.answer ?? 0;
    if (tokens !== null && endingOf(this.#finish) === 'cut' && isContextFull(bounds, about, { ...tokens, last: tokens.answer - earlier })) return null;
    const fields = continueFieldsFor(way, route, this.#head, [this.#first, ...ends]);
    const body = fields === null ? null : continuedBody(payload, this.#text(), fields);
    return body !== null && body.length <= limits.requestBytes ? body : null;
  }

  /** A continuation was asked for: what comes next is that. */
  #begin(): void {
    this.#phase = 'rest';
    this.#rounds += 1;
    this.#untold = this.#found;
    this.#found = null;
    const opened = this.#whole ? null : this.#ends.takeText(this.#shape);
    if (opened !== null) this.#host.out(opened);
    this.#before = this.#ends;
    this.#beforeJsons = this.#ends.jsons();
    this.#ends = new EndEvents(this.#codec.envelope.name);
    this.#seam = new Seam(this.#text());
    this.#gained = false;
    this.#splitter = this.#openSplitter();
    this.#run = this.#codec.dialect.open(this.#exchange.about, true);
  }

  /** What came is not to be joined to the answer. */
  #refuse(): void {
    if (this.#phase === 'rest') this.#failed = true;
    else this.#through();
  }

  /** From here on bytes pass as they are. */
  #through(): void {
    if (this.#phase === 'through') return;
    this.#phase = 'through';
    this.#ends.release((bytes) => this.#host.out(bytes), null);
    this.#host.out(this.#splitter.rest());
    this.#pieces = [];
  }

  /** What an event adds to the text; null where it is anything else: a tool call, a second answer, an error. */
  #said(parts: Parts | null): Said | null {
    if (parts === null || parts.terminal === 'error') return null;
    let text = '';
    let over = parts.terminal === 'done';
    let finish: string | null = null;
    for (const span of parts.spans) {
      if (span.mirror) continue;
      // What a model thinks before it answers is no part of what it is asked to go on with.
      if (span.kind === 'reasoning' && this.#phase === 'first' && this.#units === 0 && text === '') continue;
      const name = this.#run.channelName(span.channel);
      if (!TEXTS.has(name) || (span.last && span.finish === 'next')) return null;
      this.#channel = name;
      text += span.text;
      if (!span.last) continue;
      over = true;
      finish = span.finish;
    }
    return { text, over, finish };
  }
}
