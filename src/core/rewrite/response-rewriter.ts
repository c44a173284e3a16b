import type { Codec, DialectRun, Splitter, TextSpan, WireEvent } from '../codec/codec.js';
import type { Detector } from '../detect/detector.js';
import type { BypassReason } from '../observe.js';
import { applyEdits } from '../text/edit.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import { Channel, type ChannelContext } from './channel.js';
import { type Entry, EventQueue, type Piece } from './event-queue.js';
import { Journal } from './journal.js';
import { changesOf, isEdited, isSettled, repeatOf } from './leaving.js';

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

/** Texts of one response; every deadline and every error looks at each. */
const MOST_CHANNELS = 256;

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
  readonly #channels: Channel[] = [];
  readonly #switchedOff = new Set<Detector>();
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
  /** Copies that are not what their channel said, and so passed as they came though that was edited. */
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
  }

  /** Bytes taken in that have not left, in whatever form. */
  get heldBytes(): number {
    return this.#bytesIn - this.#bytesPassed;
  }

  /** Reads the next bytes of the body. Call `settle` when the read is over. */
  write(bytes: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#bytesIn += bytes.length;
    if (this.#raw) this.#pass(bytes);
    else this.#split(bytes);
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
      this.#endChannels(null);
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
    const pingMs = this.#pingMs();
    const pinged = pingMs !== null && nowMs >= pingMs;
    this.#attempt(() => {
      this.#scanBatch();
      for (const channel of this.#channels) {
        if (channel.ended) continue;
        if (pinged) channel.letGo(nowMs);
        else channel.tick(nowMs);
      }
      this.#drain();
    });
  }

  /** When `tick` has something to do; null: never. */
  deadlineMs(): number | null {
    if (this.#raw) return null;
    let deadline = this.#pingMs();
    for (const channel of this.#channels) {
      const at = channel.deadlineMs();
      if (at !== null && (deadline === null || at < deadline)) deadline = at;
    }
    return deadline;
  }

  /** When the first comment that waits behind held text has waited long enough; null where none does. */
  #pingMs(): number | null {
    const { commentMs } = this.#queue;
    return commentMs === null ? null : commentMs + this.#context.limits.pingMs;
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
      const channel = this.#channel(span);
      if (channel === null) return;
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
        channel.lastEvent = entry.event;
        channel.lastSpan = span;
      }
      if (!span.last) continue;
      this.#scanBatch();
      channel.end(this.#nowMs, span.finish, channel.lastEvent !== null);
      const place = channel.behind ?? entry;
      if (span.start < 0) place.tails = [...place.tails, channel];
    }
    if (hasText) this.tokens += 1;
    if (terminal === null) return;
    this.#scanBatch();
    if (terminal === 'done') this.#endChannels(null);
    else for (const channel of this.#channels) if (!channel.ended) channel.letGo(this.#nowMs);
  }

  #channel(span: TextSpan): Channel | null {
    let channel = this.#channels[span.channel];
    if (channel === undefined) {
      if (span.channel >= MOST_CHANNELS) {
        this.#bail('limit', 'an answer has more texts side by side than any honest one');
        return null;
      }
      channel = new Channel(this.#run.channelName(span.channel), span.kind, this.#context, this.#switchedOff, span.at !== undefined);
      if (this.#codec.dialect.repeats === true) channel.journal = new Journal(this.#context.limits.eventBytes);
      this.#channels[span.channel] = channel;
    }
    return channel;
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

  #endChannels(finish: string | null): void {
    for (const channel of this.#channels) {
      if (!channel.ended) channel.end(this.#nowMs, finish, false);
    }
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
    const { lastEvent, lastSpan, received, rewriter } = channel;
    if (lastEvent === null || lastSpan === null || !rewriter.touches(received, received)) return;
    const edits = rewriter.take(received, received);
    channel.journal?.change(edits);
    const number = this.#codec.numberOf(before);
    const note = { start: 0, end: lastSpan.text.length, text: applyEdits('', received, edits) };
    this.editedEvents += 1;
    this.#host.out(this.#codec.rewrite(lastEvent, [{ span: lastSpan, edits: [note] }], number === null ? null : number + this.#added));
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
    for (const channel of this.#channels) this.#tell(channel, Infinity);
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
    for (const channel of this.#channels) if (!channel.ended) channel.rewriter.bailOut();
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
    this.#switchedOff.add(detector);
    for (const channel of this.#channels) if (!channel.ended) channel.rewriter.switchOff(detector);
    this.#host.fault(`detector ${detector.type} failed and is off for this answer: ${describe(error)}`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
