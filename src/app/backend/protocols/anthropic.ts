/** Anthropic's Messages: named events, a block at a time, streamed and whole. */
import { stringify } from '../json-style.js';
import {
  argumentsObject, argumentsText, isObject, JSON_TYPE, lastUserText, readMessages, Refusal, tokenLimit,
  type AnswerWriter, type Finished, type JsonObject, type Piece, type Prompt, type Protocol, type Totals, type WholeReply, type WriterContext,
} from './protocol.js';

/** What stands for a signature: the backend signs nothing. */
const SIGNATURE = 'c2lnbmVk';

export const anthropic: Protocol = {
  name: 'anthropic',
  toolCalls: 'fragments',
  bodyMissing: 'The request body is not valid JSON.',
  documents: [],
  generations: [{ path: '/v1/messages', read, open: (context) => new AnthropicWriter(context) }],
  owns: (path) => path.startsWith('/v1/messages'),
  refuse: anthropicError,
  notFound: () => anthropicError(404, 'Not found'),
  notAllowed: () => anthropicError(405, 'Method Not Allowed'),
};

type BlockKind = 'thinking' | 'text' | 'tool';

class AnthropicWriter implements AnswerWriter {
  readonly streamType = 'text/event-stream; charset=utf-8';
  readonly documentType = JSON_TYPE;
  readonly ping = 'event: ping\ndata: {"type":"ping"}\n\n';
  readonly #context: WriterContext;
  #blocks = 0;
  #open: BlockKind | null = null;
  #finished: Finished | null = null;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  start(): readonly string[] {
    return [this.#event('message_start', { message: this.#message([], null, 0, 1) })];
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'text':
        return this.#goOn('text', { type: 'text', text: '' }) + this.#delta({ type: 'text_delta', text: piece.text });
      case 'thinking':
        return this.#goOn('thinking', { type: 'thinking', thinking: '', signature: '' }) + this.#delta({ type: 'thinking_delta', thinking: piece.text });
      case 'tool':
        return this.#tool(piece.call.name) + this.#delta({ type: 'input_json_delta', partial_json: argumentsText(piece.call) });
      case 'tool-start':
        return this.#tool(piece.name);
      case 'tool-arguments':
        return this.#delta({ type: 'input_json_delta', partial_json: piece.text });
    }
  }

  finish(_choice: number, finished: Finished): readonly string[] {
    this.#finished = finished;
    const closed = this.#close();
    return closed === '' ? [] : [closed];
  }

  end(totals: Totals): readonly string[] {
    const delta = { stop_reason: stopReason(this.#finished), stop_sequence: null };
    return [this.#event('message_delta', { delta, usage: { output_tokens: totals.tokens } }), this.#event('message_stop', {})];
  }

  fail(message: string): readonly string[] {
    return [this.#event('error', { error: { type: 'api_error', message } })];
  }

  document(choices: readonly Finished[], totals: Totals): string {
    const [finished] = choices;
    const content: JsonObject[] = [];
    if (finished !== undefined) {
      if (finished.thinking !== '') content.push({ type: 'thinking', thinking: finished.thinking, signature: SIGNATURE });
      if (finished.text !== '') content.push({ type: 'text', text: finished.text });
      finished.toolCalls.forEach((call, index) => content.push({ type: 'tool_use', id: this.#callId(index), name: call.name, input: argumentsObject(call) }));
    }
    return this.#stringify(this.#message(content, stopReason(finished ?? null), totals.promptTokens, totals.tokens));
  }

  #tool(name: string): string {
    return this.#close() + this.#begin('tool', { type: 'tool_use', id: this.#callId(this.#blocks), name, input: {} });
  }

  #goOn(kind: BlockKind, block: JsonObject): string {
    return this.#open === kind ? '' : this.#close() + this.#begin(kind, block);
  }

  #begin(kind: BlockKind, block: JsonObject): string {
    this.#open = kind;
    return this.#event('content_block_start', { index: this.#blocks, content_block: block });
  }

  #delta(delta: JsonObject): string {
    return this.#event('content_block_delta', { index: this.#blocks, delta });
  }

  #close(): string {
    if (this.#open === null) return '';
    const signed = this.#open === 'thinking' ? this.#delta({ type: 'signature_delta', signature: SIGNATURE }) : '';
    const stop = this.#event('content_block_stop', { index: this.#blocks });
    this.#open = null;
    this.#blocks += 1;
    return signed + stop;
  }

  #callId(index: number): string {
    return `toolu_${this.#context.exchange}_${index}`;
  }

  #message(content: readonly JsonObject[], reason: string | null, input: number, output: number): JsonObject {
    const { exchange, prompt } = this.#context;
    return {
      id: `msg_${exchange}`, type: 'message', role: 'assistant', model: prompt.asked.model, content, stop_reason: reason, stop_sequence: null,
      usage: { input_tokens: input, output_tokens: output },
    };
  }

  #event(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${this.#stringify({ type, ...fields })}\n\n`;
  }

  #stringify(value: JsonObject): string {
    return stringify(value, this.#context.answer.jsonStyle ?? 'plain');
  }
}

const REASONS: Readonly<Record<string, string>> = { length: 'max_tokens', stop: 'end_turn', tool_calls: 'tool_use' };

/** A script's word is taken as it is, unless Anthropic has one that means the same. */
function stopReason(finished: Finished | null): string {
  const word = finished?.doneReason ?? null;
  if (word !== null) return REASONS[word] ?? word;
  if (finished?.cut === true) return 'max_tokens';
  return finished !== null && finished.toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

function read(body: JsonObject): Prompt {
  const { model, messages: given, stream = false, max_tokens: maxTokens } = body;
  if (typeof model !== 'string' || model === '') throw new Refusal(400, 'model: Field required', 'model');
  if (!Array.isArray(given) || given.length === 0) throw new Refusal(400, 'messages: at least one message is required', 'messages');
  if (tokenLimit(maxTokens) === null) throw new Refusal(400, 'max_tokens: Field required', 'max_tokens');
  if (typeof stream !== 'boolean') throw new Refusal(400, 'stream: Input should be a valid boolean', 'stream');
  const messages = readMessages(given);
  const thinking = body['thinking'];
  return {
    asked: { model, messages, prompt: lastUserText(messages), stream, tools: namesOf(body['tools']), body },
    choices: 1,
    maxTokens: tokenLimit(maxTokens),
    thinking: isObject(thinking) && thinking['type'] !== 'disabled',
    ready: null,
  };
}

function namesOf(tools: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : [];
  return list.flatMap((tool) => (isObject(tool) && typeof tool['name'] === 'string' ? [tool['name']] : []));
}

const TYPES: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 404: 'not_found_error', 413: 'request_too_large', 429: 'rate_limit_error', 529: 'overloaded_error' };

function anthropicError(status: number, message: string): WholeReply {
  const type = TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { contentType: JSON_TYPE, text: stringify({ type: 'error', error: { type, message } }, 'plain') };
}
