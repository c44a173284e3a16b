import type { TextSpan, WireEvent } from '../codec/codec.js';
import type { Channel } from './channel.js';

/** A piece of a channel's text inside one event. */
export interface Piece {
  readonly channel: Channel;
  readonly from: number;
  readonly to: number;
  readonly span: TextSpan;
  /** It adds nothing: it repeats another piece of the event, or its whole channel. */
  readonly repeats: Piece | 'channel' | null;
}

/** An event that has not left yet. */
export interface Entry {
  readonly event: WireEvent;
  pieces: readonly Piece[];
  /** Channels that end here without a literal of their own: a note behind their last letter needs an event to itself. */
  tails: readonly Channel[];
  /** It is a sign of life and nothing else. */
  ping: boolean;
}

const NO_PIECES: readonly Piece[] = [];
const NO_TAILS: readonly Channel[] = [];
/** Entries that have left are dropped in lots, so that dropping them costs little. */
const SPENT_ENTRIES = 64;

/** Events in the order in which they came, the first to leave first. */
export class EventQueue {
  readonly #entries: Entry[] = [];
  /** Entries before this index have left. */
  #head = 0;
  /** Entries before this index have been counted, if they were held. */
  #counted = 0;
  #bytes = 0;
  /** When the comments in the queue arrived. */
  readonly #comments: number[] = [];

  /** Events that wait. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get first(): Entry | undefined {
    return this.#entries[this.#head];
  }

  /** When the first comment that waits will have waited this long; null: none does. */
  commentDueMs(waitMs: number): number | null {
    const [first] = this.#comments;
    return first === undefined ? null : first + waitMs;
  }

  add(event: WireEvent, nowMs: number): Entry {
    const entry: Entry = { event, pieces: NO_PIECES, tails: NO_TAILS, ping: false };
    this.#entries.push(entry);
    this.#bytes += event.raw.length;
    if (event.kind === 'quiet') this.#comments.push(nowMs);
    return entry;
  }

  /** An event with data is a sign of life and nothing more: as a comment, it may not wait long. */
  ping(entry: Entry, nowMs: number): void {
    entry.ping = true;
    this.#comments.push(nowMs);
  }

  /** The first has left. */
  shift(): void {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return;
    this.#head += 1;
    this.#bytes -= entry.event.raw.length;
    if (entry.event.kind === 'quiet' || entry.ping) this.#comments.shift();
  }

  /** Events with text that wait and have not been counted by this before. */
  countHeld(): number {
    let held = 0;
    for (let index = Math.max(this.#head, this.#counted); index < this.#entries.length; index += 1) {
      if ((this.#entries[index] as Entry).pieces.some(({ from, to }) => to > from)) held += 1;
    }
    this.#counted = this.#entries.length;
    return held;
  }

  /** Drops entries that have left: a queue that never runs empty must not keep them all. */
  forget(): void {
    if (this.#head < this.#entries.length) {
      if (this.#head < SPENT_ENTRIES || this.#head * 2 < this.#entries.length) return;
      this.#entries.splice(0, this.#head);
    } else {
      this.#entries.length = 0;
    }
    this.#counted = Math.max(0, this.#counted - this.#head);
    this.#head = 0;
  }
}
