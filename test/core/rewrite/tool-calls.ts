import { deepEqual } from 'node:assert/strict';
import type { Codec } from '../../../src/core/codec/codec.js';
import { compileRuleSet } from '../../../src/core/rules/compile.js';
import type { PatternRule } from '../../../src/core/rules/rule-set.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { chunk, codecOf, DONE, finish, USAGE } from './bodies.js';
import type { DriveOptions } from './drive.js';

/** Answers with tool calls, put together and taken apart by plain means. */

export const FILES: readonly string[] = Object.freeze([
  'package.json', 'README.md', 'src/main.ts', 'src/server/router.ts', 'src/server/listener.ts', 'src/widgets/TabPanel.tsx', 'docs/guide/getting-started.md', 'docs/日本語/手引き.md', 'my notes/release plan.md',
]);
/** Wrong paths and the right ones. */
export const SLIPS: readonly (readonly [wrong: string, right: string])[] = [
  ['src/mian.ts', 'src/main.ts'], ['./src/server/ruoter.ts', './src/server/router.ts'], ['SRC/Main.ts', 'src/main.ts'], ['src\\server\\listener.ts', 'src/server/listener.ts'], ['src/server/router.js', 'src/server/router.ts'],
  ['docs/日本語/手引き.mdx', 'docs/日本語/手引き.md'], ['my notes/relaese plan.md', 'my notes/release plan.md'], ['src/wigdets/TabPanel.tsx', 'src/widgets/TabPanel.tsx'],
];

export const TRUTH: DriveOptions = { truth: truthOfFiles(FILES), request: { tied: true } };

export interface Call {
  readonly name: string;
  /** The JSON text, right or wrong. */
  readonly json: string;
}

/** A choice's call, as a client puts it together. */
export interface Told {
  name: string;
  json: string;
}

export interface CallShape {
  readonly name: string;
  readonly codec: Codec;
  /** Whether arguments are a text, that need not be JSON, or a value. */
  readonly text: boolean;
  channel(call: number, value: string): string;
  /** The body of an answer with these calls; each call's arguments in these pieces, one event a piece. */
  body(calls: readonly Call[], pieces: readonly (readonly string[])[]): string;
  read(body: string): Told[];
}

interface Event {
  readonly choices?: readonly { readonly index: number; readonly delta?: Message; readonly message?: Message }[];
  readonly message?: Message;
}
interface Message {
  readonly tool_calls?: readonly { readonly index?: number; readonly function: { readonly name?: string; readonly arguments?: unknown } }[];
  readonly function_call?: { readonly name?: string; readonly arguments?: string };
}

function events(body: string): Event[] {
  return body.split('\n').map((line) => line.replace(/^data: /, '')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event);
}

function readCalls(body: string): Told[] {
  const told: Told[] = [];
  for (const event of events(body)) {
    for (const message of [event.message, ...(event.choices ?? []).map((choice) => choice.delta ?? choice.message)]) {
      const all = [...(message?.tool_calls ?? []), ...(message?.function_call === undefined ? [] : [{ index: 0, function: message.function_call }])];
      for (const { index, function: called } of all) {
        const one = (told[index ?? told.length] ??= { name: '', json: '' });
        one.name += called.name ?? '';
        if (called.arguments !== undefined) one.json += typeof called.arguments === 'string' ? called.arguments : JSON.stringify(called.arguments);
      }
    }
  }
  return told;
}

const quoted = JSON.stringify;

/** OpenAI chat: each call begins with its name, then come pieces of the text, the calls in turn. */
export const FRAGMENTS: CallShape = {
  name: 'openai chat, fragments',
  codec: codecOf({ target: '/v1/chat/completions', contentType: 'text/event-stream' }),
  text: true,
  channel: (call, value) => `choices/0/tool_calls/${call}/arguments/${value}`,
  body: (calls, pieces) =>
    [
      chunk('{"role":"assistant","content":null}'),
      ...calls.map(({ name }, index) => chunk(`{"tool_calls":[{"index":${index},"id":"call_${index}","type":"function","function":{"name":${quoted(name)},"arguments":""}}]}`)),
      ...interleave(pieces).map(({ index, piece }) => chunk(`{"tool_calls":[{"index":${index},"function":{"arguments":${quoted(piece)}}}]}`)),
      finish(0, 'tool_calls'),
      USAGE,
      DONE,
    ].join(''),
  read: readCalls,
};

