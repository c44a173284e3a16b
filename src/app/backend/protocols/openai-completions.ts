/** OpenAI's raw completions: a prompt goes on, streamed and whole. */
import { stringify } from '../json-style.js';
import { finishReason, openaiError, usageOf } from './openai-chat.js';
import {
  isObject, JSON_TYPE, Refusal, tokenLimit,
  type AnswerWriter, type Finished, type GenerationRoute, type JsonObject, type Piece, type Prompt, type Totals, type WriterContext,
} from './protocol.js';

const MAX_CHOICES = 128;

export const completionsRoute: GenerationRoute = { path: '/v1/completions', read, open: (context) => new CompletionsWriter(context) };

class CompletionsWriter implements AnswerWriter {
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
    this.#head = { id: `cmpl-${context.exchange}`, object: 'text_completion', created: Math.floor(context.now() / 1000), model: context.prompt.asked.model };
  }

  start(): readonly string[] {
    return [];
  }

  /** There is neither thinking nor a tool in a raw completion. */
  piece(piece: Piece): string {
    return piece.kind === 'text' ? this.#chunk(piece.choice, piece.text, null) : '';
  }

  finish(choice: number, finished: Finished): readonly string[] {
    return [this.#chunk(choice, '', finishReason(finished))];
  }

  end(totals: Totals): readonly string[] {
    const usage = this.#usage ? [this.#event({ ...this.#head, choices: [], usage: usageOf(totals) })] : [];
    return [...usage, 'data: [DONE]\n\n'];
  }

  fail(message: string): readonly string[] {
    return [`data: ${openaiError(500, message, null).text}\n\n`];
  }

  document(choices: readonly Finished[], totals: Totals): string {
    const written = choices.map((finished, index) => ({ text: finished.text, index, logprobs: null, finish_reason: finishReason(finished) }));
    return this.#stringify({ ...this.#head, choices: written, usage: usageOf(totals) });
  }

  #chunk(index: number, text: string, reason: string | null): string {
    return this.#event({ ...this.#head, choices: [{ text, index, logprobs: null, finish_reason: reason }] });
  }

  #event(value: JsonObject): string {
    return `data: ${this.#stringify(value)}\n\n`;
  }

  #stringify(value: JsonObject): string {
    return stringify(value, this.#context.answer.jsonStyle ?? 'plain');
  }
}

function read(body: JsonObject): Prompt {
  const { model, prompt: given = '', stream = false, n = 1 } = body;
  if (typeof model !== 'string' || model === '') throw new Refusal(400, 'you must provide a model parameter', 'model');
  const prompt = Array.isArray(given) && given.length === 1 ? (given[0] as unknown) : given;
  if (typeof prompt !== 'string') throw new Refusal(400, "Invalid type for 'prompt': expected a string.", 'prompt');
  if (stream !== null && typeof stream !== 'boolean') throw new Refusal(400, "Invalid type for 'stream': expected a boolean.", 'stream');
  if (n !== null && !(Number.isInteger(n) && Number(n) >= 1 && Number(n) <= MAX_CHOICES)) {
    throw new Refusal(400, `Invalid 'n': expected a whole number from 1 to ${MAX_CHOICES}.`, 'n');
  }
  return {
    asked: { model, messages: [], prompt, stream: stream === true, tools: [], body },
    choices: Number(n ?? 1),
    maxTokens: tokenLimit(body['max_tokens']),
    thinking: false,
    ready: null,
  };
}
