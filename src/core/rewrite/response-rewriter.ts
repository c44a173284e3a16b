import type { WireEvent } from '../codec/codec.js';
import { type Codec, type DialectRun, type Splitter } from '../codec/codec.js';
import type { Detector } from '../detect/detector.js';
import { describe } from '../errors.js';
import type { BypassReason } from '../observe.js';
import { applyEdits } from '../text/edit.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import type { Channel, ChannelContext } from './channel.js';
import { type Entry, EventQueue, type Piece } from './event-queue.js';
import { GLIDE, type Glide, mouldOf } from './glide.js';
import { changesOf, isEdited, isSettled, repeatOf } from './leaving.js';
import { TextChannels } from './text-channels.js';

/** Where the rewritten body goes, and who is told. */
export interface RewriterHost {
  /** The next bytes of the body, in order. Slices that adjoin in memory were adjacent on the wire. */
  out(bytes: Buffer): void;
  /** A correction has left for the client, or a report has been passed. */
  corrected(correction: SettledCorrection, channel: string, nowMs: number): void;
  /** The rest of the body passes as it is. */
  bailedOut(reason: BypassReason, detail: string): void;
  fault(message: string): void;
}

/**
 * The body of one response: splits it into events, feeds their text to its channels, and lets each event leave, in order,
 * once its text is settled. One event in, one event out; only string literals of text are ever rewritten. With no correction,
 * the bytes given to `out` are those given to `write`.
 */
export class ResponseRewriter {
  readonly #codec: Codec;
  readonly #context: ChannelContext;
  readonly #host: RewriterHost;
  readonly #splitter: Splitter;
  readonly #run: DialectRun;
  readonly #channels: TextChannels;
  readonly #queue = new EventQueue();
  readonly #maxQueueBytes: number;
  /** Text of the running channel that has been read but not yet scanned: a read's events are scanned together. */
  #batch: Channel | null = null;
  #batchText = '';
  #nowMs = 0;
  #raw = false;
  /** An event could not be rewritten: its edits are spent, so no event behind it may be rewritten either. */
  #unwritable = false;
  #splitting = false;
  #bytesIn = 0;
  #bytesPassed = 0;
  /** Events that left changed. */
  editedEvents = 0;
  /** Events with text, and those of them that waited for text to settle. */
  tokens = 0;
  heldTokens = 0;
  /** Copies that are not what their channel said; they passed as they came. */
  strayCopies = 0;
  /** Events added so far: those behind them move up, where they are numbered. */
  #added = 0;

  constructor(codec: Codec, context: ChannelContext, host: RewriterHost) {
    this.#codec = codec;
    this.#context = { ...context, failed: (detector, error) => this.#detectorFailed(detector, error) };
    this.#host = host;
    const { eventBytes, documentBytes, queueBytes } = context.limits;
    const whole = codec.envelope.name === 'json';
    this.#splitter = codec.envelope.open((event) => this.#event(event), whole ? documentBytes : eventBytes);
    this.#maxQueueBytes = whole ? documentBytes : queueBytes;
    this.#run = codec.dialect.open(context.exchange.request, context.exchange.rules.patterns.some(({ scopes }) => scopes.includes('arguments')));
    this.#channels = new TextChannels(this.#context, (channel) => this.#run.channelName(channel), codec.dialect.repeats === true);
  }

  /** Bytes taken in that have not left, in whatever form. */
  get heldBytes(): number {
    return this.#bytesIn - this.#bytesPassed;
  }