/** The first pieces of all, then the second ones. */
function interleave(pieces: readonly (readonly string[])[]): { index: number; piece: string }[] {
  const most = Math.max(0, ...pieces.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) => pieces.flatMap((all, index) => (all[at] === undefined ? [] : [{ index, piece: all[at] }]))).flat();
}

export const FUNCTION: CallShape = {
  ...FRAGMENTS,
  name: 'openai chat, function_call',
  channel: (_call, value) => `choices/0/function_call/arguments/${value}`,
  body: (calls, pieces) =>
    [
      chunk(`{"role":"assistant","function_call":{"name":${quoted(calls[0]!.name)},"arguments":""}}`),
      ...pieces[0]!.map((piece) => chunk(`{"function_call":{"arguments":${quoted(piece)}}}`)),
      finish(0, 'function_call'),
      DONE,
    ].join(''),
};

export const DOCUMENT_CALLS: CallShape = {
  ...FRAGMENTS,
  name: 'openai chat, document',
  codec: codecOf({ target: '/v1/chat/completions', contentType: 'application/json' }),
  body: (calls) =>
    `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[${calls
      .map(({ name, json }, index) => `{"id":"call_${index}","type":"function","function":{"name":${quoted(name)},"arguments":${quoted(json)}}}`)
      .join(',')}]},"finish_reason":"tool_calls"}]}`,
};

const ollamaCall = ({ name, json }: Call): string => `{"function":{"name":${quoted(name)},"arguments":${json}}}`;

/** Ollama: a call an event, its arguments a value. */
export const WHOLE: CallShape = {
  name: 'ollama chat, NDJSON',
  codec: codecOf({ target: '/api/chat', contentType: 'application/x-ndjson' }),
  text: false,
  channel: (call, value) => `message/tool_calls/${call}/arguments/${value}`,
  body: (calls) =>
    [...calls.map((call) => `{"model":"m","message":{"role":"assistant","content":"","tool_calls":[${ollamaCall(call)}]},"done":false}`), '{"model":"m","message":{"role":"assistant","content":""},"done_reason":"stop","done":true}', ''].join('\n'),
  read: readCalls,
};

export const WHOLE_DOCUMENT: CallShape = {
  ...WHOLE,
  name: 'ollama chat, document',
  codec: codecOf({ target: '/api/chat', contentType: 'application/json' }),
  body: (calls) => `{"model":"m","message":{"role":"assistant","content":"","tool_calls":[${calls.map(ollamaCall).join(',')}]},"done_reason":"stop","done":true}`,
};

const sse = (event: Readonly<Record<string, unknown>>): string => `event: ${String(event['type'])}\ndata: ${quoted(event)}\n\n`;

interface Loose {
  readonly type?: string;
  readonly index?: number;
  readonly output_index?: number;
  readonly name?: string;
  readonly arguments?: string;
  readonly input?: unknown;
  readonly delta?: string | { readonly partial_json?: string };
  readonly content_block?: Loose;
  readonly content?: readonly Loose[];
  readonly item?: Loose;
  readonly response?: { readonly output: readonly Loose[] };
  readonly output?: readonly Loose[];
}

const looseOf = (body: string): Loose[] => body.split('\n').map((line) => line.replace(/^data: /, '')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Loose);

