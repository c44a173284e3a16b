import { finishOf, isObject, type Dialect, type JsonObject, type Reading } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';
import { TemplatedRun, type EventReader } from '../templated-run.js';
import type { RequestContext } from '../../truth/request-context.js';
import { ToolCalls } from '../tool-calls.js';
import { Channels, type TextField } from './channels.js';
import { repeatVerbose } from './verbose.js';

/** In the order in which they come to pass, should one event carry several. vLLM and Ollama say `reasoning`, llama.cpp `reasoning_content`, some both. */
const FIELDS: readonly TextField[] = [
  { key: 'reasoning_content', lane: 'reasoning', kind: 'reasoning' },
  { key: 'reasoning', lane: 'reasoning', kind: 'reasoning' },
  { key: 'content', lane: 'content', kind: 'prose' },
  { key: 'refusal', lane: 'refusal', kind: 'prose' },
];

/** Random padding, counters and clocks; `read` looks at none of them. */
const VOLATILE: readonly JsonPath[] = [
  ['obfuscation'],
  ['created'],
  ['usage', 'completion_tokens'],
  ['usage', 'total_tokens'],
];

class OpenAiChatReader implements EventReader {
  readonly channels = new Channels();
  readonly volatile = VOLATILE;
  readonly #calls: ToolCalls;

  constructor(request: RequestContext, everyValue: boolean) {
    this.#calls = new ToolCalls(this.channels, request, everyValue);
  }

  read(json: unknown): Reading {
    if (!isObject(json)) return { parts: [], terminal: null };
    const { choices, error } = json;
    let whole = false;
    if (Array.isArray(choices)) {
      choices.forEach((choice: unknown, place) => {
        if (isObject(choice) && this.#choice(choice, place)) whole = true;
      });
    }
    repeatVerbose(this.channels, json);
    const failed = error !== undefined && error !== null;
    return { parts: this.channels.take(), terminal: failed ? 'error' : whole ? 'done' : null };
  }

  /** Returns whether the choice is a whole message, as documents have it. */
  #choice(choice: JsonObject, place: number): boolean {
    const index = choice['index'];
    const scope = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : place;
    const { delta, message, finish_reason: finish } = choice;
    if (isObject(delta)) this.#message(delta, scope, ['choices', place, 'delta']);
    const whole = isObject(message);
    if (whole) this.#message(message, scope, ['choices', place, 'message']);
    // Some backends say "" where they mean null.
    const ends = finish !== undefined && finish !== null && finish !== '';
    if (whole || ends) this.#calls.end(`choices/${scope}/`, finishOf(finish));
    if (whole || ends) this.channels.close(scope, finishOf(finish), ({ key }) => (isObject(delta) && delta[key] === '' ? ['choices', place, 'delta', key] : null));
    return whole;
  }

  #message(message: JsonObject, scope: number, path: JsonPath): void {
    for (const field of FIELDS) this.channels.say(scope, `choices/${scope}/`, field, message[field.key], [...path, field.key]);
    const { tool_calls: calls, function_call: call } = message;
    const several = Array.isArray(calls) && calls.length > 0;
    if (several || isObject(call)) this.channels.close(scope, 'tool_calls');
    if (several) calls.forEach((one: unknown, place) => this.#call(one, place, scope, [...path, 'tool_calls', place]));
    if (isObject(call)) this.#calls.say({ place: `choices/${scope}/function_call/arguments`, id: null, name: call['name'], arguments: call['arguments'], path: [...path, 'function_call', 'arguments'] });
  }

  #call(call: unknown, place: number, scope: number, path: JsonPath): void {
    const called = isObject(call) ? call['function'] : undefined;
    if (!isObject(call) || !isObject(called)) return;
    const { index, id } = call;
    const number = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : place;
    this.#calls.say({
      place: `choices/${scope}/tool_calls/${number}/arguments`,
      id: typeof id === 'string' && id !== '' ? id : null,
      name: called['name'],
      arguments: called['arguments'],
      path: [...path, 'function', 'arguments'],
    });
  }
}

/** The per-token companions of a choice's text. They are removed with an edit, never invented. */
function tokenDetails(path: JsonPath): readonly JsonPath[] {
  if (path[0] === '__verbose') return [['__verbose', 'tokens'], ['__verbose', 'completion_probabilities']];
  const choice = path.slice(0, 2);
  return [[...choice, 'logprobs'], [...choice, 'token_ids']];
}

/** Chat completions: `choices[i].delta` in a stream, `choices[i].message` in a document, state per choice. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  open: (request, everyValue = false) => new TemplatedRun(new OpenAiChatReader(request, everyValue)),
  dropOnEdit: tokenDetails,
  emptyLists: ['tokens', 'completion_probabilities'],
  recognises: (json) => isObject(json) && Array.isArray(json['choices']),
};
