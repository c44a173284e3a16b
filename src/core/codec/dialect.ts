import type { ChannelKind } from '../types.js';
import type { RequestContext } from '../truth/request-context.js';
import type { WireEvent } from './envelope.js';
import type { JsonPath } from './json-spans.js';

/** Where the text of an event is. */

/** What one event adds to one channel. */
export interface TextPart {
  /** Counted from 0 within a response; a channel that resumes after its end gets a new number. */
  readonly channel: number;
  readonly kind: ChannelKind;
  /** Empty only where the part does nothing but end its channel; it may have a literal all the same, which is then empty. */
  readonly text: string;
  /** Where the literal stands in the JSON; empty where there is none. */
  readonly path: JsonPath;
  /**
   * The literal's own text is JSON, and `text` the content of a string in it, still escaped, that begins at this unit. Several
   * parts may share such a literal. Absent: `text` is the literal's.
   */
  readonly at?: number;
  /** The channel ends here. */
  readonly last: boolean;
  /**
   * Why it ends, in the backend's word (`stop`, `length`, `tool_calls`), `next` where other text follows, `value` where a value
   * of a tool call is complete; null where it does not, or that is not said.
   */
  readonly finish: string | null;
  /**
   * Adds nothing: it repeats what its channel said in this event, or all that it said. Its edits are replayed, it is not
   * scanned. Without a literal (`path` empty) it only says that the event goes behind the channel's last letter. Such events
   * wait until the channel has ended, as only then what may be added to it is known.
   */
  readonly mirror: boolean;
}

/** A part, and the bytes between its literal's quotes as offsets into the event's `data`; -1 where there is no literal. */
export interface TextSpan extends TextPart {
  readonly start: number;
  readonly end: number;
}

/** `done`: the stream says that the answer is complete. `error`: it says that it failed; more may follow all the same. */
export type Terminal = 'done' | 'error' | null;

/** What a dialect makes of an event's JSON. */
export interface Reading {
  readonly parts: readonly TextPart[];
  readonly terminal: Terminal;
  /** A sign of life and nothing else: it may not wait long behind held text. */
  readonly ping?: boolean;
}

/** The same, with the places of the literals. */
export interface Parts {
  readonly spans: readonly TextSpan[];
  readonly terminal: Terminal;
  readonly ping?: boolean;
}

/** One per response: it keeps what channels are open. Hand it every event that has data, once, in order. */
export interface DialectRun {
  /** `scan`, else `read` and find the literals; null where the data is no JSON. */
  parts(event: WireEvent): Parts | null;
  /** The usual shape, by comparing bytes; null: unsure, parse. Never anything but what `read` would say, and changes no state. */
  scan(event: WireEvent): Parts | null;
  /**
   * The text of the usual event with one text, which is not empty, where its JSON is bytes [from, to) and one line: what `scan` would say,
   * and nothing made of it but the text. Null: unsure. Changes no state but `loneChannel`.
   */
  lone(bytes: Buffer, from: number, to: number): string | null;
  /** The channel of the text that `lone` found last. */
  readonly loneChannel: number;
  /** Any shape, exact. */
  read(json: unknown): Reading;
  /** As `choices/0/content`. */
  channelName(channel: number): string;
}

export interface Dialect {
  readonly name: string;
  /** @param everyValue every string value in arguments of tool calls is read, not only what names files */
  open(request: RequestContext, everyValue?: boolean): DialectRun;
  /** Values that describe the text at `path` token by token and are wrong once it is edited: they become `null`. */
  dropOnEdit(path: JsonPath): readonly JsonPath[];
  /** Keys of such values that become an empty list, as the backend says it when it has none. */
  readonly emptyLists?: readonly string[];
  /** Later events repeat whole channels. */
  readonly repeats?: boolean;
  /** Where events are numbered one by one: those behind an added event move up. */
  readonly numberAt?: JsonPath;
  /** Whether an event of unknown origin looks like this dialect's. */
  recognises(json: unknown): boolean;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The backend's word for why an answer ended; null where it says none. */
export function finishOf(word: unknown): string | null {
  return typeof word === 'string' && word !== '' ? word : null;
}
