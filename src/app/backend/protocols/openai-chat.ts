/**
 * OpenAI's chat completions: server-sent events, one chunk a token, a chunk that opens each choice, one that ends it, one
 * for usage where asked, and `[DONE]`.
 */
import { stringify } from '../json-style.js';
import type { AnswerToolCall } from '../answer.js';
import {
  argumentsText, isObject, JSON_TYPE, lastUserText, readMessages, Refusal, tokenLimit, toolNames,
  type AnswerWriter, type BackendFacts, type Finished, type JsonObject, type Piece, type Prompt, type Protocol, type Totals,
  type WholeReply, type WriterContext,
} from './protocol.js';

/** OpenAI's own bound on `n`. */
const MAX_CHOICES = 128;

export const openaiChat: Protocol = {
  name: 'openai-chat',
  toolCalls: 'fragments',
  bodyMissing: 'We could not parse the JSON body of your request.',
  documents: [{ method: 'GET', path: '/v1/models', serve: (_body, facts) => listModels(facts) }],
  generations: [{ path: '/v1/chat/completions', read, open: (context) => new OpenaiChatWriter(context) }],
  owns: (path) => path.startsWith('/v1/'),
  refuse: openaiError,
  notFound: (method, path) => openaiError(404, `Invalid URL (${method} ${path})`, null),
  notAllowed: (method, path) => openaiError(405, `Not allowed to ${method} on ${path}.`, null),
};

class OpenaiChatWriter implements AnswerWriter {
  readonly streamType = 'text/event-stream; charset=utf-8';
  readonly documentType = JSON_TYPE;
  readonly ping = ':\n\n';
  readonly #context: WriterContext;
  readonly #head: JsonObject;
  readonly #usage: boolean;

  constructor(context: WriterContext) {
    this.#context = context;
    const options = context.prompt.asked.body['stream_options'];
    this.#usage = isObject(options) && options['include_usage'] === true;
    this.#head = {
      id: `chatcmpl-${context.exchange}`,
      object: context.prompt.asked.stream ? 'chat.completion.chunk' : 'chat.completion',
      created: Math.floor(context.now() / 1000),
      model: context.prompt.asked.model,
      system_fingerprint: 'fp_hotpatch',
    };
  }

  start(): readonly string[] {
    return Array.from({ length: this.#context.prompt.choices }, (_none, choice) => this.#chunk(choice, { role: 'assistant', content: '' }));
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'text':
        return this.#chunk(piece.choice, { content: piece.text });
      case 'thinking':
        return this.#chunk(piece.choice, { [this.#reasoningKey()]: piece.text });
      case 'tool':
        return this.#chunk(piece.choice, { tool_calls: [{ index: piece.index, ...this.#toolCall(piece.choice, piece.index, piece.call) }] });
      case 'tool-start':
        return this.#chunk(piece.choice, {
          tool_calls: [{ index: piece.index, ...this.#toolCall(piece.choice, piece.index, { name: piece.name, arguments: '' }) }],
        });
      case 'tool-arguments':
        return this.#chunk(piece.choice, { tool_calls: [{ index: piece.index, function: { arguments: piece.text } }] });
    }
  }

  finish(choice: number, finished: Finished): readonly string[] {
    return [this.#chunk(choice, {}, finishReason(finished))];
  }

  end(totals: Totals): readonly string[] {
    const usage = this.#usage ? [this.#event({ ...this.#head, choices: [], usage: usageOf(totals) })] : [];
    return [...usage, 'data: [DONE]\n\n'];
  }

  fail(message: string): readonly string[] {
    return [this.#event({ error: { message, type: 'server_error', param: null, code: null } })];
  }

  document(choices: readonly Finished[], totals: Totals): string {
    const written = choices.map((finished, index) => ({
      index,
      message: {
        role: 'assistant',
        content: finished.text === '' && finished.toolCalls.length > 0 ? null : finished.text,
        ...(finished.thinking === '' ? {} : { [this.#reasoningKey()]: finished.thinking }),
        ...(finished.toolCalls.length === 0 ? {} : { tool_calls: finished.toolCalls.map((call, at) => this.#toolCall(index, at, call)) }),
      },
      logprobs: null,
      finish_reason: finishReason(finished),
    }));
    return this.#stringify({ ...this.#head, choices: written, usage: usageOf(totals) });
  }

  #chunk(index: number, delta: JsonObject, reason: string | null = null): string {
    const choices = [{ index, delta, finish_reason: reason }];
    // With usage asked for, every chunk before the one that has it says null.
    return this.#event(this.#usage ? { ...this.#head, choices, usage: null } : { ...this.#head, choices });
  }

  #event(value: JsonObject): string {
    return `data: ${this.#stringify(value)}\n\n`;
  }

  #toolCall(choice: number, index: number, call: AnswerToolCall): JsonObject {
    const id = `call_${this.#context.exchange}_${choice}_${index}`;
    return { id, type: 'function', function: { name: call.name, arguments: argumentsText(call) } };
  }

  #reasoningKey(): string {
    return this.#context.answer.reasoningKey ?? 'reasoning_content';
  }

  #stringify(value: JsonObject): string {
    return stringify(value, this.#context.answer.jsonStyle ?? 'plain');
  }
}

/** OpenAI's word for why a choice ended. */
export function finishReason(finished: Finished): string {
  if (finished.doneReason !== null) return finished.doneReason;
  if (finished.cut) return 'length';
  return finished.toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

export function usageOf(totals: Totals): JsonObject {
  return { prompt_tokens: totals.promptTokens, completion_tokens: totals.tokens, total_tokens: totals.promptTokens + totals.tokens };
}

function read(body: JsonObject): Prompt {
  const { model, messages: given, stream = false, n = 1 } = body;
  if (typeof model !== 'string' || model === '') throw new Refusal(400, 'you must provide a model parameter', 'model');
  if (given === undefined) throw new Refusal(400, "Missing required parameter: 'messages'.", 'messages');
  if (!Array.isArray(given) || given.length === 0) throw new Refusal(400, "Invalid 'messages': expected a non-empty array.", 'messages');
  if (stream !== null && typeof stream !== 'boolean') throw new Refusal(400, "Invalid type for 'stream': expected a boolean.", 'stream');
  if (n !== null && !(Number.isInteger(n) && Number(n) >= 1 && Number(n) <= MAX_CHOICES)) {
    throw new Refusal(400, `Invalid 'n': expected a whole number from 1 to ${MAX_CHOICES}.`, 'n');
  }
  const messages = readMessages(given);
  return {
    asked: { model, messages, prompt: lastUserText(messages), stream: stream === true, tools: toolNames(body['tools']), body },
    choices: Number(n ?? 1),
    maxTokens: tokenLimit(body['max_completion_tokens'] ?? body['max_tokens']),
    thinking: true,
    ready: null,
  };
}

function listModels(facts: BackendFacts): WholeReply {
  const created = Math.floor(facts.sinceMs / 1000);
  const data = facts.models.map((id) => ({ id, object: 'model', created, owned_by: 'library' }));
  return { contentType: JSON_TYPE, text: stringify({ object: 'list', data }, 'plain') };
}

/** The error object every route of this family shares. */
export function openaiError(status: number, message: string, param: string | null): WholeReply {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { contentType: JSON_TYPE, text: stringify({ error: { message, type, param, code: null } }, 'plain') };
}