  /** Bytes [from, to) come next. The usual event, whose text is to be scanned and nothing else, is read here; where it is taken, call `settle`. */
  glide(bytes: Buffer, from: number, to: number, nowMs: number): Glide {
    if (this.#raw || this.heldBytes !== 0 || this.#added !== 0 || this.#context.checks !== undefined || !this.#splitter.mayPass(to - from)) return GLIDE.no;
    try {
      return this.#glide(bytes, from, to, nowMs);
    } catch (error) {
      // Raw from here on, it is passed by whoever reads it next, without what was found in it.
      this.#unwritable = true;
      this.#bail('fault', describe(error));
      return GLIDE.no;
    }
  }

  #glide(bytes: Buffer, from: number, to: number, nowMs: number): Glide {
    const { envelope } = this.#codec;
    const start = envelope.usual === undefined ? -1 : envelope.usual(bytes, from, to);
    const text = start < 0 ? null : this.#run.lone(bytes, start, to - envelope.tailBytes);
    const channel = text === null ? undefined : this.#channels.at(this.#run.loneChannel);
    if (text === null || channel === undefined || channel.ended || channel.behind !== null) return GLIDE.no;
    this.#nowMs = nowMs;
    const said = channel.received;
    channel.glide(bytes, from, to);
    channel.say(text);
    const settled = channel.rewriter.push(text, nowMs);
    this.tokens += 1;
    if (settled === channel.received && !channel.touches(said, settled)) {
      this.#tell(channel, settled);
      return GLIDE.whole;
    }
    const { event, span } = mouldOf(channel, envelope, this.#run);
    this.#bytesIn += to - from;
    this.#queue.add(event, nowMs).pieces = [{ channel, from: said, to: channel.received, span, repeats: null }];
    return GLIDE.taken;
  }

  /** Reads the next bytes of the body. Call `settle` when the read is over. */
  write(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#bytesIn += bytes.length;
    if (this.#raw) {
      this.#pass(bytes);
      return;
    }
    // What is like them is known now, and may be forgotten when others have been read.
    for (const channel of this.#channels.all) if (channel.glided !== null) mouldOf(channel, this.#codec.envelope, this.#run);
    this.#split(bytes);
  }

  /** Scans what the read brought and lets go what is settled. */
  settle(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#raw) return;
    try {
      this.#scanBatch();
      this.#drain();
    } catch (error) {
      this.#bail('fault', describe(error));
    }
    this.heldTokens += this.#queue.countHeld();
  }

  /** The body is complete: what is held settles and leaves. */
  end(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#raw) return;
    this.#split(null);
    this.#attempt(() => {
      this.#scanBatch();
      // It ended without a word: if something is missing, that is told and not papered over.
      this.#channels.end(this.#nowMs);
      this.#drain();
    });
    if (this.#raw) return;
    this.#passRest();
    this.#tellAll();
  }

  /** Something broke: everything held leaves, with no further edit, and so does what still comes. */
  bailOut(): void {
    if (!this.#raw) this.#flushRaw();
  }

  tick(nowMs: number): void {
    if (this.#raw) return;
    this.#nowMs = nowMs;
    const pinged = nowMs >= (this.#queue.commentDueMs(this.#context.limits.pingMs) ?? Infinity);
    this.#attempt(() => {
      this.#scanBatch();
      if (pinged) this.#channels.letGo(nowMs);
      else this.#channels.tick(nowMs);
      this.#drain();
    });
  }

  /** When `tick` has something to do; null: never. */
  deadlineMs(): number | null {
    return this.#raw ? null : this.#channels.deadlineMs(this.#queue.commentDueMs(this.#context.limits.pingMs));
  }

  #event(event: WireEvent): void {
    if (this.#raw) {
      this.#pass(event.raw);
      return;
    }
    // In the queue before it is read: whatever breaks in reading it, its bytes are not lost.
    const entry = this.#queue.add(event, this.#nowMs);
    if (event.kind === 'data') this.#read(entry);
    this.#checkQueue();
  }

  #read(entry: Entry): void {
    const parts = this.#run.parts(entry.event);
    if (parts === null) {
      this.#bail('unparsable', 'an event is not the JSON its route promises');
      return;
    }
    const { spans, terminal } = parts;
    this.#context.checks?.look(entry.event.raw, spans);
    if (parts.ping === true) this.#queue.ping(entry, this.#nowMs);
    if (spans.length === 0 && terminal === null) return;
    const pieces: Piece[] = [];
    entry.pieces = pieces;
    let hasText = false;
    for (const span of spans) {
      const channel = this.#channels.of(span);
      if (channel === null) {
        this.#bail('limit', 'an answer has more texts side by side than any honest one');
        return;
      }
      if (span.mirror) {
        const piece = repeatOf(channel, span, pieces);
        pieces.push(piece);
        if (piece.repeats === 'channel') channel.follow(entry, this.#nowMs);
        continue;
      }
      const from = channel.received;
      channel.say(span.text);
      if (span.start >= 0) pieces.push({ channel, from, to: channel.received, span, repeats: null });
      if (this.#batch !== channel) this.#scanBatch();
      this.#batch = channel;
      this.#batchText += span.text;
      if (span.text !== '') {
        hasText = true;
        channel.mould = { event: entry.event, span };
      }
      if (!span.last) continue;
      this.#scanBatch();
      channel.end(this.#nowMs, span.finish, channel.mould !== null);
      const place = channel.behind ?? entry;
      if (span.start < 0) place.tails = [...place.tails, channel];
    }
    if (hasText) this.tokens += 1;
    if (terminal === null) return;
    this.#scanBatch();
    if (terminal === 'done') this.#channels.end(this.#nowMs);
    else this.#channels.letGo(this.#nowMs);
  }

  #checkQueue(): void {
    if (this.#raw || this.#queueFits()) return;
    // What waits only to be scanned together is no backlog.
    this.#scanBatch();
    this.#drain();
    if (!this.#queueFits()) this.#bail('limit', 'too much waits behind held text');
  }

  #queueFits(): boolean {
    return this.#queue.length <= this.#context.limits.queueEvents && this.#queue.bytes <= this.#maxQueueBytes;
  }

  #scanBatch(): void {
    const channel = this.#batch;
    if (channel === null) return;
    const text = this.#batchText;
    this.#batch = null;
    this.#batchText = '';
    channel.rewriter.push(text, this.#nowMs);
  }

  /** Lets every event leave whose text is settled and before which all have left. */
  #drain(): void {
    const queue = this.#queue;
    for (let entry = queue.first; entry !== undefined; entry = queue.first) {
      if (!isSettled(entry)) break;
      this.#leave(entry);
    }
    queue.forget();
  }

  #leave(entry: Entry): void {
    const { event, pieces } = entry;
    // First, as what repeats the channel repeats its note, too.
    for (const channel of entry.tails) this.#leaveNote(channel, event);
    const edited = isEdited(entry);
    const bytes = edited || this.#added > 0 ? this.#rewritten(entry) : event.raw;
    // Marked as gone only now, as rewriting may fail, and before it is told of, as that must not make it leave twice.
    this.#queue.shift();
    if (edited) this.editedEvents += 1;
    this.#bytesPassed += event.raw.length;
    this.#host.out(bytes);
    for (const { channel, to } of pieces) this.#tell(channel, to);
  }

  /** A note behind a channel's last letter, whose event has left: one more event like that, with the note for its text. */
  #leaveNote(channel: Channel, before: WireEvent): void {
    const { received, rewriter } = channel;
    if (!rewriter.touches(received, received)) return;
    const { event, span } = mouldOf(channel, this.#codec.envelope, this.#run);
    const edits = rewriter.take(received, received);
    channel.journal?.change(edits);
    const number = this.#codec.numberOf(before);
    const note = { start: 0, end: span.text.length, text: applyEdits('', received, edits) };
    this.editedEvents += 1;
    this.#host.out(this.#codec.rewrite(event, [{ span, edits: [note] }], number === null ? null : number + this.#added));
    this.#added += 1;
    this.#tell(channel, received);
  }

  #tell(channel: Channel, upTo: number): void {
    for (const correction of channel.sent(upTo)) {
      try {
        this.#host.corrected(correction, channel.name, this.#nowMs);
      } catch (error) {
        // The text has left already: what is told of it must not touch the answer.
        this.#host.fault(describe(error));
      }
    }
  }

