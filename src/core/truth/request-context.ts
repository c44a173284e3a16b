import { readTexts, type RequestText } from './request-texts.js';
import { statedFolder, usesBackslashes } from './request-paths.js';
import { readTools, type Tool } from './request-tools.js';

/** What one request says of itself. The fields that cost are functions: they are read when first asked for, and kept. */
export interface RequestContext {
  /** The route's name in the codec table (`ollama-chat`), or null where it is not one we inspect. */
  readonly route: string | null;
  readonly model: string | null;
  /** Whether the request asks for a stream; null where it says nothing. */
  readonly stream: boolean | null;
  /** Known beforehand to be about the workspace, or not; absent: what it says decides. */
  readonly tied?: boolean;
  /** It asks for JSON, a grammar or a completion in the middle of a text: nothing may be added to the answer. */
  readonly structured?: boolean;
  /** It asks for JSON and nothing else. */
  readonly json?: boolean;
  /** The answer begins with the prompt. */
  readonly echo?: boolean;
  /** It names words that end the answer, or has begun the answer itself: how an answer ends then says nothing of what is missing. */
  readonly ownEnds?: boolean;
  /** The most tokens it allows the answer; absent: it says nothing. */
  readonly tokenLimit?: number;
  /** Its messages, the newest last, `MOST_TEXT` units of them at most. */
  readonly texts?: () => readonly RequestText[];
  /** The last answer in its messages came without reasoning where it was to have some, or without a word. */
  readonly emptyReasoning?: () => boolean;
  /** It writes paths with `\` itself, and states no folder that begins with `/`. */
  readonly backslashes?: () => boolean;
  /** The working directory it states, as an absolute path; null: none. */
  readonly workingDirectory?: () => string | null;
  /** The tools it offers, by name. */
  readonly tools?: () => ReadonlyMap<string, Tool>;
}

export const EMPTY_REQUEST: RequestContext = Object.freeze({ route: null, model: null, stream: null });

/**
 * Reads a request body. A body that is no JSON object says nothing, which is no fault of ours to report: the backend will.
 * @param body the whole body, at most `requestBytes`; null where it was larger, encoded or absent.
 */
export function readRequest(route: string | null, body: Buffer | null): RequestContext {
  const raw = isRawRoute(route);
  const silent: RequestContext = raw ? { ...EMPTY_REQUEST, route, structured: true } : { ...EMPTY_REQUEST, route };
  if (body === null || body.length === 0) return silent;
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return silent;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return silent;
  const fields = json as Record<string, unknown>;
  const { model, stream } = fields;
  const texts = once(() => readTexts(fields));
  const workingDirectory = once(() => statedFolder(texts()));
  return {
    route,
    model: typeof model === 'string' ? model : null,
    stream: typeof stream === 'boolean' ? stream : null,
    structured: raw || isStructured(fields),
    ...(wantsJson(fields) ? { json: true } : {}),
    ...(fields['echo'] === true ? { echo: true } : {}),
    ...limitOf(fields),
    ...(hasOwnEnds(fields) ? { ownEnds: true } : {}),
    texts,
    emptyReasoning: once(() => isReasoningEmpty(fields)),
    // Where paths begin with `/`, a path with `\` is an example: agents explain how to name files on every system.
    backslashes: once(() => workingDirectory()?.startsWith('/') !== true && usesBackslashes(texts())),
    workingDirectory,
    tools: once(() => readTools(fields)),
  };
}

/** Where a model goes on with a text, and nobody chats: what is added would become part of that text. */
const RAW_ROUTES: ReadonlySet<string | null> = new Set(['openai-completions', 'llama-cpp']);

/** Whether answers of this route are raw completions. */
export function isRawRoute(route: string | null): boolean {
  return RAW_ROUTES.has(route);
}

const REASONING = ['thinking', 'reasoning', 'reasoning_content'];

function isReasoningEmpty({ messages }: Record<string, unknown>): boolean {
  const last: unknown = Array.isArray(messages) ? (messages as unknown[]).findLast((message) => isObject(message) && message['role'] === 'assistant') : undefined;
  if (!isObject(last)) return false;
  const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
  if (REASONING.some((name) => isBlank(last[name]))) return true;
  return isBlank(last['content']) && last['tool_calls'] === undefined && !REASONING.some((name) => last[name] !== undefined);
}

function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | null = null;
  return () => (kept ??= { value: read() }).value;
}

/** Ollama `format`, OpenAI `response_format` and Responses `text.format`, Anthropic `output_format` and `output_config.format`, llama.cpp `grammar` and `json_schema`, fill in the middle. */
function isStructured(fields: Record<string, unknown>): boolean {
  if (wantsJson(fields)) return true;
  const { response_format: responseFormat, text } = fields;
  if (isObject(responseFormat) && responseFormat['type'] !== 'text') return true;
  if (isObject(text) && isObject(text['format']) && text['format']['type'] !== 'text') return true;
  return ['grammar', 'suffix', 'input_prefix', 'input_suffix', 'input_extra', 'guided_regex', 'guided_grammar', 'guided_choice', 'structured_outputs', 'raw'].some((name) => isGiven(fields[name]));
}

function wantsJson(fields: Record<string, unknown>): boolean {
  const { format, response_format: responseFormat, text, output_format: outputFormat, output_config: outputConfig } = fields;
  if (format === 'json' || isObject(format) || isObject(outputFormat) || (isObject(outputConfig) && isObject(outputConfig['format']))) return true;
  const formats = [responseFormat, isObject(text) ? text['format'] : null];
  return formats.some((one) => isObject(one) && (one['type'] === 'json_object' || one['type'] === 'json_schema')) || isGiven(fields['json_schema']) || isGiven(fields['guided_json']);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

const LIMITS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'n_predict', 'num_predict'];

/** The least of the limits that are stated, as Ollama's `options.num_predict`; 0 and less mean none there. */
function limitOf(fields: Record<string, unknown>): { readonly tokenLimit?: number } {
  const { options } = fields;
  const places = isObject(options) ? [fields, options] : [fields];
  const stated = places.flatMap((place) => LIMITS.map((name) => place[name])).filter((value): value is number => typeof value === 'number' && value > 0);
  return stated.length === 0 ? {} : { tokenLimit: Math.min(...stated) };
}

/** Stop words in all spellings, or an assistant's message at the end, which the model goes on with. */
function hasOwnEnds({ stop, stop_sequences: sequences, options, messages }: Record<string, unknown>): boolean {
  const named = (value: unknown): boolean => (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
  if (named(stop) || named(sequences) || (isObject(options) && named(options['stop']))) return true;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  return isObject(last) && last['role'] === 'assistant';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
