import type { Codec } from '../codec/codec.js';
import { BodyWriter, type OutputFraming } from '../http/body-writer.js';
import type { HeadEdit, MessageHead } from '../http/head.js';
import type { BypassReason } from '../observe.js';
import { EXCHANGE_FIELD, type Exchange } from './exchange.js';
import { GLIDE, type Glide } from './glide.js';
import { ResponseRewriter } from './response-rewriter.js';

/** The way of one response's body to the client. `out` takes the bytes; at most once a read it is flushed. */
export interface ResponsePath {
  /** The framer gives this path's body without its transfer coding. */
  readonly wantsPayload: boolean;
  /** The client knows where this body ends only by the connection's end. */
  readonly endsWithConnection: boolean;
  body(bytes: Buffer, nowMs: number): void;
  /** A read that is one whole chunk of this body, whose payload is bytes [from, to). Absent: none glides. */
  glide?(chunk: Buffer, from: number, to: number, nowMs: number): Glide;
  /**
   * A read from the backend is over.
   * @param whole the read's bytes, where they began and end between two chunks of this very body; else null
   */
  endOfRead(whole: Buffer | null, nowMs: number): void;
  end(trailers: Buffer | undefined, nowMs: number): void;
  /** The rest will not come: what is held leaves unedited, and nothing is said of an end. */
  abort(nowMs: number): void;
  tick(nowMs: number): void;
  deadlineMs(): number | null;
}

type Out = (bytes: Buffer) => void;

const CHUNKED: OutputFraming = { kind: 'chunked' };
const CLOSE: OutputFraming = { kind: 'close' };

/** What makes of any framing one that lasts until the connection ends. */
const CLOSE_DELIMITED: readonly HeadEdit[] = [{ remove: 'content-length' }, { remove: 'transfer-encoding' }, { remove: 'trailer' }, { set: 'Connection', value: 'close' }];

/** Not inspected: head and body leave as they came. */
export class BypassPath implements ResponsePath {
  readonly wantsPayload = false;
  readonly endsWithConnection: boolean;
  readonly #out: Out;

  constructor(head: MessageHead, out: Out) {
    this.#out = out;
    this.endsWithConnection = head.framing.kind === 'eof';
    out(head.raw);
  }

  body(bytes: Buffer): void {
    this.#out(bytes);
  }

  endOfRead(): void {
    // Everything has been passed on already.
  }

  end(): void {
    // The end is part of the bytes passed on.
  }

  abort(): void {
    // Nothing is held.
  }

  tick(): void {
    // Nothing waits.
  }

  deadlineMs(): null {
    return null;
  }
}

/** The bytes went by already; a copy is read for what the detectors have to say. */
export class WatchPath implements ResponsePath {
  readonly wantsPayload = true;
  readonly endsWithConnection: boolean;
  readonly #rewriter: ResponseRewriter;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, head: MessageHead, codec: Codec) {
    this.#exchange = exchange;
    this.endsWithConnection = head.framing.kind === 'eof';
    this.#rewriter = rewriterFor(exchange, codec, () => undefined, () => undefined);
  }

  body(bytes: Buffer, nowMs: number): void {
    this.#rewriter.write(bytes, nowMs);
  }

  glide(chunk: Buffer, from: number, to: number, nowMs: number): Glide {
    const glide = this.#rewriter.glide(chunk, from, to, nowMs);
    if (glide === GLIDE.taken) this.#rewriter.settle(nowMs);
    return glide;
  }

  endOfRead(_whole: Buffer | null, nowMs: number): void {
    this.#rewriter.settle(nowMs);
  }

  end(_trailers: Buffer | undefined, nowMs: number): void {
    this.#rewriter.end(nowMs);
    this.#exchange.count(this.#rewriter, false);
  }

  abort(): void {
    this.#rewriter.bailOut();
    this.#exchange.count(this.#rewriter, false);
  }

  tick(nowMs: number): void {
    this.#rewriter.tick(nowMs);
  }

  deadlineMs(): number | null {
    return this.#rewriter.deadlineMs();
  }
}

/** A stream of events: each leaves as soon as its text is settled. */
export class StreamPath implements ResponsePath {
  readonly wantsPayload = true;
  readonly endsWithConnection: boolean;
  readonly #out: Out;
  readonly #exchange: Exchange;
  readonly #rewriter: ResponseRewriter;
  readonly #writer: BodyWriter;
  /** All that came up to here has left, and what left ended with a whole chunk. */
  #inStep = true;
  #editedEvents = 0;

  constructor(exchange: Exchange, head: MessageHead, codec: Codec, out: Out) {
    this.#out = out;
    this.#exchange = exchange;
    const chunked = head.framing.kind !== 'eof' && head.versionMinor > 0 && exchange.request.versionMinor > 0;
    this.endsWithConnection = !chunked;
    this.#writer = new BodyWriter(chunked ? CHUNKED : CLOSE);
    this.#rewriter = rewriterFor(exchange, codec, (bytes) => this.#writer.write(bytes), () => undefined);
    const edits: HeadEdit[] = [];
    if (chunked && head.framing.kind === 'length') edits.push({ remove: 'content-length' }, { append: 'Transfer-Encoding', value: 'chunked' });
    if (!chunked && head.framing.kind !== 'eof') edits.push(...CLOSE_DELIMITED);
    edits.push({ append: EXCHANGE_FIELD, value: exchange.id });
    out(head.edited(edits));
  }

  body(bytes: Buffer, nowMs: number): void {
    this.#rewriter.write(bytes, nowMs);
  }

