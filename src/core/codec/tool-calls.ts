import type { RequestContext } from '../truth/request-context.js';
import type { Tool } from '../truth/request-tools.js';
import type { ChannelKind } from '../types.js';
import { isObject } from './dialect.js';
import type { Channels } from './dialects/channels.js';
import type { JsonPath } from './json-spans.js';
import { argumentKind } from './tool-use.js';
import { type ValuePlace, ValueTokenizer } from './value-channel.js';

/** Tool calls of one response. Of further ones the arguments are not read, and so leave as they came. */
const MOST_CALLS = 512;
/** Values of whole arguments that are looked at, and how deep. */
const MOST_NODES = 4_096;
const MOST_DEPTH = 8;
/** A name is not longer, however many pieces it comes in. */
const MOST_NAME = 256;

interface Call {
  readonly id: string | null;
  name: string;
  /** What its values' names begin with. */
  readonly prefix: string;
  /** The channels of its values, in order; null where one was not read. */
  readonly channels: (number | null)[];
  /** Null until its arguments begin. */
  values: ValueTokenizer<ChannelKind> | null;
  /** The channel of the value that is open. */
  open: { readonly channel: number | null; readonly kind: ChannelKind } | null;
}

/** A call as an event has it. */
export interface CallPart {
  /** What the names of its values begin with, as `choices/0/tool_calls/0/arguments`. */
  readonly place: string;
  /** Null where the event does not repeat it. */
  readonly id: string | null;
  readonly name: unknown;
  /** The text of the arguments, or a piece of it; an object where they come as such. */
  readonly arguments: unknown;
  /** Where they stand in the event. */
  readonly path: JsonPath;
}

/** Reads the arguments of the tool calls of one response, and opens a channel for each value that may be corrected. */
export class ToolCalls {
  readonly #channels: Channels;
  readonly #tools: ReadonlyMap<string, Tool> | null;
  readonly #every: boolean;
  readonly #calls = new Map<string, Call>();
  #count = 0;

  /** @param everyValue all string values are read, as `arguments`: rules ask for them */
  constructor(channels: Channels, request: RequestContext, everyValue: boolean) {
    this.#channels = channels;
    this.#tools = request.tools?.() ?? null;
    this.#every = everyValue;
  }

  /** What an event says of a call. Once a call's arguments began, its name is settled. */
  say(part: CallPart): void {
    const call = this.#call(part);
    if (call === null) return;
    // A name may come in pieces, and whole names may be repeated.
    if (typeof part.name === 'string' && call.values === null && part.name !== call.name) call.name = (call.name + part.name).slice(0, MOST_NAME);
    if (typeof part.arguments === 'string') this.#fragment(call, part.arguments, part.path);
    else if (isObject(part.arguments)) this.#whole(call, part.arguments, part.path);
  }

  /** The whole arguments text again, as a copy; where none of it came before, it is the first. */
  repeat(part: CallPart): void {
    const { place, arguments: text, path } = part;
    const call = this.#calls.get(place);
    if (call === undefined || call.values === null) this.say(part);
    else if (typeof text === 'string' && call.channels.length > 0) this.#copy(call, text, path);
  }

  /** The calls whose places begin so are over; a value that is still open was cut off. Copies may follow where the calls are to be `kept`. */
  end(prefix: string, finish: string | null, kept = false): void {
    for (const [place, call] of this.#calls) {
      if (!place.startsWith(prefix)) continue;
      this.#closeOpen(call, finish);
      if (!kept) this.#calls.delete(place);
    }
  }

  /** Some backends give all their calls one place: another id, or a name behind complete arguments, is another call. */
  #call({ place, id, name }: CallPart): Call | null {
    const known = this.#calls.get(place);
    const other = known !== undefined && ((id !== null && known.id !== null && id !== known.id) || (known.values?.over === true && typeof name === 'string' && name !== ''));
    if (known !== undefined && !other) return known;
    if (known !== undefined) this.#closeOpen(known, 'next');
    if (this.#count === MOST_CALLS) {
      this.#calls.delete(place);
      return null;
    }
    this.#count += 1;
    const call: Call = { id, name: '', prefix: `${place}/`, channels: [], values: null, open: null };
    this.#calls.set(place, call);
    return call;
  }

  #kind(call: Call, place: ValuePlace): ChannelKind | null {
    const tool = this.#tools?.get(call.name);
    // The offer knows the namespace even where the call leaves it out.
    return argumentKind(tool?.name ?? call.name, tool, place) ?? (this.#every ? 'arguments' : null);
  }

  #fragment(call: Call, text: string, path: JsonPath): void {
    if (text === '') return;
    call.values ??= new ValueTokenizer((place) => this.#kind(call, place));
    for (const { kind, path: at, first, start, end, ends } of call.values.push(text)) {
      if (first) {
        call.open = { channel: this.#channels.openValue(call.prefix + at.join('/'), kind), kind };
        call.channels.push(call.open.channel);
      }
      const { open } = call;
      if (open === null) continue;
      if (ends !== null) call.open = null;
      if (open.channel === null) continue;
      const last = ends !== null;
      this.#channels.value({ channel: open.channel, kind: open.kind, text: text.slice(start, end), path, at: start, last, finish: ends === 'whole' ? 'value' : null, mirror: false });
    }
  }

  /** The values of a copy are those of the first text, in the same order; whether their text is the same is for others to see. */
  #copy(call: Call, text: string, path: JsonPath): void {
    const values = new ValueTokenizer((place) => this.#kind(call, place));
    values.push(text).forEach(({ kind, start, end }, index) => {
      const channel = call.channels[index] ?? null;
      if (channel !== null) this.#channels.value({ channel, kind, text: text.slice(start, end), path, at: start, last: false, finish: null, mirror: true });
    });
  }

  /** Arguments as an object: each value has a literal of its own. */
  #whole(call: Call, value: Readonly<Record<string, unknown>>, path: JsonPath): void {
    const names: string[] = [];
    const command = typeof value['command'] === 'string' ? value['command'] : null;
    let nodes = 0;
    const visit = (node: unknown, at: JsonPath): void => {
      nodes += 1;
      if (nodes > MOST_NODES || at.length > MOST_DEPTH) return;
      if (typeof node === 'string') this.#wholeValue(call, node, [...path, ...at], { path: at, names, command });
      else if (Array.isArray(node)) node.forEach((item: unknown, index) => visit(item, [...at, index]));
      else if (isObject(node)) for (const [key, item] of Object.entries(node)) visit(item, [...at, key]);
    };
    names.push(...Object.keys(value).slice(0, MOST_NODES));
    visit(value, []);
  }

  #wholeValue(call: Call, text: string, path: JsonPath, place: ValuePlace): void {
    const kind = text === '' ? null : this.#kind(call, place);
    const channel = kind === null ? null : this.#channels.openValue(call.prefix + place.path.join('/'), kind);
    if (kind === null || channel === null) return;
    this.#channels.value({ channel, kind, text, path, last: true, finish: 'value', mirror: false });
  }

  #closeOpen(call: Call, finish: string | null): void {
    const { open } = call;
    call.open = null;
    if (open === null || open.channel === null) return;
    this.#channels.value({ channel: open.channel, kind: open.kind, text: '', path: [], last: true, finish, mirror: false });
  }
}
