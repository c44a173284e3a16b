import type { Envelope, EventKind, WireEvent } from '../codec/codec.js';
import { type ContinueShape, isJson, type Json } from './continue-shapes.js';

interface EndEvent {
  readonly bytes: Buffer;
  /** Its JSON as it came; null where it has none, or where `json` was there first. */
  readonly data: Buffer | null;
  readonly kind: EventKind;
  /** Parsed when it is asked for. */
  json: Json | null;
  /** What it adds to the answer's text. */
  readonly text: string;
}

/** An event with this JSON. */
export function eventOf(envelope: Envelope['name'], json: Json): Buffer {
  const text = JSON.stringify(json);
  return Buffer.from(envelope === 'sse' ? `data: ${text}\n\n` : envelope === 'ndjson' ? `${text}\n` : text, 'utf8');
}

/** The events that end a response, kept back: the first that says so, and all behind it (counters, comments, the mark of the end). */
export class EndEvents {
  readonly #envelope: Envelope['name'];
  #events: EndEvent[] = [];
  #bytes = 0;

  constructor(envelope: Envelope['name']) {
    this.#envelope = envelope;
  }

  get empty(): boolean {
    return this.#events.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One of the answer's own, which leaves as it came. */
  keep({ raw, kind, data }: WireEvent, text = ''): void {
    this.#add({ bytes: raw, data, kind, json: null, text });
  }

  /** One that was made to fit. */
  make(json: Json, text = ''): void {
    this.#add({ bytes: eventOf(this.#envelope, json), data: null, kind: 'data', json, text });
  }

  /** What they say; those that are no JSON say nothing. */
  jsons(): readonly Json[] {
    return this.#events.flatMap((event) => {
      if (event.data !== null) event.json ??= parseJson(event.data);
      return event.json === null ? [] : [event.json];
    });
  }

  /** The answer goes on: takes the text out, and gives it as an event that ends nothing; null where there is none. */
  takeText(shape: ContinueShape): Buffer | null {
    const [{ text } = { text: '' }] = this.#events;
    const [json] = this.jsons();
    if (text === '' || json === undefined) return null;
    const emptied = shape.withText(json, '');
    this.#events[0] = { bytes: eventOf(this.#envelope, emptied), data: null, kind: 'data', json: emptied, text: '' };
    return eventOf(this.#envelope, shape.open(json));
  }

  /** @param marks events of another response, whose mark of the end stands in where there is none here */
  release(out: (bytes: Buffer) => void, marks: EndEvents | null): void {
    for (const { bytes } of this.#events) out(bytes);
    if (this.mark === null && marks !== null && marks.mark !== null) out(marks.mark);
    this.#events = [];
  }

  /** The mark of the stream's end; null: there is none. */
  get mark(): Buffer | null {
    return this.#events.find(({ kind }) => kind === 'done')?.bytes ?? null;
  }

  #add(event: EndEvent): void {
    this.#events.push(event);
    this.#bytes += event.bytes.length;
  }
}

export function parseJson(data: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return isJson(value) ? value : null;
  } catch {
    // The caller knows what no JSON means.
    return null;
  }
}