  #tellAll(): void {
    for (const channel of this.#channels.all) this.#tell(channel, Infinity);
  }

  #rewritten(entry: Entry): Buffer {
    const { event } = entry;
    const changes = changesOf(entry, (channel) => this.#stray(channel));
    try {
      const number = this.#added === 0 ? null : this.#codec.numberOf(event);
      return this.#codec.rewrite(event, changes, number === null ? null : number + this.#added);
    } catch (error) {
      this.#unwritable = true;
      throw error;
    }
  }

  #stray({ name }: Channel): void {
    this.strayCopies += 1;
    if (this.strayCopies === 1) this.#host.fault(`a copy of ${name} is not what was said there and passes as it came`);
  }

  #pass(bytes: Buffer): void {
    this.#bytesPassed += bytes.length;
    this.#host.out(bytes);
  }

  /**
   * The splitter calls back with events, so what it still holds is only asked for when it has returned.
   * @param bytes null: the end
   */
  #split(bytes: Buffer | null): void {
    this.#splitting = true;
    try {
      if (bytes === null) this.#splitter.end();
      else this.#splitter.write(bytes);
    } catch (error) {
      this.#bail('fault', describe(error));
    }
    this.#splitting = false;
    if (this.#raw) this.#passRest();
    else if (this.#splitter.overflowed) this.#bail('limit', 'an event is larger than the limit');
  }

  #attempt(step: () => void): void {
    if (this.#raw) return;
    try {
      step();
    } catch (error) {
      this.#bail('fault', describe(error));
    }
  }

  #bail(reason: BypassReason, detail: string): void {
    if (this.#raw) return;
    try {
      // What came before is still scanned, or the answer would depend on what shared a read with what broke.
      this.#scanBatch();
    } catch (error) {
      this.#host.fault(describe(error));
    }
    this.#host.bailedOut(reason, detail);
    this.#flushRaw();
  }

  #flushRaw(): void {
    this.#raw = true;
    this.#batch = null;
    this.#channels.bailOut();
    for (let entry = this.#queue.first; entry !== undefined; entry = this.#queue.first) {
      try {
        if (!this.#unwritable) this.#leave(entry);
      } catch (error) {
        this.#host.fault(describe(error));
      }
      if (!this.#unwritable) continue;
      // Its original bytes are better than none.
      this.#queue.shift();
      this.#pass(entry.event.raw);
    }
    this.#queue.forget();
    if (!this.#unwritable) this.#tellAll();
    if (!this.#splitting) this.#passRest();
  }

  #passRest(): void {
    const rest = this.#splitter.rest();
    if (rest.length > 0) this.#pass(rest);
  }

  #detectorFailed(detector: Detector, error: unknown): void {
    this.#channels.switchOff(detector);
    this.#host.fault(`detector ${detector.type} failed and is off for this answer: ${describe(error)}`);
  }
}
