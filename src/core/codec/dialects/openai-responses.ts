import { finishOf, isObject, type Dialect, type JsonObject, type Reading } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';
import type { RequestContext } from '../../truth/request-context.js';
import { TemplatedRun, type EventReader } from '../templated-run.js';
import { ToolCalls } from '../tool-calls.js';
import { Channels, type TextField } from './channels.js';

/** A text of an item: its field, and the key it stands under in a part. */
interface Kind {
  readonly field: TextField;
  readonly key: 'text' | 'refusal';
  /** Which of the event's indices counts these texts within their item. */
  readonly indexed: 'content_index' | 'summary_index';
}

const TEXT: Kind = { field: { key: 'text', lane: 'text', kind: 'prose' }, key: 'text', indexed: 'content_index' };
const REFUSAL: Kind = { field: { key: 'refusal', lane: 'refusal', kind: 'prose' }, key: 'refusal', indexed: 'content_index' };
const REASONING: Kind = { field: { key: 'reasoning', lane: 'reasoning', kind: 'reasoning' }, key: 'text', indexed: 'content_index' };
const SUMMARY: Kind = { field: { key: 'summary', lane: 'summary', kind: 'reasoning' }, key: 'text', indexed: 'summary_index' };

/** Under this calls are known: their values have channels of their own. */
const CALL: Kind = { field: { key: 'arguments', lane: 'arguments', kind: 'arguments' }, key: 'text', indexed: 'content_index' };

const DELTAS: ReadonlyMap<string, Kind> = new Map([
  ['response.output_text.delta', TEXT],
  ['response.refusal.delta', REFUSAL],
  ['response.reasoning_text.delta', REASONING],
  ['response.reasoning_summary_text.delta', SUMMARY],
]);

const TEXTS_DONE: ReadonlyMap<string, Kind> = new Map([
  ['response.output_text.done', TEXT],
  ['response.refusal.done', REFUSAL],
  ['response.reasoning_text.done', REASONING],
  ['response.reasoning_summary_text.done', SUMMARY],
]);

/** By the type of a part. */
const PARTS: ReadonlyMap<unknown, Kind> = new Map([
  ['output_text', TEXT],
  ['refusal', REFUSAL],
  ['reasoning_text', REASONING],
  ['summary_text', SUMMARY],
]);

const PARTS_DONE: ReadonlySet<unknown> = new Set(['response.content_part.done', 'response.reasoning_part.done', 'response.reasoning_summary_part.done']);
const ADDED: ReadonlySet<unknown> = new Set(['response.content_part.added', 'response.output_item.added', 'response.reasoning_part.added', 'response.reasoning_summary_part.added']);

/** How it ended, by the last event's type. */
const ENDS: ReadonlyMap<unknown, 'done' | 'error'> = new Map([
  ['response.completed', 'done'],
  ['response.incomplete', 'done'],
  ['response.failed', 'error'],
  ['response.cancelled', 'error'],
]);

/** Counters and random padding. */
const VOLATILE: readonly JsonPath[] = [['sequence_number'], ['obfuscation']];

/** Names of calls that are kept to know their copies by; of more the copies pass as they came. */
const MOST_NAMES = 2_048;

interface Known {
  readonly scope: number;
  readonly channel: number;
}

/** Where an item is told of: by its id, by its place in the output, or by neither. */
interface ItemName {
  readonly id: unknown;
  readonly place: unknown;
}

class ResponsesReader implements EventReader {
  readonly channels = new Channels();
  readonly volatile = VOLATILE;
  readonly #known = new Map<string, Known>();
  #scopes = 0;
  /** The text that has ended, while it is not known why. */
  #ended: number | null = null;
  /** The one channel of output text; null where there is none, or more than one. */
  #only: number | null = null;
  #outputs = 0;
  readonly #calls: ToolCalls;
  /** Where the values of a call are, by the names it goes under. */
  readonly #places = new Map<string, string>();
  #called = 0;
  /** Whole names of calls in a namespace, by place: only their items tell it. */
  readonly #names = new Map<string, string>();

  constructor(request: RequestContext, everyValue: boolean) {
    this.#calls = new ToolCalls(this.channels, request, everyValue);
  }

  read(json: unknown): Reading {
    if (!isObject(json)) return { parts: [], terminal: null };
    const { type } = json;
    const end = ENDS.get(type);
    if (typeof type === 'string') this.#event(type, json);
    else if (json['object'] === 'response') this.#document(json);
    if (end !== undefined) this.#close(json['response'], end);
    const whole = type === undefined && json['object'] === 'response';
    return { parts: this.channels.take(), terminal: type === 'error' ? 'error' : whole ? 'done' : (end ?? null) };
  }

