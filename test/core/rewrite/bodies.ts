import { codecFor, routeOf, type Codec } from '../../../src/core/codec/codec.js';

/** Bodies as backends send them, put together and taken apart by plain means. */

/** Numbers below `below`, the same for the same seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A JSON string literal in which any unit may be escaped in any way; halves of characters always are. */
export function literalOf(text: string, roll: (below: number) => number): string {
  let out = '"';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const short = SHORT[text[at] as string];
    const pair = text.codePointAt(at) as number;
    if (short !== undefined && (text[at] === '"' || text[at] === '\\') && roll(4) > 0) out += short;
    else if (roll(6) === 0 || code < 0x20 || text[at] === '"' || text[at] === '\\') out += short !== undefined && roll(2) === 0 ? short : `\\u${code.toString(16).padStart(4, '0')}`;
    else if (pair > 0xffff) {
      out += String.fromCodePoint(pair);
      at += 1;
    } else out += code >= 0xd800 && code < 0xe000 ? `\\u${code.toString(16).toUpperCase()}` : (text[at] as string);
  }
  return `${out}"`;
}

type LiteralOf = (text: string) => string;

export interface Shape {
  readonly name: string;
  readonly target: string;
  readonly contentType: string;
  readonly channel: string;
  /** The body whose text comes in these tokens. */
  body(tokens: readonly string[], literal?: LiteralOf): string;
  /** The text in a body. */
  text(body: string): string;
}

const plain: LiteralOf = (text) => JSON.stringify(text);

interface Line {
  readonly message?: { readonly content?: string };
  readonly response?: string;
  readonly choices?: readonly { readonly index?: number; readonly delta?: { readonly content?: string | null }; readonly message?: { readonly content?: string } }[];
}

/** The JSON of each line or event. */
export function jsonOf(body: string): Line[] {
  return body.split('\n').map((line) => line.replace(/^data: /, '')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}

export const CHAT: Shape = {
  name: 'ollama chat, NDJSON',
  target: '/api/chat',
  contentType: 'application/x-ndjson',
  channel: 'message/content',
  body: (tokens, literal = plain) =>
    [
      ...tokens.map((token) => `{"model":"m","created_at":"t","message":{"role":"assistant","content":${literal(token)}},"done":false}`),
      '{"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"eval_count":3}',
      '',
    ].join('\n'),
  text: (body) => jsonOf(body).map((line) => line.message?.content ?? '').join(''),
};

export const GENERATE: Shape = {
  name: 'ollama generate, NDJSON',
  target: '/api/generate',
  contentType: 'application/x-ndjson',
  channel: 'response',
  body: (tokens, literal = plain) => [...tokens.map((token) => `{"model":"m","response":${literal(token)},"done":false}`), '{"model":"m","response":"","done":true,"context":[1,2]}', ''].join('\n'),
  text: (body) => jsonOf(body).map((line) => line.response ?? '').join(''),
};

export function chunk(delta: string, more = '', index = 0): string {
  return `data: {"id":"c","choices":[{"index":${index},"delta":${delta},"finish_reason":null${more}}]}\n\n`;
}

export const finish = (index = 0, reason = 'stop'): string => `data: {"id":"c","choices":[{"index":${index},"delta":{},"finish_reason":"${reason}"}]}\n\n`;
export const USAGE = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}\n\n';
export const DONE = 'data: [DONE]\n\n';

export const SSE: Shape = {
  name: 'openai chat, SSE',
  target: '/v1/chat/completions',
  contentType: 'text/event-stream; charset=utf-8',
  channel: 'choices/0/content',
  body: (tokens, literal = plain) =>
    [chunk('{"role":"assistant","content":null}'), ...tokens.map((token) => chunk(`{"content":${literal(token)}}`)), finish(), USAGE, DONE].join(''),
  text: (body) => jsonOf(body).map((line) => line.choices?.[0]?.delta?.content ?? '').join(''),
};

export const DOCUMENT: Shape = {
  name: 'openai chat, document',
  target: '/v1/chat/completions',
  contentType: 'application/json',
  channel: 'choices/0/content',
  body: (tokens, literal = plain) =>
    `{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":${literal(tokens.join(''))}},"finish_reason":"stop"}],"usage":{"total_tokens":3}}`,
  text: (body) => (JSON.parse(body) as Line).choices?.[0]?.message?.content ?? '',
};

export const STREAMS: readonly Shape[] = [CHAT, GENERATE, SSE];
export const SHAPES: readonly Shape[] = [...STREAMS, DOCUMENT];

export function codecOf({ target, contentType }: { readonly target: string; readonly contentType: string }): Codec {
  const route = routeOf('POST', target);
  const codec = route === null ? null : codecFor(route, contentType);
  if (codec === null) throw new Error(`no codec for ${target} as ${contentType}`);
  return codec;
}

/** A cutting into at most `parts` pieces; none is empty. */
export function cut<T extends { readonly length: number; slice(start: number, end?: number): T }>(input: T, parts: number, roll: (below: number) => number): T[] {
  const places = new Set<number>();
  for (let i = 1; i < parts; i += 1) places.add(roll(input.length));
  const sorted = [...places].filter((at) => at > 0).sort((a, b) => a - b);
  return [0, ...sorted].map((at, index) => input.slice(at, sorted[index] ?? input.length)).filter((piece) => piece.length > 0);
}
