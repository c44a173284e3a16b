import { DEFAULT_LIMITS } from '../../../src/core/limits.js';
import type { ProxyError } from '../../../src/core/errors.js';
import { requestFramer, responseFramer, type BodyMode, type Framer, type FramerLimits, type FramerSink } from '../../../src/core/http/framer.js';
import type { MessageHead, RequestFacts } from '../../../src/core/http/head.js';

/** One message as a sink was told of it, in Latin-1. */
export interface Told {
  head: string;
  body: string;
  ended: boolean;
  trailers: string | null;
}

/** Writes down what a framer says, in a form that must not depend on how its input was cut. */
export class Recorder implements FramerSink {
  readonly heads: MessageHead[] = [];
  readonly messages: Told[] = [];
  readonly pieces: Buffer[] = [];
  tunnelled: string | null = null;
  error: ProxyError | null = null;
  rest = '';
  /** All bytes given back, in order. In wire mode these are the input. */
  wire: Buffer[] = [];
  framer!: Framer;

  constructor(
    readonly mode: BodyMode,
    readonly atEnd: (recorder: Recorder) => void = () => undefined,
  ) {}

  head(head: MessageHead): BodyMode {
    this.heads.push(head);
    this.messages.push({ head: head.raw.toString('latin1'), body: '', ended: head.interim, trailers: null });
    this.wire.push(head.raw);
    return this.mode;
  }

  body(bytes: Buffer): void {
    const message = this.messages.at(-1);
    if (message === undefined || message.ended || bytes.length === 0) throw new Error('a body outside a message, or an empty piece');
    message.body += bytes.toString('latin1');
    this.pieces.push(bytes);
    this.wire.push(bytes);
  }

  end(trailers?: Buffer): void {
    const message = this.messages.at(-1);
    if (message === undefined || message.ended) throw new Error('an end outside a message');
    message.ended = true;
    message.trailers = trailers?.toString('latin1') ?? null;
    this.atEnd(this);
  }

  tunnel(rest: Buffer): void {
    this.tunnelled = (this.tunnelled ?? '') + rest.toString('latin1');
    this.wire.push(rest);
  }

  fault(error: ProxyError, rest: Buffer): void {
    if (this.error !== null) throw new Error('two faults');
    this.error = error;
    this.wire.push(rest);
  }

  /** What was said, comparable. */
  told(): unknown {
    return { messages: this.messages, tunnelled: this.tunnelled, error: this.error?.code ?? null, status: this.error?.statusHint ?? null };
  }

  allBytes(): Buffer {
    return Buffer.concat(this.wire);
  }
}

export interface RunOptions {
  readonly mode?: BodyMode;
  readonly limits?: FramerLimits;
  /** Whether the input's end is told. */
  readonly finish?: boolean;
  /** The requests that responses answer; the last serves all further ones. */
  readonly requests?: readonly RequestFacts[];
  /** A request that waits for an upgrade gets it. */
  readonly upgrades?: boolean;
}

export const GET: RequestFacts = { method: 'GET', upgrade: false };

/** Feeds pieces to a framer of either kind. After a fault the caller passes bytes on itself, and so does this. */
export function run(kind: 'request' | 'response', pieces: readonly Buffer[], options: RunOptions = {}): Recorder {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const requests = options.requests ?? [GET];
  let answered = 0;
  const recorder = new Recorder(options.mode ?? 'payload', (self) => {
    answered += 1;
    if (self.framer.place === 'waiting') {
      if (options.upgrades === true) self.framer.tunnel();
      else self.framer.resume();
    }
  });
  recorder.framer =
    kind === 'request' ? requestFramer(recorder, limits) : responseFramer(recorder, limits, () => requests[Math.min(answered, requests.length - 1)] ?? null);
  for (const piece of pieces) {
    if (recorder.error === null) recorder.framer.write(piece);
    else recorder.wire.push(piece);
  }
  if (options.finish === true && recorder.error === null) recorder.framer.finish();
  return recorder;
}

export function bytewise(input: Buffer): Buffer[] {
  return Array.from(input, (_, index) => input.subarray(index, index + 1));
}

/** The input whole, byte by byte, and cut in two at every place, or at most at `places` places spread over it. */
export function* everyCut(input: Buffer, places = Infinity): Generator<Buffer[]> {
  yield [input];
  yield bytewise(input);
  const step = Math.max(1, Math.ceil(input.length / places));
  for (let at = 1; at < input.length; at += step) yield [input.subarray(0, at), input.subarray(at)];
}

/** A small generator with a fixed seed: the same cuts each time. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Cuts at `count` places drawn from `next`. */
export function randomCut(input: Buffer, count: number, next: () => number): Buffer[] {
  const places = Array.from({ length: count }, () => Math.floor(next() * (input.length + 1))).sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const place of [...places, input.length]) {
    if (place > from) pieces.push(input.subarray(from, place));
    from = place;
  }
  return pieces;
}
