import { finishOf, isObject, type Dialect, type JsonObject, type Reading } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';
import { TemplatedRun, type EventReader } from '../templated-run.js';
import { Channels, type TextField } from './channels.js';
import { repeatVerbose } from './verbose.js';

/** Counters, ids and clocks; `read` looks at none of them. */
const VOLATILE: readonly JsonPath[] = [
  ['created'],
  ['tokens', 0],
  ['tokens_predicted'],
  ['usage', 'completion_tokens'],
  ['usage', 'total_tokens'],
  ['obfuscation'],
];

/** llama.cpp's words for why it stopped, where OpenAI has another. */
const STOPS: Readonly<Record<string, string>> = { eos: 'stop', limit: 'length' };

/**
 * Raw completions: OpenAI's `choices[i].text`, and llama.cpp's `content`. One server answers both under paths that differ by
 * a prefix, which may have been taken away or put on, so what an event says decides. The last event of llama.cpp's own form
 * repeats the prompt, which is none of ours.
 */
class CompletionsReader implements EventReader {
  readonly channels = new Channels();
  readonly volatile = VOLATILE;
  readonly #text: TextField;
  readonly #content: TextField;

  constructor(kind: TextField['kind']) {
    this.#text = { key: 'text', lane: 'text', kind };
    this.#content = { key: 'content', lane: 'content', kind };
  }

  read(json: unknown): Reading {
    // llama.cpp answers several prompts by a list.
    if (Array.isArray(json)) json.forEach((one: unknown, place) => isObject(one) && this.#native(one, place, [place]));
    if (!isObject(json)) return { parts: this.channels.take(), terminal: null };
    const { choices, error } = json;
    if (Array.isArray(choices)) choices.forEach((choice: unknown, place) => isObject(choice) && this.#choice(choice, place));
    else this.#native(json, 0, []);
    repeatVerbose(this.channels, json);
    return { parts: this.channels.take(), terminal: error !== undefined && error !== null ? 'error' : null };
  }

  #choice(choice: JsonObject, place: number): void {
    const scope = scopeOf(choice['index'], place);
    this.channels.say(scope, `choices/${scope}/`, this.#text, choice['text'], ['choices', place, 'text']);
    const finish = finishOf(choice['finish_reason']);
    if (finish !== null) this.channels.close(scope, finish, () => (choice['text'] === '' ? ['choices', place, 'text'] : null));
  }

  #native(event: JsonObject, place: number, path: JsonPath): void {
    const scope = scopeOf(event['index'], place);
    this.channels.say(scope, scope === 0 ? '' : `${scope}/`, this.#content, event['content'], [...path, 'content']);
    if (event['stop'] !== true) return;
    this.channels.close(scope, stopWord(event), () => (event['content'] === '' ? [...path, 'content'] : null));
  }
}

function scopeOf(index: unknown, place: number): number {
  return typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : place;
}

function stopWord(event: JsonObject): string | null {
  const word = finishOf(event['stop_type']);
  if (word !== null) return Object.hasOwn(STOPS, word) ? (STOPS[word] as string) : word;
  // Older servers have a flag for each.
  if (event['stopped_limit'] === true) return 'length';
  return event['stopped_eos'] === true ? 'stop' : event['stopped_word'] === true ? 'word' : null;
}

/** What describes the text token by token: in llama.cpp's own form, beside it. */
const DETAILS = ['tokens', 'completion_probabilities'];

function tokenDetails(path: JsonPath): readonly JsonPath[] {
  if (path[0] === 'choices') return [[...path.slice(0, 2), 'logprobs'], [...path.slice(0, 2), 'token_ids']];
  const within = path.slice(0, -1);
  return DETAILS.map((key) => [...within, key]);
}

function isChoice(json: unknown): boolean {
  return isObject(json) && Array.isArray(json['choices']) && isObject(json['choices'][0]) && typeof json['choices'][0]['text'] === 'string';
}

function isNative(json: unknown): boolean {
  const one: unknown = Array.isArray(json) ? json[0] : json;
  return isObject(one) && typeof one['content'] === 'string' && typeof one['stop'] === 'boolean';
}

function completions(name: string, recognises: (json: unknown) => boolean): Dialect {
  return {
    name,
    // Behind `echo` the text begins with the prompt.
    open: (request) => new TemplatedRun(new CompletionsReader(request.echo === true ? 'sealed' : 'prose')),
    dropOnEdit: tokenDetails,
    emptyLists: DETAILS,
    recognises,
  };
}

/** `/v1/completions`. */
export const openaiCompletions: Dialect = completions('openai-completions', isChoice);

/** llama.cpp's `/completion` and `/infill`. */
export const llamaCpp: Dialect = completions('llama-cpp', isNative);
