import { literalBytes } from '../codec/json-literal.js';
import { type JsonPath, type Span, valueSpans } from '../codec/json-spans.js';
import type { PromptModifier } from '../rules/patch-input.js';

/** What lets a request body be changed: where its protocol keeps the system text and the options. */
interface Shape {
  /** Key of the system text beside the messages; null: it is a message of its own. */
  readonly system: string | null;
  /** Messages hold the system text, as the first of role `system` or `developer`. */
  readonly messages: boolean;
  /** Options have an object of their own; what is named here stands beside it. */
  readonly options: { readonly key: string; readonly beside: ReadonlySet<string> } | null;
}

const OLLAMA_BESIDE = new Set(['think', 'keep_alive', 'format', 'logprobs', 'top_logprobs', 'truncate']);
const OLLAMA_OPTIONS = { key: 'options', beside: OLLAMA_BESIDE } as const;

/** By the names of routes. Raw completions have no system text. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'ollama-generate': { system: 'system', messages: false, options: OLLAMA_OPTIONS },
  'ollama-chat': { system: null, messages: true, options: OLLAMA_OPTIONS },
  'openai-chat': { system: null, messages: true, options: null },
  'openai-completions': { system: null, messages: false, options: null },
  'openai-responses': { system: 'instructions', messages: false, options: null },
  anthropic: { system: 'system', messages: false, options: null },
  'llama-cpp': { system: null, messages: false, options: null },
};

/** What a request is asked by: an operator's option must not change it. */
const NOT_OPTIONS = new Set(['model', 'messages', 'prompt', 'input', 'system', 'instructions', 'stream', 'tools', 'suffix', 'raw', 'template', 'context', 'images']);

/** One change of the body's bytes. */
export interface Splice {
  readonly at: Span;
  readonly text: string;
}

/**
 * A JSON request body with its system text and options changed, and every other byte as it was.
 * @param route the route's name in the codec table
 * @returns null where nothing can be changed: another route, no JSON object, or modifiers that find no place in it
 */
export function patchRequest(body: Buffer, route: string, modifiers: readonly PromptModifier[]): Buffer | null {
  const shape = Object.hasOwn(SHAPES, route) ? (SHAPES[route] as Shape) : null;
  if (shape === null || !isObject(parse(body))) return null;
  let patched = body;
  // One after the other, as each may find what the one before it wrote.
  for (const modifier of modifiers) {
    const splices = modifier.form === 'system' ? systemSplices(patched, shape, modifier) : optionSplices(patched, shape, modifier.options);
    patched = applySplices(patched, splices);
  }
  return patched === body ? null : patched;
}

type SystemModifier = Extract<PromptModifier, { form: 'system' }>;

function systemSplices(body: Buffer, shape: Shape, modifier: SystemModifier): readonly Splice[] {
  if (shape.system !== null) return textSplices(body, [shape.system], modifier, () => member(body, [], shape.system as string, literal(modifier.text)));
  if (!shape.messages) return [];
  const { messages } = parse(body) as { readonly messages?: unknown };
  if (!Array.isArray(messages)) return [];
  const at = messages.findIndex((message) => isObject(message) && (message['role'] === 'system' || message['role'] === 'developer'));
  if (at >= 0) return textSplices(body, ['messages', at, 'content'], modifier, () => []);
  const [array] = valueSpans(body, [['messages']]);
  if (array === null || array === undefined) return [];
  const message = `{"role":"system","content":${literal(modifier.text)}}${messages.length > 0 ? ',' : ''}`;
  return [{ at: { start: array.start + 1, end: array.start + 1 }, text: message }];
}

/** The text at a path, a string or a list of parts, joined with the modifier's. @param absent what to do where there is none */
function textSplices(body: Buffer, path: JsonPath, { mode, text }: SystemModifier, absent: () => readonly Splice[]): readonly Splice[] {
  const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], parse(body));
  const [span] = valueSpans(body, [path]);
  if (span === null || span === undefined) return absent();
  if (mode === 'set' || value === null) return [{ at: span, text: literal(text) }];
  if (typeof value === 'string') {
    if (value === '') return [{ at: span, text: literal(text) }];
    const at = mode === 'append' ? span.end - 1 : span.start + 1;
    return [{ at: { start: at, end: at }, text: literalBytes(mode === 'append' ? `\n\n${text}` : `${text}\n\n`).toString('utf8') }];
  }
  if (!Array.isArray(value)) return [];
  const part = `{"type":"text","text":${literal(text)}}`;
  const at = mode === 'append' ? span.end - 1 : span.start + 1;
  const joined = value.length === 0 ? part : mode === 'append' ? `,${part}` : `${part},`;
  return [{ at: { start: at, end: at }, text: joined }];
}

function optionSplices(body: Buffer, shape: Shape, options: Readonly<Record<string, unknown>>): readonly Splice[] {
  const wanted = Object.entries(options).filter(([name]) => !NOT_OPTIONS.has(name));
  const within = wanted.filter(([name]) => shape.options !== null && !shape.options.beside.has(name));
  const beside = wanted.filter(([name]) => shape.options === null || shape.options.beside.has(name));
  const splices = setMembers(body, [], beside);
  if (shape.options === null || within.length === 0) return splices;
  const [holder] = valueSpans(body, [[shape.options.key]]);
  const isHolder = holder !== null && holder !== undefined && body[holder.start] === 0x7b;
  if (isHolder) return [...splices, ...setMembers(body, [shape.options.key], within)];
  const object = JSON.stringify(Object.fromEntries(within));
  if (holder !== null && holder !== undefined) return [...splices, { at: holder, text: object }];
  return [...splices, ...member(body, [], shape.options.key, object)];
}

/** Replaces the values of members that are there, and adds the others. */
export function setMembers(body: Buffer, path: JsonPath, members: readonly (readonly [string, unknown])[]): readonly Splice[] {
  const spans = valueSpans(body, members.map(([name]) => [...path, name]));
  return members.flatMap(([name, value], index) => {
    const span = spans[index] ?? null;
    return span === null ? member(body, path, name, JSON.stringify(value)) : [{ at: span, text: JSON.stringify(value) }];
  });
}

/** A new first member of the object at a path. */
function member(body: Buffer, path: JsonPath, name: string, value: string): readonly Splice[] {
  const span = path.length === 0 ? { start: body.indexOf(0x7b), end: body.length } : (valueSpans(body, [path])[0] ?? null);
  if (span === null || span.start < 0) return [];
  const empty = /^\{\s*\}/.test(body.toString('latin1', span.start, Math.min(span.end, span.start + 64)));
  return [{ at: { start: span.start + 1, end: span.start + 1 }, text: `${JSON.stringify(name)}:${value}${empty ? '' : ','}` }];
}

/** Behind an inserted member stands a comma, even where the object was empty and several come: the last one's is taken away. */
export function applySplices(body: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return body;
  const ordered = splices.map((splice, index) => ({ ...splice, index })).sort((a, b) => a.at.start - b.at.start || a.index - b.index);
  const out: Buffer[] = [];
  let from = 0;
  ordered.forEach(({ at, text }, index) => {
    const next = ordered[index + 1];
    const joined = next !== undefined && next.at.start === at.start && at.end === at.start && !text.endsWith(',') && text.startsWith('"') ? `${text},` : text;
    out.push(body.subarray(from, at.start), Buffer.from(joined, 'utf8'));
    from = at.end;
  });
  out.push(body.subarray(from));
  return Buffer.concat(out);
}

function literal(text: string): string {
  return `"${literalBytes(text).toString('utf8')}"`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
