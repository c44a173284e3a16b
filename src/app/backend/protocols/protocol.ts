/** What the backend asks of a protocol: which routes it has, what a request means, how an answer is written. */
import type { Answer, AnswerToolCall, BackendRequest, ChatMessage } from '../answer.js';

/** A request that is answered with an error in the protocol's shape. */
export class Refusal extends Error {
  readonly status: number;
  /** The request's field that is at fault, where the protocol can name one. */
  readonly param: string | null;

  constructor(status: number, message: string, param: string | null = null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.param = param;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the backend tells of itself. */
export interface BackendFacts {
  readonly models: readonly string[];
  readonly version: string;
  /** When the models were put in place, as milliseconds since 1970. */
  readonly sinceMs: number;
}

export interface WholeReply {
  readonly contentType: string;
  readonly text: string;
}

/** A route that knows its answer without asking the script. GET routes answer HEAD too. */
export interface DocumentRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** @throws Refusal */
  serve(body: Buffer, facts: BackendFacts): WholeReply;
}

/** A generation as its protocol understood it: what the script is asked, and what shapes the answer. */
export interface Prompt {
  readonly asked: Omit<BackendRequest, 'protocol' | 'path' | 'headers' | 'choice'>;
  /** How many answers are wanted, at least 1. */
  readonly choices: number;
  /** Tokens an answer may have, or null. */
  readonly maxTokens: number | null;
  /** False where the request asks for no thinking. */
  readonly thinking: boolean;
  /** An answer that is known without the script. */
  readonly ready: Answer | null;
}

/** One token of one choice. */
export type Piece =
  | { readonly choice: number; readonly kind: 'thinking' | 'text'; readonly text: string }
  | { readonly choice: number; readonly kind: 'tool'; readonly index: number; readonly call: AnswerToolCall }
  | { readonly choice: number; readonly kind: 'tool-start'; readonly index: number; readonly name: string; readonly namespace?: string }
  | { readonly choice: number; readonly kind: 'tool-arguments'; readonly index: number; readonly text: string };

/** Counters of an answer. Milliseconds are fractions. */
export interface Totals {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly totalMs: number;
  /** Of the total, what passed before the first token. */
  readonly promptMs: number;
}

/** One choice, put together. */
export interface Finished {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly AnswerToolCall[];
  /** As the script says, or null for the protocol's own. */
  readonly doneReason: string | null;
  /** The token limit was reached. */
  readonly cut: boolean;
}

/** How one answer is written. Each string is one wire event, delimiter included, or several that leave together. */
export interface AnswerWriter {
  readonly streamType: string;
  readonly documentType: string;
  start(): readonly string[];
  piece(piece: Piece): string;
  /** One choice is complete. */
  finish(choice: number, finished: Finished, totals: Totals): readonly string[];
  /** All are. */
  end(totals: Totals): readonly string[];
  /** The end of a stream that fails half-way. */
  fail(message: string): readonly string[];
  /** Null where the protocol has none. */
  readonly ping: string | null;
  /** The whole answer, when it is not streamed. */
  document(choices: readonly Finished[], totals: Totals): string;
}

export interface WriterContext {
  readonly prompt: Prompt;
  /** The first choice's: it decides on shapes. */
  readonly answer: Answer;
  /** Number of the exchange, for ids. */
  readonly exchange: number;
  /** Milliseconds since 1970, with fractions. */
  now(): number;
}

/** A route that asks the script. All are POST. */
export interface GenerationRoute {
  readonly path: string;
  /** @throws Refusal */
  read(body: JsonObject): Prompt;
  open(context: WriterContext): AnswerWriter;
}

export interface Protocol {
  readonly name: string;
  readonly documents: readonly DocumentRoute[];
  readonly generations: readonly GenerationRoute[];
  /** `whole`: a tool call is one token. `fragments`: its arguments come in pieces. */
  readonly toolCalls: 'whole' | 'fragments';
  /** What a body that is empty, or no JSON object, is told. */
  readonly bodyMissing: string;
  /** Whether unknown paths like this one are answered in this protocol's shape. */
  owns(path: string): boolean;
  refuse(status: number, message: string, param: string | null): WholeReply;
  notFound(method: string, path: string): WholeReply;
  notAllowed(method: string, path: string): WholeReply;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Messages with their text parts joined; the list must be one of objects with a role.
 * @throws Refusal naming `messages`.
 */
export function readMessages(value: readonly unknown[]): ChatMessage[] {
  return value.map((message, index) => {
    if (!isObject(message) || typeof message['role'] !== 'string') {
      throw new Refusal(400, `messages[${index}] must be an object with a role`, `messages[${index}]`);
    }
    return { role: message['role'], content: textOf(message['content']) };
  });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const parts: readonly unknown[] = content;
  return parts.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

/** The text of the last message a user wrote. */
export function lastUserText(messages: readonly ChatMessage[]): string {
  return messages.findLast((message) => message.role === 'user')?.content ?? '';
}

/** Names of offered tools, in the shape Ollama and OpenAI share. */
export function toolNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const tools: readonly unknown[] = value;
  return tools.flatMap((tool) => {
    const definition = isObject(tool) ? tool['function'] : undefined;
    return isObject(definition) && typeof definition['name'] === 'string' ? [definition['name']] : [];
  });
}

/** A token limit that means something: others, as Ollama's -1, are none. */
export function tokenLimit(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : null;
}

/** A tool call's arguments as an object, even where the script gave the text. */
export function argumentsObject(call: AnswerToolCall): JsonObject {
  if (typeof call.arguments !== 'string') return call.arguments;
  const parsed: unknown = JSON.parse(call.arguments);
  return isObject(parsed) ? parsed : {};
}

/** A tool call's arguments as JSON text. */
export function argumentsText(call: AnswerToolCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}
