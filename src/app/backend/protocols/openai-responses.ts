/** OpenAI's Responses: named events, numbered, with every text told again in the end of its part, its item and the answer. */
import { stringify } from '../json-style.js';
import type { AnswerToolCall } from '../answer.js';
import {
  argumentsText, isObject, JSON_TYPE, lastUserText, readMessages, Refusal, tokenLimit,
  type AnswerWriter, type Finished, type GenerationRoute, type JsonObject, type Piece, type Prompt, type Totals, type WriterContext,
} from './protocol.js';

export const responsesRoute: GenerationRoute = { path: '/v1/responses', read, open: (context) => new ResponsesWriter(context) };

/** An item that is being streamed. */
interface OpenItem {
  readonly kind: 'thinking' | 'text' | 'tool';
  readonly place: number;
  readonly id: string;
  readonly name: string;
  /** Of a tool, where it has one. */
  readonly namespace: string | null;
  text: string;
}

class ResponsesWriter implements AnswerWriter {
  readonly streamType = 'text/event-stream; charset=utf-8';
  readonly documentType = JSON_TYPE;
  readonly ping = ':\n\n';
  readonly #context: WriterContext;
  readonly #createdAt: number;
  readonly #output: JsonObject[] = [];
  #number = 0;
  #open: OpenItem | null = null;
  #finished: Finished | null = null;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#createdAt = Math.floor(context.now() / 1000);
  }

  start(): readonly string[] {
    const response = this.#response('in_progress', null, null);
    return [this.#event('response.created', { response }), this.#event('response.in_progress', { response })];
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'text':
      case 'thinking':
        return this.#goOn(piece.kind) + this.#delta(piece.text);
      case 'tool':
        return this.#close() + this.#start('tool', piece.call) + this.#delta(argumentsText(piece.call));
      case 'tool-start':
        return this.#close() + this.#start('tool', piece);
      case 'tool-arguments':
        return this.#delta(piece.text);
    }
  }

  finish(_choice: number, finished: Finished): readonly string[] {
    this.#finished = finished;
    const closed = this.#close();
    return closed === '' ? [] : [closed];
  }

  end(totals: Totals): readonly string[] {
    const [status, reason] = statusOf(this.#finished);
    return [this.#event(`response.${status}`, { response: this.#response(status, reason, totals) })];
  }

  fail(message: string): readonly string[] {
    return [this.#event('error', { code: 'server_error', message, param: null })];
  }

  document(choices: readonly Finished[], totals: Totals): string {
    const [finished] = choices;
    // What the pieces made of it, which nobody saw.
    this.#output.length = 0;
    if (finished !== undefined) {
      if (finished.thinking !== '') this.#output.push(this.#item({ kind: 'thinking', place: 0, id: this.#id('rs', 0), name: '', namespace: null, text: finished.thinking }, 'completed'));
      if (finished.text !== '') this.#output.push(this.#item({ kind: 'text', place: 1, id: this.#id('msg', 1), name: '', namespace: null, text: finished.text }, 'completed'));
      finished.toolCalls.forEach((call, index) => this.#output.push(this.#call(call, index + 2)));
    }
    const [status, reason] = statusOf(finished ?? null);
    return this.#stringify(this.#response(status, reason, totals));
  }

  #goOn(kind: 'thinking' | 'text'): string {
    return this.#open?.kind === kind ? '' : this.#close() + this.#start(kind, { name: '' });
  }

  #start(kind: OpenItem['kind'], { name, namespace = null }: { readonly name: string; readonly namespace?: string | null }): string {
    const place = this.#output.length;
    const item: OpenItem = { kind, place, id: this.#id(kind === 'tool' ? 'fc' : kind === 'text' ? 'msg' : 'rs', place), name, namespace, text: '' };
    this.#open = item;
    const added = this.#event('response.output_item.added', { output_index: place, item: this.#item(item, 'in_progress') });
    if (kind === 'tool') return added;
    return added + this.#event(kind === 'text' ? 'response.content_part.added' : 'response.reasoning_summary_part.added', { ...this.#at(item), part: part(kind, '') });
  }

  #delta(text: string): string {
    const item = this.#open;
    if (item === null) return '';
    item.text += text;
    const logprobs = item.kind === 'text' ? { logprobs: [] } : {};
    return this.#event(`${eventOf(item.kind)}.delta`, { ...this.#at(item), delta: text, ...logprobs });
  }

  #close(): string {
    const item = this.#open;
    if (item === null) return '';
    this.#open = null;
    const done = this.#item(item, 'completed');
    this.#output.push(done);
    const told = this.#event(`${eventOf(item.kind)}.done`, { ...this.#at(item), ...(item.kind === 'tool' ? { name: item.name, arguments: item.text } : { text: item.text }), ...(item.kind === 'text' ? { logprobs: [] } : {}) });
    const parted = item.kind === 'tool' ? '' : this.#event(item.kind === 'text' ? 'response.content_part.done' : 'response.reasoning_summary_part.done', { ...this.#at(item), part: part(item.kind, item.text) });
    return told + parted + this.#event('response.output_item.done', { output_index: item.place, item: done });
  }

  #at({ kind, place, id }: OpenItem): JsonObject {
    const index = kind === 'text' ? { content_index: 0 } : kind === 'thinking' ? { summary_index: 0 } : {};
    return { item_id: id, output_index: place, ...index };
  }

  #item({ kind, id, name, namespace, text, place }: OpenItem, status: string): JsonObject {
    if (kind === 'tool') return { id, type: 'function_call', status, arguments: text, call_id: this.#id('call', place), ...(namespace === null ? {} : { namespace }), name };
    const parts = text === '' ? [] : [part(kind, text)];
    return kind === 'text' ? { id, type: 'message', status, content: parts, role: 'assistant' } : { id, type: 'reasoning', summary: parts };
  }

  #call(call: AnswerToolCall, place: number): JsonObject {
    return this.#item({ kind: 'tool', place, id: this.#id('fc', place), name: call.name, namespace: call.namespace ?? null, text: argumentsText(call) }, 'completed');
  }

  #id(kind: string, place: number): string {
    return `${kind}_${this.#context.exchange}_${place}`;
  }

  #response(status: string, reason: string | null, totals: Totals | null): JsonObject {
    const { asked } = this.#context.prompt;
    return {
      id: `resp_${this.#context.exchange}`, object: 'response', created_at: this.#createdAt, status, error: null,
      incomplete_details: reason === null ? null : { reason },
      instructions: asked.body['instructions'] ?? null, model: asked.model, output: status === 'in_progress' ? [] : this.#output,
      parallel_tool_calls: true, tool_choice: 'auto', tools: asked.body['tools'] ?? [], metadata: {},
      usage: totals === null ? null : {
        input_tokens: totals.promptTokens, input_tokens_details: { cached_tokens: 0 }, output_tokens: totals.tokens,
        output_tokens_details: { reasoning_tokens: 0 }, total_tokens: totals.promptTokens + totals.tokens,
      },
    };
  }

  #event(type: string, fields: JsonObject): string {
    const text = this.#stringify({ type, sequence_number: this.#number, ...fields });
    this.#number += 1;
    return `event: ${type}\ndata: ${text}\n\n`;
  }

  #stringify(value: JsonObject): string {
    return stringify(value, this.#context.answer.jsonStyle ?? 'plain');
  }
}

