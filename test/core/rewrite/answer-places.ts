import { placesIn, type Span } from './json-places.js';

/** Where an answer tells its texts and arguments, in each API's own words. By plain property access, apart from the code under test. */

type Json = Readonly<Record<string, unknown>>;

/** How a text is written: a string; a string that holds JSON; or JSON itself. */
export type Form = 'text' | 'arguments' | 'value';

export interface Place {
  readonly line: number;
  readonly span: Span;
  /** Which text it is a piece or a copy of. */
  readonly name: string;
  readonly form: Form;
  /** `copy`: all of the text again; `echo`: what this very line said. */
  readonly role: 'piece' | 'copy' | 'echo';
}

export interface Line {
  /** What stands before the JSON: `data: `. */
  readonly before: string;
  /** Null: there is none. */
  readonly json: string | null;
}

export interface Answer {
  readonly lines: readonly Line[];
  readonly places: readonly Place[];
  /** Where names of tools stand, of calls with arguments. */
  readonly tools: readonly { readonly line: number; readonly span: Span }[];
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

export function linesOf(body: string, whole: boolean): Line[] {
  if (whole) return [{ before: '', json: body }];
  return body.split('\n').map((line) => {
    const before = /^(?:data: ?)?(?=\{)/.exec(line)?.[0];
    return before === undefined ? { before: line, json: null } : { before, json: line.slice(before.length) };
  });
}

export const bodyOf = (lines: readonly Line[]): string => lines.map(({ before, json }) => before + (json ?? '')).join('\n');

export function readAnswer(lines: readonly Line[]): Answer {
  const places: Place[] = [];
  const tools: Answer['tools'][number][] = [];
  lines.forEach(({ json }, line) => {
    if (json === null) return;
    const spans = placesIn(json);
    const reader = new EventReader((path, name, form, role) => {
      const span = spans.get(path);
      if (span !== undefined && (form === 'value' || json[span[0]] === '"') && (role !== 'copy' || json.slice(...span) !== '""')) places.push({ line, span, name, form, role });
    }, (path) => {
      const span = spans.get(path);
      if (span !== undefined && json[span[0]] === '"') tools.push({ line, span });
    });
    reader.read(JSON.parse(json) as Json);
  });
  return { lines, places, tools };
}

type Found = (path: string, name: string, form: Form, role: Place['role']) => void;

class EventReader {
  readonly #found: Found;
  readonly #tool: (path: string) => void;

  constructor(found: Found, tool: (path: string) => void) {
    this.#found = found;
    this.#tool = tool;
  }

  read(event: Json): void {
    const { type } = event;
    if (typeof type === 'string' && type.startsWith('response.')) this.#responses(type, event);
    else if (event['object'] === 'response') this.#output('', event, 'piece');
    else if (typeof type === 'string') this.#anthropic(type, event);
    else if (Array.isArray(event['choices'])) this.#openai(event);
    else this.#plain(event);
  }

  /** Ollama and llama.cpp. */
  #plain(event: Json): void {
    for (const key of ['content', 'response', 'thinking']) this.#found(key, key, 'text', 'piece');
    const { message } = event;
    if (!isObject(message)) return;
    for (const key of ['content', 'thinking']) this.#found(`message/${key}`, `message ${key}`, 'text', 'piece');
    listOf(message['tool_calls']).forEach((_, at) => {
      this.#found(`message/tool_calls/${at}/function/arguments`, `call ${at}`, 'value', 'piece');
      this.#tool(`message/tool_calls/${at}/function/name`);
    });
  }

  #openai(event: Json): void {
    listOf(event['choices']).forEach((choice, at) => {
      if (!isObject(choice)) return;
      const name = `choice ${String(choice['index'])}`;
      this.#found(`choices/${at}/text`, name, 'text', 'piece');
      for (const key of ['delta', 'message']) {
        for (const field of ['content', 'reasoning_content', 'reasoning']) this.#found(`choices/${at}/${key}/${field}`, `${name} ${field}`, 'text', 'piece');
        const message = choice[key];
        if (!isObject(message)) continue;
        listOf(message['tool_calls']).forEach((call, index) => {
          const path = `choices/${at}/${key}/tool_calls/${index}/function`;
          const number = isObject(call) && typeof call['index'] === 'number' ? call['index'] : index;
          this.#found(`${path}/arguments`, `${name} call ${number}`, 'arguments', 'piece');
          this.#tool(`${path}/name`);
        });
      }
    });
    this.#found('__verbose/content', 'verbose', 'text', 'echo');
  }

  #anthropic(type: string, event: Json): void {
    const block = `block ${String(event['index'])}`;
    if (type === 'content_block_delta') {
      this.#found('delta/text', block, 'text', 'piece');
      this.#found('delta/partial_json', block, 'arguments', 'piece');
    } else if (type === 'content_block_start') this.#tool('content_block/name');
    else if (type === 'message') {
      listOf(event['content']).forEach((_, at) => {
        this.#found(`content/${at}/text`, `block ${at}`, 'text', 'piece');
        this.#found(`content/${at}/input`, `block ${at}`, 'value', 'piece');
        this.#tool(`content/${at}/name`);
      });
    }
  }

  #responses(type: string, event: Json): void {
    const name = `item ${String(event['item_id'])}`;
    if (type === 'response.output_text.delta') this.#found('delta', name, 'text', 'piece');
    else if (type === 'response.output_text.done') this.#found('text', name, 'text', 'copy');
    else if (type === 'response.content_part.done') this.#found('part/text', name, 'text', 'copy');
    else if (type === 'response.function_call_arguments.delta') this.#found('delta', name, 'arguments', 'piece');
    else if (type === 'response.function_call_arguments.done') {
      this.#found('arguments', name, 'arguments', 'copy');
      this.#tool('name');
    } else if (type === 'response.output_item.added') this.#tool('item/name');
    else if (type === 'response.output_item.done') this.#item('item', event['item'], 'copy');
    else if (type === 'response.completed') this.#output('response/', event['response'], 'copy');
  }

  #output(before: string, response: unknown, role: Place['role']): void {
    if (!isObject(response)) return;
    listOf(response['output']).forEach((item, at) => this.#item(`${before}output/${at}`, item, role));
  }

  #item(path: string, item: unknown, role: Place['role']): void {
    if (!isObject(item)) return;
    const name = `item ${String(item['id'])}`;
    listOf(item['content']).forEach((_, at) => this.#found(`${path}/content/${at}/text`, name, 'text', role));
    this.#found(`${path}/arguments`, name, 'arguments', role);
    if ('arguments' in item) this.#tool(`${path}/name`);
  }
}