  glide(chunk: Buffer, from: number, to: number, nowMs: number): Glide {
    if (this.endsWithConnection || !this.#inStep) return GLIDE.no;
    const glide = this.#rewriter.glide(chunk, from, to, nowMs);
    if (glide === GLIDE.taken) this.endOfRead(chunk, nowMs);
    return glide;
  }

  endOfRead(whole: Buffer | null, nowMs: number): void {
    this.#rewriter.settle(nowMs);
    const { editedEvents, heldBytes } = this.#rewriter;
    const untouched = editedEvents === this.#editedEvents && heldBytes === 0;
    this.#editedEvents = editedEvents;
    if (whole !== null && !this.endsWithConnection && this.#inStep && untouched) {
      this.#writer.discard();
      this.#out(whole);
      return;
    }
    this.#flush();
  }

  end(trailers: Buffer | undefined, nowMs: number): void {
    this.#rewriter.end(nowMs);
    const last = this.#writer.end(trailers);
    if (last !== null) this.#out(last);
    this.#exchange.count(this.#rewriter, true);
  }

  abort(): void {
    this.#rewriter.bailOut();
    this.#flush();
    this.#exchange.count(this.#rewriter, true);
  }

  tick(nowMs: number): void {
    this.#rewriter.tick(nowMs);
    this.#flush();
  }

  deadlineMs(): number | null {
    return this.#rewriter.deadlineMs();
  }

  #flush(): void {
    const bytes = this.#writer.flush();
    if (bytes !== null) this.#out(bytes);
    // Out of step while something is held: the next read's chunks will not be ours.
    this.#inStep = this.#rewriter.heldBytes === 0;
  }
}

/** A whole JSON document: held until it is complete, as its length stands in its head. */
export class DocumentPath implements ResponsePath {
  readonly wantsPayload = true;
  readonly #out: Out;
  readonly #exchange: Exchange;
  readonly #head: MessageHead;
  readonly #rewriter: ResponseRewriter;
  readonly #held: Buffer[] = [];
  /** The client cannot read chunks: what is not held to its end must end with the connection. */
  readonly #unchunk: boolean;
  #endsWithConnection: boolean;
  /** The document turned out too large or no JSON: from here on it passes as it came. */
  #writer: BodyWriter | null = null;

  constructor(exchange: Exchange, head: MessageHead, codec: Codec, out: Out) {
    this.#out = out;
    this.#exchange = exchange;
    this.#head = head;
    this.#unchunk = head.framing.kind === 'chunked' && exchange.request.versionMinor === 0;
    this.#endsWithConnection = this.#unchunk || head.framing.kind === 'eof';
    this.#rewriter = rewriterFor(exchange, codec, (bytes) => this.#take(bytes), () => this.#passOriginal());
  }

  get endsWithConnection(): boolean {
    return this.#endsWithConnection;
  }

  body(bytes: Buffer, nowMs: number): void {
    this.#rewriter.write(bytes, nowMs);
  }

  endOfRead(_whole: Buffer | null, nowMs: number): void {
    this.#rewriter.settle(nowMs);
    this.#flush();
  }

  end(trailers: Buffer | undefined, nowMs: number): void {
    this.#rewriter.end(nowMs);
    if (this.#writer === null) {
      const length = this.#held.reduce((sum, bytes) => sum + bytes.length, 0);
      const { kind } = this.#head.framing;
      const edits: HeadEdit[] = [];
      if (kind === 'chunked') edits.push({ remove: 'transfer-encoding' }, { remove: 'trailer' });
      // Its length will end it, but the connection ends too, as the backend's does: a client must not count on it.
      if (kind === 'eof') edits.push({ set: 'Connection', value: 'close' });
      this.#endsWithConnection = kind === 'eof';
      edits.push({ set: 'Content-Length', value: String(length) }, { append: EXCHANGE_FIELD, value: this.#exchange.id });
      this.#out(this.#head.edited(edits));
      for (const bytes of this.#held) this.#out(bytes);
    } else {
      const last = this.#writer.end(trailers);
      if (last !== null) this.#out(last);
    }
    this.#exchange.count(this.#rewriter, true);
  }

  abort(): void {
    this.#passOriginal();
    this.#rewriter.bailOut();
    this.#flush();
    this.#exchange.count(this.#rewriter, true);
  }

  tick(): void {
    // A document waits for its end, not for time.
  }

  deadlineMs(): null {
    return null;
  }

  #take(bytes: Buffer): void {
    if (this.#writer === null) this.#held.push(bytes);
    else this.#writer.write(bytes);
  }

  #passOriginal(): void {
    if (this.#writer !== null) return;
    const edits: HeadEdit[] = this.#unchunk ? CLOSE_DELIMITED.slice() : [];
    edits.push({ append: EXCHANGE_FIELD, value: this.#exchange.id });
    this.#writer = new BodyWriter(this.#head.framing.kind === 'chunked' && !this.#unchunk ? CHUNKED : CLOSE);
    this.#out(this.#head.edited(edits));
    for (const bytes of this.#held) this.#writer.write(bytes);
    this.#held.length = 0;
  }

  #flush(): void {
    const bytes = this.#writer?.flush() ?? null;
    if (bytes !== null) this.#out(bytes);
  }
}

function rewriterFor(exchange: Exchange, codec: Codec, out: Out, bailed: () => void): ResponseRewriter {
  let nowMs = exchange.startedMs;
  return new ResponseRewriter(codec, exchange.channelContext(), {
    out,
    corrected: (correction, channel, atMs) => {
      nowMs = atMs;
      exchange.corrected(correction, channel, nowMs);
    },
    bailedOut: (reason: BypassReason, detail: string) => {
      exchange.stopInspecting(reason);
      exchange.fault(`the answer passes uncorrected from here: ${detail}`, nowMs);
      bailed();
    },
    fault: (message) => exchange.fault(message, nowMs),
  });
}