function part(kind: 'thinking' | 'text', text: string): JsonObject {
  return kind === 'text' ? { type: 'output_text', annotations: [], logprobs: [], text } : { type: 'summary_text', text };
}

function eventOf(kind: OpenItem['kind']): string {
  return kind === 'text' ? 'response.output_text' : kind === 'thinking' ? 'response.reasoning_summary_text' : 'response.function_call_arguments';
}

/** The status, and why where it is not complete. */
function statusOf(finished: Finished | null): readonly ['completed' | 'incomplete', string | null] {
  const cut = finished?.cut === true || finished?.doneReason === 'length';
  return cut ? ['incomplete', 'max_output_tokens'] : ['completed', null];
}

function read(body: JsonObject): Prompt {
  const { model, input, stream = false } = body;
  if (typeof model !== 'string' || model === '') throw new Refusal(400, 'you must provide a model parameter', 'model');
  if (stream !== null && typeof stream !== 'boolean') throw new Refusal(400, "Invalid type for 'stream': expected a boolean.", 'stream');
  const items: readonly unknown[] = typeof input === 'string' ? [{ role: 'user', content: input }] : Array.isArray(input) ? (input as readonly unknown[]) : [];
  if (items.length === 0) throw new Refusal(400, "Missing required parameter: 'input'.", 'input');
  // Calls and their outputs are items without a role.
  const messages = readMessages(items.filter((item) => isObject(item) && typeof item['role'] === 'string'));
  return {
    asked: { model, messages, prompt: lastUserText(messages), stream: stream === true, tools: namesOf(body['tools']), body },
    choices: 1,
    maxTokens: tokenLimit(body['max_output_tokens']),
    thinking: true,
    ready: null,
  };
}

function namesOf(tools: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : [];
  return list.flatMap((tool) => {
    if (!isObject(tool) || typeof tool['name'] !== 'string') return [];
    return tool['type'] === 'namespace' ? namesOf(tool['tools']).map((name) => `${String(tool['name'])}__${name}`) : [tool['name']];
  });
}