  #event(type: string, json: JsonObject): void {
    const said = DELTAS.get(type);
    if (said !== undefined) {
      this.#say(nameIn(json), said, json[said.indexed], json['delta'], ['delta']);
      return;
    }
    const done = TEXTS_DONE.get(type);
    if (done !== undefined) this.#repeat(nameIn(json), done, json[done.indexed], json[done.key], [done.key]);
    else if (PARTS_DONE.has(type)) this.#part(nameIn(json), json['part'], json['content_index'] ?? json['summary_index'], ['part'], true);
    else if (type === 'response.output_item.done' && isObject(json['item'])) this.#item({ id: json['item']['id'], place: json['output_index'] }, json['item'], ['item'], true);
    else if (ADDED.has(type)) this.#added(json);
    else if (type === 'response.function_call_arguments.delta') this.#call(nameIn(json), json['name'], json['delta'], ['delta']);
    else if (type === 'response.function_call_arguments.done') this.#callAgain(nameIn(json), json['name'], json['arguments'], ['arguments']);
  }

  #added(json: JsonObject): void {
    const { item } = json;
    this.#release(isCall(item) ? 'tool_calls' : 'next');
    if (isFunctionCall(item)) this.#call({ id: item['id'], place: json['output_index'] }, toolOf(item), item['arguments'], ['item', 'arguments']);
  }

  #call(name: ItemName, tool: unknown, text: unknown, path: JsonPath): void {
    const place = this.#placeOf(name);
    this.#calls.say({ place, id: null, name: this.#wholeName(place, tool), arguments: text, path });
  }

  #callAgain(name: ItemName, tool: unknown, text: unknown, path: JsonPath): void {
    const place = this.#placeOf(name);
    this.#calls.end(place, null, true);
    this.#calls.repeat({ place, id: null, name: this.#wholeName(place, tool), arguments: text, path });
  }

  /** An event that names the call without its namespace means the same one. */
  #wholeName(place: string, tool: unknown): unknown {
    if (typeof tool !== 'string') return tool;
    const known = this.#names.get(place);
    if (known?.endsWith(`__${tool}`) === true) return known;
    if (tool.includes('__') && this.#names.size < MOST_NAMES) this.#names.set(place, tool);
    return tool;
  }

  #placeOf(name: ItemName): string {
    const keys = keysOf(name, CALL, 0);
    const known = keys.map((key) => this.#places.get(key)).find((place) => place !== undefined);
    if (known !== undefined) return known;
    const place = `output/${typeof name.place === 'number' ? name.place : `call-${this.#called}`}/arguments`;
    this.#called += 1;
    if (this.#places.size < MOST_NAMES) for (const key of keys) this.#places.set(key, place);
    return place;
  }

  /** The last event: it says why the text ended, and repeats everything. */
  #close(response: unknown, end: 'done' | 'error'): void {
    this.#ended = null;
    // Nothing is added to an answer that failed.
    this.channels.closeAll(end === 'error' ? 'abort' : finishWord(response));
    if (isObject(response)) this.#output(response, ['response'], true);
  }

  #document(response: JsonObject): void {
    this.#output(response, [], false);
    this.channels.closeAll(finishWord(response));
  }

  #output(response: JsonObject, path: JsonPath, repeats: boolean): void {
    const output = Array.isArray(response['output']) ? (response['output'] as readonly unknown[]) : [];
    output.forEach((item, place) => {
      if (!repeats) this.channels.closeAll(isCall(item) ? 'tool_calls' : 'next');
      if (isObject(item)) this.#item({ id: item['id'], place }, item, [...path, 'output', place], repeats);
    });
    const { output_text: joined } = response;
    if (typeof joined === 'string' && joined !== '' && this.#only !== null) this.channels.repeat(this.#only, joined, [...path, 'output_text']);
  }

  #item(name: ItemName, item: JsonObject, path: JsonPath, repeats: boolean): void {
    if (isFunctionCall(item)) {
      if (repeats) this.#callAgain(name, toolOf(item), item['arguments'], [...path, 'arguments']);
      else this.#call(name, toolOf(item), item['arguments'], [...path, 'arguments']);
    }
    for (const list of ['summary', 'content']) {
      const parts = item[list];
      if (!Array.isArray(parts)) continue;
      parts.forEach((part: unknown, index) => this.#part(name, part, index, [...path, list, index], repeats));
    }
  }

  #part(name: ItemName, part: unknown, index: unknown, path: JsonPath, repeats: boolean): void {
    if (!isObject(part)) return;
    const kind = PARTS.get(part['type']);
    if (kind === undefined) return;
    const text = part[kind.key];
    if (repeats) this.#repeat(name, kind, index, text, [...path, kind.key]);
    else this.#say(name, kind, index, text, [...path, kind.key]);
  }

  #say(name: ItemName, kind: Kind, index: unknown, text: unknown, path: JsonPath): Known | null {
    if (typeof text !== 'string' || text === '') return null;
    const known = this.#find(name, kind, index);
    if (known !== null && this.channels.isOpen(known.channel)) {
      this.channels.say(known.scope, '', kind.field, text, path);
      return known;
    }
    // Text that goes on elsewhere says that what ended before it was not cut off.
    this.#release('next');
    const scope = this.#scopes;
    const channel = this.channels.say(scope, `output/${wordOf(name)}/${typeof index === 'number' ? index : 0}/`, kind.field, text, path);
    if (channel === null) return null;
    this.#scopes += 1;
    if (kind === TEXT) {
      this.#outputs += 1;
      this.#only = this.#outputs === 1 ? channel : null;
    }
    const added = { scope, channel };
    for (const key of keysOf(name, kind, index)) this.#known.set(key, added);
    return added;
  }

  #repeat(name: ItemName, kind: Kind, index: unknown, text: unknown, path: JsonPath): void {
    if (typeof text !== 'string' || text === '') return;
    const known = this.#find(name, kind, index);
    if (known === null) {
      // Some backends send no pieces at all.
      const said = this.#say(name, kind, index, text, path);
      if (said !== null) this.channels.close(said.scope, 'next');
      return;
    }
    if (this.channels.isOpen(known.channel)) {
      if (kind.field.kind === 'reasoning') this.channels.close(known.scope, 'next');
      else if (this.#ended !== known.scope) {
        this.#release('next');
        this.#ended = known.scope;
      }
    }
    this.channels.repeat(known.channel, text, path);
  }

  #find(name: ItemName, kind: Kind, index: unknown): Known | null {
    for (const key of keysOf(name, kind, index)) {
      const known = this.#known.get(key);
      if (known !== undefined) return known;
    }
    return null;
  }

  /** Something follows the text that ended last. */
  #release(finish: string): void {
    if (this.#ended !== null) this.channels.close(this.#ended, finish);
    this.#ended = null;
  }
}

