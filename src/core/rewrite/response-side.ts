import { describe, type ProxyError } from '../errors.js';
import { type BodyMode, type Framer, responseFramer } from '../http/framer.js';
import type { MessageHead } from '../http/head.js';
import type { Limits } from '../limits.js';
import { continuable, ContinuedPath } from './continued-path.js';
import type { Exchange } from './exchange.js';
import { GLIDE, type Glide } from './glide.js';
import { BypassPath, DocumentPath, type ResponsePath, StreamPath, WatchPath } from './response-path.js';

export interface ResponseSideHost {
  /** Bytes for the client, of an exchange that is not transparent. */
  toClient(bytes: Buffer): void;
  /** HTTP ends here: `rest` is the first of what follows. */
  upgraded(rest: Buffer): void;
  /** Whether a further request to this backend would find both it and the client there. */
  mayAsk(): boolean;
  /** A request of our own, for the rest of the answer: over a new socket, as not every backend keeps one. */
  ask(request: Buffer): void;
  /** The backend is no longer asked for what it was saying. */
  abandon(): void;
  /** The backend broke the rules, or broke off. Nothing more is said of this response. */
  fault(error: ProxyError): void;
}

/** Behind the data of a chunk. */
const CRLF_BYTES = 2;

/** The backend's half of a connection: its stream of responses, and the one under way. */
export class ResponseSide {
  readonly #host: ResponseSideHost;
  readonly #limits: Limits;
  /** Of the socket in use; a new socket begins a new stream of responses. */
  #framer: Framer | null = null;
  #exchange: Exchange | null = null;
  #path: ResponsePath | null = null;
  #done = false;
  #goesOn = false;
  /** A head or an end came in this read: its bytes are not whole chunks of one body. */
  #headOrEnd = false;
  #nowMs = 0;

  constructor(host: ResponseSideHost, limits: Limits) {
    this.#host = host;
    this.#limits = limits;
  }

  /** The response under way is complete. */
  get done(): boolean {
    return this.#done;
  }

  /** Some of a head has come, and not all of it. */
  get inHead(): boolean {
    return this.#framer?.place === 'head';
  }

  /** The client learns the end of this response only by the connection's end. */
  get endsWithConnection(): boolean {
    return this.#path?.endsWithConnection === true;
  }

  /** There is a socket whose bytes mean something. */
  get open(): boolean {
    return this.#framer !== null;
  }

  /** When its socket had said all, the rest of the answer was asked for over another one. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** Its socket has said that no other response follows. */
  get last(): boolean {
    return this.#framer?.place === 'closed';
  }

  /** A response to this exchange is owed now. */
  begin(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#path = null;
    this.#done = false;
    this.#framer ??= this.#stream();
  }