/** Anthropic: blocks one after another, their input in pieces. */
export const BLOCKS: CallShape = {
  name: 'anthropic, SSE',
  codec: codecOf({ target: '/v1/messages', contentType: 'text/event-stream' }),
  text: true,
  channel: (call, value) => `content/${call}/input/${value}`,
  body: (calls, pieces) =>
    [
      sse({ type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', content: [] } }),
      ...calls.flatMap(({ name }, index) => [
        sse({ type: 'content_block_start', index, content_block: { type: 'tool_use', id: `t${index}`, name, input: {} } }),
        ...pieces[index]!.map((piece) => sse({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: piece } })),
        sse({ type: 'content_block_stop', index }),
      ]),
      sse({ type: 'message_delta', delta: { stop_reason: 'tool_use' } }),
      sse({ type: 'message_stop' }),
    ].join(''),
  read: (body) => {
    const told: Told[] = [];
    for (const { type, index = 0, content_block: block, delta } of looseOf(body)) {
      if (type === 'content_block_start') told[index] = { name: block?.name ?? '', json: '' };
      else if (type === 'content_block_delta' && typeof delta === 'object') told[index]!.json += delta.partial_json ?? '';
    }
    return told;
  },
};

export const BLOCK_DOCUMENT: CallShape = {
  ...BLOCKS,
  name: 'anthropic, document',
  codec: codecOf({ target: '/v1/messages', contentType: 'application/json' }),
  text: false,
  body: (calls) => `{"id":"m","type":"message","role":"assistant","content":[${calls.map(({ name, json }, index) => `{"type":"tool_use","id":"t${index}","name":${quoted(name)},"input":${json}}`).join(',')}],"stop_reason":"tool_use"}`,
  read: (body) => (JSON.parse(body) as Loose).content!.map(({ name = '', input }) => ({ name, json: quoted(input) })),
};

const item = ({ name, json }: Call, index: number, status: string): Loose & Readonly<Record<string, unknown>> => ({ id: `fc_${index}`, type: 'function_call', status, call_id: `call_${index}`, name, arguments: json });

/** Responses: pieces, and the whole three times more. `read` insists that all say the same. */
export const RESPONSES: CallShape = {
  name: 'openai responses, SSE',
  codec: codecOf({ target: '/v1/responses', contentType: 'text/event-stream' }),
  text: true,
  channel: (call, value) => `output/${call}/arguments/${value}`,
  body: (calls, pieces) => {
    let number = 0;
    const next = (event: Readonly<Record<string, unknown>>): string => sse({ ...event, sequence_number: (number += 1) });
    return [
      next({ type: 'response.created', response: { id: 'r', object: 'response', output: [] } }),
      ...calls.flatMap((call, index) => [
        next({ type: 'response.output_item.added', output_index: index, item: item({ ...call, json: '' }, index, 'in_progress') }),
        ...pieces[index]!.map((piece) => next({ type: 'response.function_call_arguments.delta', item_id: `fc_${index}`, output_index: index, delta: piece })),
        next({ type: 'response.function_call_arguments.done', item_id: `fc_${index}`, output_index: index, name: call.name, arguments: call.json }),
        next({ type: 'response.output_item.done', output_index: index, item: item(call, index, 'completed') }),
      ]),
      next({ type: 'response.completed', response: { id: 'r', object: 'response', status: 'completed', output: calls.map((call, index) => item(call, index, 'completed')) } }),
    ].join('');
  },
  read: (body) => {
    const told: Told[] = [];
    const copies: string[][] = [];
    for (const { type, output_index: index = 0, item: one, delta, arguments: whole, response } of looseOf(body)) {
      const copy = (at: number, text: string | undefined): unknown => (copies[at] ??= []).push(text ?? '');
      if (type === 'response.output_item.added') told[index] = { name: one?.name ?? '', json: '' };
      else if (type === 'response.function_call_arguments.delta') told[index]!.json += typeof delta === 'string' ? delta : '';
      else if (type === 'response.function_call_arguments.done') copy(index, whole);
      else if (type === 'response.output_item.done') copy(index, one?.arguments);
      else if (type === 'response.completed') response?.output.forEach((last, at) => copy(at, last.arguments));
    }
    told.forEach(({ json }, index) => deepEqual(copies[index], [json, json, json], 'copies'));
    return told;
  },
};

export const RESPONSE_DOCUMENT: CallShape = {
  ...RESPONSES,
  name: 'openai responses, document',
  codec: codecOf({ target: '/v1/responses', contentType: 'application/json' }),
  body: (calls) => quoted({ id: 'r', object: 'response', status: 'completed', output: calls.map((call, index) => item(call, index, 'completed')) }),
  read: (body) => (JSON.parse(body) as Loose).output!.map(({ name = '', arguments: json = '' }) => ({ name, json })),
};

/** Those whose pieces may be cut by a test. */
export const PIECEWISE: readonly CallShape[] = [FRAGMENTS, FUNCTION, BLOCKS, RESPONSES];
export const CALL_SHAPES: readonly CallShape[] = [FRAGMENTS, FUNCTION, DOCUMENT_CALLS, WHOLE, WHOLE_DOCUMENT, BLOCKS, BLOCK_DOCUMENT, RESPONSES, RESPONSE_DOCUMENT];

/** A rule that applies in arguments, too. */
export function argumentRules(...rules: readonly PatternRule[]): DriveOptions {
  return { ...TRUTH, rules: compileRuleSet(rules, [], new Set(), [], { holdChars: 4_096 }) };
}
