import type { ChannelKind } from '../../types.js';
import type { TextPart } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';

/**
 * A text field of a message. Fields of one lane may grow side by side (`reasoning` and `reasoning_content` repeat each
 * other: a channel each, so both get the same edits); text in another lane ends them.
 */
export interface TextField {
  readonly key: string;
  readonly lane: string;
  readonly kind: ChannelKind;
}

interface OpenChannel {
  readonly field: TextField;
  readonly channel: number;
}

type Draft = { -readonly [K in keyof TextPart]: TextPart[K] };

/**
 * A model that alternates between thinking and answering opens a channel a turn; a thousand turns are no honest answer.
 * Text beyond is not read, and so leaves as it came.
 */
export const MAX_CHANNELS = 4_096;

/** Values of tool calls that are read in one response; an honest one has a handful. */
export const MOST_VALUES = 128;

/** The channels of one response. Its users say what they read, in order; `take` gives the parts of the event. */
export class Channels {
  readonly #names: string[] = [];
  readonly #kinds: ChannelKind[] = [];
  readonly #isOpen: boolean[] = [];
  readonly #open = new Map<number, OpenChannel[]>();
  #parts: Draft[] = [];
  #values = 0;

  name(channel: number): string {
    return this.#names[channel] ?? '';
  }

  isOpen(channel: number): boolean {
    return this.#isOpen[channel] === true;
  }

  /**
   * Text of `field` in `scope` (the index of a choice). What is no text, or empty, says nothing.
   * @param prefix the name of the scope, as `choices/0/`
   * @returns its channel; null where nothing is said
   */
  say(scope: number, prefix: string, field: TextField, text: unknown, path: JsonPath): number | null {
    if (typeof text !== 'string' || text === '') return null;
    let open = this.#open.get(scope);
    if (open !== undefined && open[0]?.field.lane !== field.lane) {
      this.close(scope, 'next');
      open = undefined;
    }
    const channel = open?.find((one) => one.field === field)?.channel ?? this.#begin(scope, prefix, field);
    if (channel !== null) this.#parts.push({ channel, kind: field.kind, text, path, last: false, finish: null, mirror: false });
    return channel;
  }

  /** What the channel said, again. Without text and path: the event belongs behind the channel's last letter. */
  repeat(channel: number, text = '', path: JsonPath = []): void {
    const kind = this.#kinds[channel];
    if (kind !== undefined) this.#parts.push({ channel, kind, text, path, last: false, finish: null, mirror: true });
  }

  /** The open channel of a field; null: it has none. */
  openIn(scope: number, field: TextField): number | null {
    return this.#open.get(scope)?.find((one) => one.field === field)?.channel ?? null;
  }

  /** What has been said in this event, so far. */
  get saying(): readonly TextPart[] {
    return this.#parts;
  }

  /**
   * Every channel of the scope ends with what it said last, in this event or before.
   * @param finish why
   * @param emptyAt where the event has an empty literal of that field; null: nowhere
   */
  close(scope: number, finish: string | null, emptyAt: (field: TextField) => JsonPath | null = () => null): void {
    for (const { channel, field } of this.#open.get(scope) ?? []) {
      this.#isOpen[channel] = false;
      const said = this.#parts.findLast((part) => part.channel === channel && !part.mirror);
      if (said === undefined) this.#parts.push({ channel, kind: field.kind, text: '', path: emptyAt(field) ?? [], last: true, finish, mirror: false });
      else Object.assign(said, { last: true, finish });
    }
    this.#open.delete(scope);
  }

  closeAll(finish: string | null, emptyAt?: (field: TextField) => JsonPath | null): void {
    for (const scope of [...this.#open.keys()]) this.close(scope, finish, emptyAt);
  }

  /** A channel for one value of a tool call; null where there are too many. It grows beside all others, and ends when its part says so. */
  openValue(name: string, kind: ChannelKind): number | null {
    if (this.#values === MOST_VALUES || this.#names.length === MAX_CHANNELS) return null;
    this.#values += 1;
    this.#kinds.push(kind);
    this.#isOpen.push(true);
    return this.#names.push(name) - 1;
  }

  /** A piece of such a value, or a copy of the whole. */
  value(part: TextPart): void {
    this.#parts.push({ ...part });
    if (part.last) this.#isOpen[part.channel] = false;
  }

  /** The parts since the last call. */
  take(): readonly TextPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #begin(scope: number, prefix: string, field: TextField): number | null {
    const channel = this.#names.length;
    if (channel === MAX_CHANNELS) return null;
    this.#names.push(prefix + field.key);
    this.#kinds.push(field.kind);
    this.#isOpen.push(true);
    const open = this.#open.get(scope);
    if (open === undefined) this.#open.set(scope, [{ field, channel }]);
    else open.push({ field, channel });
    return channel;
  }
}