  /**
   * The next bytes.
   * @returns whether they glide: they leave as they came, and it is the caller who passes them on
   */
  read(chunk: Buffer, nowMs: number): boolean {
    const framer = this.#framer;
    if (framer === null) return false;
    this.#nowMs = nowMs;
    const glide = this.#glide(framer, chunk, nowMs);
    if (glide !== GLIDE.no) return glide === GLIDE.whole;
    const wasAtBoundary = framer.atBoundary;
    this.#headOrEnd = false;
    framer.write(chunk);
    const whole = wasAtBoundary && !this.#headOrEnd && framer.atBoundary ? chunk : null;
    if (!this.#done) this.#path?.endOfRead(whole, nowMs);
    this.#checkRest(nowMs);
    return false;
  }

  #glide(framer: Framer, chunk: Buffer, nowMs: number): Glide {
    const path = this.#path;
    if (path?.glide === undefined || this.#done) return GLIDE.no;
    const from = framer.lone(chunk);
    return from < 0 ? GLIDE.no : path.glide(chunk, from, chunk.length - CRLF_BYTES, nowMs);
  }

  /** The backend has said all it will say: that ends a body without length, and cuts off any other. */
  finish(nowMs: number): void {
    this.#nowMs = nowMs;
    const framer = this.#framer;
    framer?.finish();
    this.#goesOn = this.#framer !== null && this.#framer !== framer;
  }

  /**
   * Where only the rest of an answer that was cut off was still to come, the answer ends without it.
   * @returns whether it was so: then the response is complete
   */
  giveUp(why: string, nowMs: number): boolean {
    const path = this.#path;
    if (this.#done || !(path instanceof ContinuedPath) || !path.continuing) return false;
    path.giveUp(why, nowMs);
    this.#done = true;
    return true;
  }

  /** What is held leaves unedited; the end of the response is not told. */
  abort(nowMs: number): void {
    if (!this.#done) this.#path?.abort(nowMs);
  }

  /** The socket is gone, or its bytes do not matter any more. */
  drop(): void {
    this.#framer?.dispose();
    this.#framer = null;
  }

  tick(nowMs: number): void {
    if (!this.#done) this.#path?.tick(nowMs);
    this.#checkRest(nowMs);
  }

  deadlineMs(): number | null {
    return this.#done ? null : (this.#path?.deadlineMs() ?? null);
  }

  /** A continuation that is of no use, or does not come, is not waited for. */
  #checkRest(nowMs: number): void {
    if (this.#done || !(this.#path instanceof ContinuedPath) || !this.#path.failed(nowMs)) return;
    this.giveUp('the backend said nothing that would fit', nowMs);
    this.#host.abandon();
  }

  #stream(): Framer {
    const sink = {
      head: (head: MessageHead) => this.#head(head),
      body: (bytes: Buffer) => this.#path?.body(bytes, this.#nowMs),
      end: (trailers?: Buffer) => this.#end(trailers),
      tunnel: (rest: Buffer) => this.#host.upgraded(rest),
      fault: (error: ProxyError) => this.#host.fault(error),
    };
    // Once its response is complete an exchange is owed nothing: what follows answers no request.
    return responseFramer(sink, this.#limits, () => (this.#done ? null : (this.#exchange?.request ?? null)));
  }

  #head(head: MessageHead): BodyMode {
    const exchange = this.#exchange as Exchange;
    this.#headOrEnd = true;
    const forward = (bytes: Buffer): void => {
      // Where nothing may change, the bytes have gone by already.
      if (!exchange.transparent) this.#host.toClient(bytes);
    };
    if (this.#path instanceof ContinuedPath && !head.interim) return this.#continue(this.#path, head);
    if (this.#path === null && !head.interim) exchange.response = head;
    if (head.interim || head.upgrade) {
      if (this.#path === null) forward(head.raw);
      return 'wire';
    }
    this.#path = pathFor(exchange, head, forward, { mayAsk: () => this.#host.mayAsk(), nowMs: this.#nowMs });
    return this.#path.wantsPayload ? 'payload' : 'wire';
  }

  /** The head of a continuation is nobody's business but ours. */
  #continue(path: ContinuedPath, head: MessageHead): BodyMode {
    if (!path.accepts(head)) {
      this.giveUp(`the backend answered ${head.status} ${head.get('content-type') ?? ''}`, this.#nowMs);
      this.#host.abandon();
    }
    return 'payload';
  }

  #end(trailers?: Buffer): void {
    this.#headOrEnd = true;
    const path = this.#path;
    path?.end(trailers, this.#nowMs);
    const request = path instanceof ContinuedPath ? path.takeRequest() : null;
    if (request === null) {
      this.#done = true;
      return;
    }
    this.#host.ask(request);
    this.#framer = this.#stream();
  }
}

interface PathContext {
  readonly mayAsk: () => boolean;
  readonly nowMs: number;
}

function pathFor(exchange: Exchange, head: MessageHead, forward: (bytes: Buffer) => void, { mayAsk, nowMs }: PathContext): ResponsePath {
  try {
    const codec = exchange.codec(head);
    if (codec === null) return new BypassPath(head, forward);
    if (exchange.transparent) return new WatchPath(exchange, head, codec);
    const path = codec.envelope.name === 'json' ? new DocumentPath(exchange, head, codec, forward) : new StreamPath(exchange, head, codec, forward);
    return continuable(exchange, head, codec, path, mayAsk);
  } catch (error) {
    // Nothing has been sent of this answer yet, so it can still pass as it came.
    exchange.notInspected('fault');
    exchange.fault(`the answer passes uncorrected: ${describe(error)}`, nowMs);
    return new BypassPath(head, forward);
  }
}
