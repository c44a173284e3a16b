import type { TextSpan } from '../codec/codec.js';
import type { Detector } from '../detect/detector.js';
import { Channel, type ChannelContext } from './channel.js';
import { Journal } from './journal.js';

/** Texts of one response; every deadline and every error looks at each. */
const MOST_CHANNELS = 256;

/** The texts of one response, by number. */
export class TextChannels {
  readonly #context: ChannelContext;
  readonly #nameOf: (channel: number) => string;
  /** Later events repeat whole channels. */
  readonly #repeats: boolean;
  readonly #channels: Channel[] = [];
  readonly #switchedOff = new Set<Detector>();

  constructor(context: ChannelContext, nameOf: (channel: number) => string, repeats: boolean) {
    this.#context = context;
    this.#nameOf = nameOf;
    this.#repeats = repeats;
  }

  /** The channels so far. */
  get all(): readonly Channel[] {
    return this.#channels;
  }

  at(number: number): Channel | undefined {
    return this.#channels[number];
  }

  /** The channel of a text, which it may open; null where an answer has more of them than any honest one. */
  of(span: TextSpan): Channel | null {
    const known = this.#channels[span.channel];
    if (known !== undefined) return known;
    if (span.channel >= MOST_CHANNELS) return null;
    const channel = new Channel(this.#nameOf(span.channel), span.kind, this.#context, this.#switchedOff, span.at !== undefined);
    if (this.#repeats) channel.journal = new Journal(this.#context.limits.eventBytes);
    this.#channels[span.channel] = channel;
    return channel;
  }

  end(nowMs: number): void {
    for (const channel of this.#channels) if (!channel.ended) channel.end(nowMs, null, false);
  }

  letGo(nowMs: number): void {
    for (const channel of this.#channels) if (!channel.ended) channel.letGo(nowMs);
  }

  tick(nowMs: number): void {
    for (const channel of this.#channels) if (!channel.ended) channel.tick(nowMs);
  }

  /** When `tick` has something to do, or before that what is due at `otherMs`; null: never. */
  deadlineMs(otherMs: number | null): number | null {
    let deadline = otherMs;
    for (const channel of this.#channels) {
      const at = channel.deadlineMs();
      if (at !== null && (deadline === null || at < deadline)) deadline = at;
    }
    return deadline;
  }

  /** No further edit is made. */
  bailOut(): void {
    for (const channel of this.#channels) if (!channel.ended) channel.rewriter.bailOut();
  }

  /** The detector is off for the rest of the response. */
  switchOff(detector: Detector): void {
    this.#switchedOff.add(detector);
    for (const channel of this.#channels) if (!channel.ended) channel.rewriter.switchOff(detector);
  }
}
