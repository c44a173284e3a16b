import type { DialectRun, Parts, Reading, TextPart, TextSpan } from './dialect.js';
import type { Channels } from './dialects/channels.js';
import type { WireEvent } from './envelope.js';
import { literalSpans, valueSpans, type JsonPath, type Span } from './json-spans.js';
import { Template } from './template.js';

/** What a dialect's own code does: read parsed events. */
export interface EventReader {
  readonly channels: Channels;
  /** Values that change from event to event and never matter to `read`: it looks at nothing there, or only whether it is there. */
  readonly volatile: readonly JsonPath[];
  read(json: unknown): Reading;
}

const NOTHING: Parts = { spans: [], terminal: null };
const PING: Parts = { ...NOTHING, ping: true };
/** Streams with several choices have an event shape for each. */
const MAX_TEMPLATES = 4;
/** So many templates may be learned in vain, as where each event carries logprobs; then one event in `RETRY_EVENTS` is. */
const MAX_CREDIT = 8;
const RETRY_EVENTS = 64;

/** Runs a reader behind templates, so that most events are never parsed. */
export class TemplatedRun implements DialectRun {
  readonly #reader: EventReader;
  readonly #templates: Template[] = [];
  #credit = MAX_CREDIT;
  #unlearned = 0;
  loneChannel = -1;

  constructor(reader: EventReader) {
    this.#reader = reader;
  }

  channelName(channel: number): string {
    return this.#reader.channels.name(channel);
  }

  read(json: unknown): Reading {
    return this.#reader.read(json);
  }

  scan(event: WireEvent): Parts | null {
    for (const template of this.#templates) {
      const spans = template.match(event.body, event.bodyStart, event.bodyEnd);
      // A channel that ended since the template was learned would be opened anew, which only `read` does. While it is
      // open, no other lane of its choice is, so `read` would do nothing but add the text.
      if (spans === null || !this.#allOpen(template.channels)) continue;
      this.#credit = MAX_CREDIT;
      return { spans, terminal: null };
    }
    return null;
  }

  lone(bytes: Buffer, from: number, to: number): string | null {
    for (const template of this.#templates) {
      const text = template.lone(bytes, from, to);
      if (text === null) continue;
      // As in `scan`.
      if (!this.#allOpen(template.channels)) return null;
      this.#credit = MAX_CREDIT;
      this.loneChannel = template.channels[0] as number;
      return text;
    }
    return null;
  }

  parts(event: WireEvent): Parts | null {
    const { data } = event;
    if (data === null) return NOTHING;
    return this.scan(event) ?? this.#parse(data);
  }

  #parse(data: Buffer): Parts | null {
    let json: unknown;
    try {
      json = JSON.parse(data.toString('utf8'));
    } catch {
      // No JSON: the caller bails out.
      return null;
    }
    const { parts, terminal, ping } = this.#reader.read(json);
    if (parts.length === 0 && terminal === null) return ping === true ? PING : NOTHING;
    const literals = literalSpans(data, parts.map((part) => part.path));
    const spans = parts.map((part, index): TextSpan => placed(part, literals[index] ?? null));
    if (terminal === null && this.#mayLearn(spans)) this.#learn(data, spans);
    return { spans, terminal };
  }

  #allOpen(channels: readonly number[]): boolean {
    for (const channel of channels) if (!this.#reader.channels.isOpen(channel)) return false;
    return true;
  }

  #mayLearn(spans: readonly TextSpan[]): boolean {
    // Fragments of arguments are never learned: each must be read for what it does to the values in it.
    if (!spans.every((span) => span.start >= 0 && !span.last && !span.mirror && span.at === undefined)) return false;
    this.#unlearned += 1;
    return this.#credit > 0 || this.#unlearned >= RETRY_EVENTS;
  }

  #learn(data: Buffer, spans: readonly TextSpan[]): void {
    this.#unlearned = 0;
    if (this.#credit > 0) this.#credit -= 1;
    this.#templates.unshift(new Template(data, spans, valueSpans(data, this.#reader.volatile)));
    if (this.#templates.length > MAX_TEMPLATES) this.#templates.pop();
  }
}

/** Field by field, as objects made by spreading others have no shape in common. */
function placed({ channel, kind, text, path, at, last, finish, mirror }: TextPart, literal: Span | null): TextSpan {
  const { start, end } = literal ?? NO_LITERAL;
  return at === undefined ? { channel, kind, text, path, last, finish, mirror, start, end } : { channel, kind, text, path, at, last, finish, mirror, start, end };
}

const NO_LITERAL: Span = { start: -1, end: -1 };
