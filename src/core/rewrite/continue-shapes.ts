import type { RouteName } from '../codec/routes.js';

/** What the events of a route look like, for an answer that is made of several: one answer's text, end and counters. */

export type Json = Readonly<Record<string, unknown>>;

export interface ContinueShape {
  /** The event with other text in the place of its own. */
  withText(event: Json, text: string): Json;
  /** The event without what says that the answer is over. */
  open(event: Json): Json;
  /**
   * An event of a continuation as one of the answer that it continues: with that answer's name and time, without a role, and
   * with counters for all of it.
   * @param first the first event of the answer
   * @param before the events that ended what is continued, their counters for all that came until then
   */
  adopt(event: Json, first: Json, before: readonly Json[]): Json;
  /** Tokens of prompt and answer by the events that ended it; null where they do not say. */
  tokens(ends: readonly Json[]): TokenCounts | null;
}

export interface TokenCounts {
  readonly prompt: number;
  readonly answer: number;
}

const OLLAMA_SUMS = ['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_count', 'eval_duration'];

const ollamaChat: ContinueShape = {
  withText: (event, text) => (isJson(event['message']) ? { ...event, message: { ...event['message'], content: text } } : event),
  open: ({ model, created_at: createdAt, message }) => ({ model, created_at: createdAt, message, done: false }),
  adopt(event, first, before) {
    const adopted: Record<string, unknown> = { ...event, ...given('model', first) };
    const ended = before.find((end) => end['done'] === true);
    if (event['done'] !== true || ended === undefined) return adopted;
    for (const name of OLLAMA_SUMS) adopted[name] = sum(ended[name], event[name]);
    return dropAbsent({ ...adopted, prompt_eval_count: ended['prompt_eval_count'] ?? event['prompt_eval_count'] });
  },
  tokens(ends) {
    const ended = ends.find((end) => end['done'] === true);
    return counts(ended?.['prompt_eval_count'], ended?.['eval_count']);
  },
};

const IDENTITY = ['id', 'object', 'created', 'model', 'system_fingerprint'];

const openaiChat: ContinueShape = {
  withText: (event, text) => withChoice(event, (choice) => withMessage(choice, (message) => ({ ...message, content: text }))),
  open: (event) => withChoice(uncounted(event), (choice) => ({ ...choice, finish_reason: null, ...('stop_reason' in choice ? { stop_reason: null } : {}) })),
  adopt(event, first, before) {
    const adopted: Record<string, unknown> = { ...event };
    for (const name of IDENTITY) Object.assign(adopted, given(name, first));
    const usage = before.find((end) => isJson(end['usage']))?.['usage'];
    if (isJson(adopted['usage']) && isJson(usage)) adopted['usage'] = usageOf(usage, adopted['usage']);
    const timings = before.find((end) => isJson(end['timings']))?.['timings'];
    if (isJson(adopted['timings']) && isJson(timings)) adopted['timings'] = timingsOf(timings, adopted['timings']);
    // The copy that a debugging backend adds is of the continuation alone.
    delete adopted['__verbose'];
    return withChoice(adopted, (choice) => (isJson(choice['delta']) ? { ...choice, delta: without(choice['delta'], 'role') } : choice));
  },
  tokens(ends) {
    const usage = ends.find((end) => isJson(end['usage']))?.['usage'];
    if (isJson(usage)) return counts(usage['prompt_tokens'], usage['completion_tokens']);
    const timings = ends.find((end) => isJson(end['timings']))?.['timings'];
    if (!isJson(timings)) return null;
    const cached = timings['cache_n'];
    return counts(sum(timings['prompt_n'], typeof cached === 'number' ? cached : 0), timings['predicted_n']);
  },
};

/** Routes whose answers can be continued. Raw completions, Responses and Anthropic's messages have no such manner, or not with every model. */
const SHAPES: Readonly<Partial<Record<RouteName, ContinueShape>>> = { 'ollama-chat': ollamaChat, 'openai-chat': openaiChat };

export function continueShapeOf(route: RouteName | null): ContinueShape | null {
  return route === null ? null : (SHAPES[route] ?? null);
}

/** Whether an event calls a tool, be it without an argument that is read. */
export function callsTool(event: Json): boolean {
  const choice: unknown = Array.isArray(event['choices']) ? event['choices'][0] : event;
  if (!isJson(choice)) return false;
  return [choice['message'], choice['delta']].some((message) => isJson(message) && ((Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0) || isJson(message['function_call'])));
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The prompt is the first one's, as the client sent it once. */
function usageOf(before: Json, now: Json): Json {
  const prompt = before['prompt_tokens'] ?? now['prompt_tokens'];
  const completion = sum(before['completion_tokens'], now['completion_tokens']);
  const details = before['prompt_tokens_details'] ?? now['prompt_tokens_details'];
  return dropAbsent({ ...now, prompt_tokens: prompt, completion_tokens: completion, total_tokens: sum(prompt, completion), prompt_tokens_details: details });
}

/** llama.cpp's. */
function timingsOf(before: Json, now: Json): Json {
  const tokens = sum(before['predicted_n'], now['predicted_n']);
  const ms = sum(before['predicted_ms'], now['predicted_ms']);
  const rates = typeof tokens === 'number' && typeof ms === 'number' && tokens > 0 && ms > 0 ? { predicted_per_token_ms: ms / tokens, predicted_per_second: (tokens * 1000) / ms } : {};
  return dropAbsent({ ...now, ...before, predicted_n: tokens, predicted_ms: ms, ...rates });
}

/** Usage that grows from event to event is said again by the next. */
function uncounted(event: Json): Json {
  const open = without(event, 'timings');
  return isJson(open['usage']) ? { ...open, usage: null } : open;
}

function withChoice(event: Json, change: (choice: Json) => Json): Json {
  const { choices } = event;
  if (!Array.isArray(choices) || !isJson(choices[0])) return event;
  return { ...event, choices: [change(choices[0]), ...(choices.slice(1) as unknown[])] };
}

function withMessage(choice: Json, change: (message: Json) => Json): Json {
  for (const key of ['message', 'delta']) if (isJson(choice[key])) return { ...choice, [key]: change(choice[key]) };
  return choice;
}

function counts(prompt: unknown, answer: unknown): TokenCounts | null {
  return typeof prompt === 'number' && typeof answer === 'number' ? { prompt, answer } : null;
}

/** The sum of two counters; where one is missing, the other. */
function sum(a: unknown, b: unknown): unknown {
  return typeof a === 'number' && typeof b === 'number' ? a + b : (a ?? b);
}

function given(name: string, from: Json): Json {
  return from[name] === undefined ? {} : { [name]: from[name] };
}

function without(object: Json, name: string): Json {
  return dropAbsent({ ...object, [name]: undefined });
}

function dropAbsent(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
