/**
 * Ollama's own API: `/api/generate` and `/api/chat` as lines of JSON, and the routes that list models. Field names,
 * their order, the escaping and the number of digits are those of its Go server.
 */
import { stringify } from '../json-style.js';
import type { Answer } from '../answer.js';
import {
  argumentsObject, isObject, JSON_TYPE, lastUserText, readMessages, Refusal, tokenLimit, toolNames,
  type AnswerWriter, type BackendFacts, type Finished, type GenerationRoute, type JsonObject, type Piece, type Prompt, type Protocol,
  type Totals, type WholeReply, type WriterContext,
} from './protocol.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';
const NANOSECONDS_IN_MS = 1_000_000;

export const ollama: Protocol = {
  name: 'ollama',
  toolCalls: 'whole',
  bodyMissing: 'missing request body',
  documents: [
    { method: 'GET', path: '/', serve: () => ({ contentType: TEXT_TYPE, text: 'Ollama is running' }) },
    { method: 'GET', path: '/api/version', serve: (_body, facts) => json({ version: facts.version }) },
    { method: 'GET', path: '/api/tags', serve: (_body, facts) => json({ models: facts.models.map((name) => model(name, facts)) }) },
    { method: 'POST', path: '/api/show', serve: show },
  ],
  generations: [chatRoute(), generateRoute()],
  // Ollama's router answers what it does not know in plain text; so do all paths no other protocol claims.
  owns: () => true,
  refuse: (_status, message) => json({ error: message }),
  notFound: () => ({ contentType: TEXT_TYPE, text: '404 page not found' }),
  notAllowed: () => ({ contentType: TEXT_TYPE, text: '405 method not allowed' }),
};

function chatRoute(): GenerationRoute {
  return { path: '/api/chat', read: readChat, open: (context) => new OllamaWriter(context, chatBody, null) };
}

function generateRoute(): GenerationRoute {
  return { path: '/api/generate', read: readGenerate, open: (context) => new OllamaWriter(context, generateBody, []) };
}

/** The part of a line in which the two routes differ. */
type LineBody = (text: string, thinking: string, toolCalls: readonly JsonObject[]) => JsonObject;