function nameIn(event: JsonObject): ItemName {
  return { id: event['item_id'], place: event['output_index'] };
}

function wordOf({ id, place }: ItemName): string {
  return typeof place === 'number' ? String(place) : typeof id === 'string' ? id : '0';
}

/** Under which names a text may be asked for: llama.cpp leaves out indices, others make up a new id for each copy. */
function keysOf({ id, place }: ItemName, { field }: Kind, index: unknown): string[] {
  const within = `${typeof index === 'number' ? index : 0}/${field.key}`;
  const keys = typeof id === 'string' ? [`id/${id}/${within}`] : [];
  if (typeof place === 'number') keys.push(`place/${place}/${within}`);
  return keys.length > 0 ? keys : [`place/0/${within}`];
}

/** A call of the client's tools with JSON for arguments; custom tools take plain text, and the others are the server's. */
function isFunctionCall(item: unknown): item is JsonObject {
  return isObject(item) && item['type'] === 'function_call';
}

/** The name as tools of a namespace are offered under (`request-tools.ts`). */
function toolOf({ namespace, name }: JsonObject): unknown {
  return typeof namespace === 'string' && namespace !== '' && typeof name === 'string' ? `${namespace}__${name}` : name;
}

function isCall(item: unknown): boolean {
  return isObject(item) && typeof item['type'] === 'string' && item['type'].endsWith('_call');
}

function finishWord(response: unknown): string | null {
  if (!isObject(response)) return null;
  const details = response['incomplete_details'];
  const reason = isObject(details) ? finishOf(details['reason']) : null;
  if (reason !== null) return reason === 'max_output_tokens' ? 'length' : reason;
  return response['status'] === 'completed' ? 'stop' : null;
}

/** `/v1/responses`: text comes in deltas, and again in the end of its part, its item and the whole answer. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  open: (request, everyValue = false) => new TemplatedRun(new ResponsesReader(request, everyValue)),
  dropOnEdit: (path) => [[...path.slice(0, -1), 'logprobs']],
  emptyLists: ['logprobs'],
  repeats: true,
  numberAt: ['sequence_number'],
  recognises: (json) => isObject(json) && (json['object'] === 'response' || (typeof json['type'] === 'string' && json['type'].startsWith('response.'))),
};
