import { finishOf, isObject, type Dialect, type JsonObject, type Reading } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';
import { TemplatedRun, type EventReader } from '../templated-run.js';
import type { RequestContext } from '../../truth/request-context.js';
import { ToolCalls } from '../tool-calls.js';
import { Channels, type TextField } from './channels.js';

/** Where one of Ollama's routes has its text. */
interface Shape {
  readonly name: string;
  /** The object the fields stand in; null: the event itself. */
  readonly within: string | null;
  /** In the order in which they come to pass, should one event carry several. */
  readonly fields: readonly TextField[];
}

const GENERATE: Shape = {
  name: 'ollama-generate',
  within: null,
  fields: [
    { key: 'thinking', lane: 'reasoning', kind: 'reasoning' },
    { key: 'response', lane: 'prose', kind: 'prose' },
  ],
};

const CHAT: Shape = {
  name: 'ollama-chat',
  within: 'message',
  fields: [
    { key: 'thinking', lane: 'reasoning', kind: 'reasoning' },
    { key: 'content', lane: 'prose', kind: 'prose' },
  ],
};

const VOLATILE: readonly JsonPath[] = [['created_at']];
const LOGPROBS: readonly JsonPath[] = [['logprobs']];

class OllamaReader implements EventReader {
  readonly channels = new Channels();
  readonly volatile = VOLATILE;
  readonly #fields: readonly { readonly field: TextField; readonly path: JsonPath }[];
  readonly #within: string | null;
  readonly #prefix: string;
  readonly #calls: ToolCalls;
  #called = 0;

  constructor({ fields, within }: Shape, request: RequestContext, everyValue: boolean) {
    this.#calls = new ToolCalls(this.channels, request, everyValue);
    this.#within = within;
    this.#prefix = within === null ? '' : `${within}/`;
    this.#fields = fields.map((field) => ({ field, path: within === null ? [field.key] : [within, field.key] }));
  }

  read(json: unknown): Reading {
    if (!isObject(json)) return { parts: [], terminal: null };
    const message = this.#within === null ? json : json[this.#within];
    if (isObject(message)) this.#message(message);
    const done = json['done'] === true;
    // Ollama says `stop` after tool calls, too.
    if (done) this.channels.closeAll(this.#called > 0 ? 'tool_calls' : finishOf(json['done_reason']), (wanted) => this.#emptyPath(message, wanted));
    const failed = json['error'] !== undefined && json['error'] !== null;
    return { parts: this.channels.take(), terminal: failed ? 'error' : done ? 'done' : null };
  }

  #emptyPath(message: unknown, wanted: TextField): JsonPath | null {
    return isObject(message) && message[wanted.key] === '' ? (this.#fields.find(({ field }) => field === wanted)?.path ?? null) : null;
  }

  #message(message: JsonObject): void {
    for (const { field, path } of this.#fields) this.channels.say(0, this.#prefix, field, message[field.key], path);
    const calls = message['tool_calls'];
    if (!Array.isArray(calls) || calls.length === 0) return;
    this.channels.close(0, 'tool_calls');
    calls.forEach((call: unknown, place) => this.#call(call, place));
  }

  /** Calls are counted through the answer: each event may begin with a first one. */
  #call(call: unknown, place: number): void {
    const within = this.#within;
    const count = this.#called;
    this.#called += 1;
    const called = isObject(call) ? call['function'] : undefined;
    if (within === null || !isObject(called)) return;
    this.#calls.say({ place: `${within}/tool_calls/${count}/arguments`, id: null, name: called['name'], arguments: called['arguments'], path: [within, 'tool_calls', place, 'function', 'arguments'] });
  }
}

function ollama(shape: Shape): Dialect {
  return {
    name: shape.name,
    open: (request, everyValue = false) => new TemplatedRun(new OllamaReader(shape, request, everyValue)),
    dropOnEdit: () => LOGPROBS,
    recognises: (json) => isObject(json) && (shape.within === null ? typeof json['response'] === 'string' : isObject(json[shape.within])),
  };
}

/** `/api/generate`: `response` and `thinking`; streamed, and whole. */
export const ollamaGenerate = ollama(GENERATE);

/** `/api/chat`: `message.content` and `message.thinking`; tool calls come whole and end the text before them. */
export const ollamaChat = ollama(CHAT);