const chatBody: LineBody = (content, thinking, toolCalls) => ({
  message: {
    role: 'assistant',
    content,
    ...(thinking === '' ? {} : { thinking }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  },
});

const generateBody: LineBody = (response, thinking) => ({ response, ...(thinking === '' ? {} : { thinking }) });

class OllamaWriter implements AnswerWriter {
  readonly streamType = 'application/x-ndjson';
  readonly documentType = JSON_TYPE;
  readonly ping = null;
  readonly #context: WriterContext;
  readonly #body: LineBody;
  /** Ids of the answer's tokens so far, which `/api/generate` gives back; null on the other route. */
  readonly #ids: number[] | null;
  #finished: Finished | null = null;

  constructor(context: WriterContext, body: LineBody, ids: number[] | null) {
    this.#context = context;
    this.#body = body;
    this.#ids = ids;
  }

  start(): readonly string[] {
    return [];
  }

  piece(piece: Piece): string {
    if (piece.kind === 'text' || piece.kind === 'thinking') this.#ids?.push(tokenId(piece.text));
    const text = piece.kind === 'text' ? piece.text : '';
    const thinking = piece.kind === 'thinking' ? piece.text : '';
    const calls = piece.kind === 'tool' ? [toolCall(piece.index, piece.call, this.#context.exchange)] : [];
    return this.#line({ ...this.#body(text, thinking, calls), done: false });
  }

  finish(_choice: number, finished: Finished): readonly string[] {
    this.#finished = finished;
    return [];
  }

  end(totals: Totals): readonly string[] {
    return [this.#line({ ...this.#body('', '', []), ...this.#done(this.#finished, totals) })];
  }

  fail(message: string): readonly string[] {
    return [`${this.#stringify({ error: message })}\n`];
  }

  document(choices: readonly Finished[], totals: Totals): string {
    const [finished] = choices;
    const calls = (finished?.toolCalls ?? []).map((call, index) => toolCall(index, call, this.#context.exchange));
    const body = this.#body(finished?.text ?? '', finished?.thinking ?? '', calls);
    return this.#line({ ...body, ...this.#done(finished ?? null, totals) }).trimEnd();
  }

  #line(fields: JsonObject): string {
    return `${this.#stringify({ model: this.#context.prompt.asked.model, created_at: goTime(this.#context.now()), ...fields })}\n`;
  }

  #done(finished: Finished | null, totals: Totals): JsonObject {
    const reason = finished?.doneReason ?? (finished?.cut === true ? 'length' : 'stop');
    // A request that only loads or unloads a model is answered without counters.
    if (this.#context.prompt.ready !== null) return { done: true, done_reason: reason };
    return {
      done: true,
      done_reason: reason,
      ...(this.#ids === null ? {} : { context: this.#ids }),
      total_duration: nanoseconds(totals.totalMs),
      load_duration: nanoseconds(totals.promptMs / 2),
      prompt_eval_count: totals.promptTokens,
      prompt_eval_duration: nanoseconds(totals.promptMs / 2),
      eval_count: totals.tokens,
      eval_duration: nanoseconds(totals.totalMs - totals.promptMs),
    };
  }

  #stringify(value: JsonObject): string {
    return stringify(value, this.#context.answer.jsonStyle ?? 'go');
  }
}

function readChat(body: JsonObject): Prompt {
  const given = body['messages'] ?? [];
  if (!Array.isArray(given)) throw new Refusal(400, unmarshal(given, 'ChatRequest.messages', '[]api.Message'));
  const messages = readMessages(given);
  return prompt(body, { messages, prompt: lastUserText(messages), tools: toolNames(body['tools']) }, messages.length === 0);
}

function readGenerate(body: JsonObject): Prompt {
  const text = body['prompt'] ?? '';
  if (typeof text !== 'string') throw new Refusal(400, unmarshal(text, 'GenerateRequest.prompt', 'string'));
  return prompt(body, { messages: [], prompt: text, tools: [] }, text === '');
}

function prompt(body: JsonObject, asked: Pick<Prompt['asked'], 'messages' | 'prompt' | 'tools'>, empty: boolean): Prompt {
  const name = body['model'] ?? '';
  if (typeof name !== 'string') throw new Refusal(400, unmarshal(name, 'model', 'string'));
  if (name === '') throw new Refusal(400, 'model is required');
  const stream = body['stream'] ?? true;
  if (typeof stream !== 'boolean') throw new Refusal(400, unmarshal(stream, 'stream', 'bool'));
  const options = isObject(body['options']) ? body['options'] : {};
  return {
    // Nothing to answer means: load the model, or unload it, and say so in one document.
    asked: { ...asked, model: name, stream: stream && !empty, body },
    choices: 1,
    maxTokens: tokenLimit(options['num_predict']),
    thinking: body['think'] !== false,
    ready: empty ? loadAnswer(body['keep_alive']) : null,
  };
}

function loadAnswer(keepAlive: unknown): Answer {
  return { text: '', doneReason: keepAlive === 0 || keepAlive === '0' || keepAlive === '0s' ? 'unload' : 'load' };
}

function unmarshal(value: unknown, field: string, type: string): string {
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${found} into Go struct field ${field} of type ${type}`;
}

function toolCall(index: number, call: Parameters<typeof argumentsObject>[0], exchange: number): JsonObject {
  return { id: `call_${exchange}_${index}`, function: { index, name: call.name, arguments: argumentsObject(call) } };
}

function show(body: Buffer, facts: BackendFacts): WholeReply {
  const asked: unknown = parse(body);
  const name = isObject(asked) ? (asked['model'] ?? asked['name']) : undefined;
  if (typeof name !== 'string' || name === '') throw new Refusal(400, 'model is required');
  return json({
    modelfile: `FROM ${name}`,
    parameters: '',
    template: '{{ .Prompt }}',
    details: DETAILS,
    model_info: { 'general.architecture': 'scripted', 'scripted.context_length': 131_072 },
    capabilities: ['completion', 'tools', 'thinking'],
    modified_at: goTime(facts.sinceMs),
  });
}

function parse(body: Buffer): unknown {
  if (body.length === 0) throw new Refusal(400, ollama.bodyMissing);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : 'invalid JSON');
  }
}

const DETAILS = {
  parent_model: '', format: 'gguf', family: 'scripted', families: ['scripted'], parameter_size: '1B', quantization_level: 'F16',
} as const;

function model(name: string, facts: BackendFacts): JsonObject {
  return { name, model: name, modified_at: goTime(facts.sinceMs), size: 1_048_576, digest: digest(name), details: DETAILS };
}

/** A digest only has to be 64 hex digits and the same for the same name. */
function digest(name: string): string {
  return tokenId(name).toString(16).padStart(8, '0').repeat(8);
}

/** A number below 131072 for a piece, by the FNV-1a hash: the same piece has the same id. */
function tokenId(piece: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < piece.length; at += 1) hash = Math.imul(hash ^ piece.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % 131_072;
}

function nanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * NANOSECONDS_IN_MS));
}

/** RFC 3339 with up to nine digits and no trailing zeros, as Go prints time. `epochMs` may have a fraction. */
export function goTime(epochMs: number): string {
  const seconds = Math.floor(epochMs / 1000);
  const fraction = Math.floor((epochMs - seconds * 1000) * NANOSECONDS_IN_MS).toString().padStart(9, '0').replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

function json(value: JsonObject): WholeReply {
  return { contentType: JSON_TYPE, text: stringify(value, 'go') };
}
