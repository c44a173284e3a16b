import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import { codecFor, routeOf, type Codec } from '../../../src/core/codec/codec.js';
import { noRecordings, recordedAnswers } from '../codec/recorded.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { cut, dice } from './bodies.js';
import { Drive } from './drive.js';

/** Planted into recorded answers, and what a rule makes of it. No recorded answer has either. */
const WRONG = 'qzwrongz';
const FIXED = 'qz-right-"é"';
const rules = stubRules([literal(WRONG, FIXED, { scopes: ['prose', 'code', 'reasoning'] })]);

type Json = Record<string, unknown>;
/** Where one text is told of: each piece of it, or all of it again. */
interface Place {
  readonly holder: Json;
  readonly key: string;
}

interface Texts {
  /** By the name of the text: its pieces in order, and its copies. */
  readonly pieces: Map<string, Place[]>;
  readonly copies: Map<string, Place[]>;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The places of all texts in events, by plain property access. */
function textsIn(events: readonly Json[]): Texts {
  const found: Texts = { pieces: new Map(), copies: new Map() };
  const add = (to: Map<string, Place[]>, name: string, holder: unknown, key: string): void => {
    if (!isObject(holder) || typeof holder[key] !== 'string' || holder[key] === '') return;
    to.set(name, [...(to.get(name) ?? []), { holder, key }]);
  };
  const item = (to: Map<string, Place[]>, one: Json): void => listOf(one['content']).forEach((part) => add(to, `item ${String(one['id'])}`, part, 'text'));
  for (const event of events) {
    const { type } = event;
    if (type === 'response.output_text.delta') add(found.pieces, `item ${String(event['item_id'])}`, event, 'delta');
    if (type === 'response.output_text.done') add(found.copies, `item ${String(event['item_id'])}`, event, 'text');
    if (type === 'response.content_part.done') add(found.copies, `item ${String(event['item_id'])}`, event['part'], 'text');
    if (type === 'response.output_item.done' && isObject(event['item'])) item(found.copies, event['item']);
    if (type === 'response.completed' && isObject(event['response'])) listOf(event['response']['output']).forEach((one) => item(found.copies, one));
    if (event['object'] === 'response' && type === undefined) listOf(event['output']).forEach((one) => item(found.pieces, one));
    if (type === 'content_block_delta' && isObject(event['delta'])) add(found.pieces, `block ${String(event['index'])}`, event['delta'], 'text');
    if (type === 'message') listOf(event['content']).forEach((block, index) => add(found.pieces, `block ${index}`, block, 'text'));
    if (type !== undefined) continue;
    for (const choice of listOf(event['choices'])) {
      add(found.pieces, `choice ${String(choice['index'])}`, choice, 'text');
      for (const key of ['content', 'reasoning_content', 'reasoning']) add(found.pieces, `choice ${String(choice['index'])} ${key}`, choice['delta'] ?? choice['message'], key);
    }
    for (const key of ['content', 'thinking']) add(found.pieces, `message ${key}`, event['message'], key);
    for (const key of ['content', 'response']) add(found.pieces, key, event, key);
  }
  return found;
}

const read = ({ holder, key }: Place): string => holder[key] as string;

/** The lines of a body, those with JSON parsed. */
function linesOf(body: string, whole: boolean): (string | Json)[] {
  if (whole) return [JSON.parse(body) as Json];
  return body.split('\n').map((line) => {
    const json = line.replace(/^data: ?/, '');
    return json.startsWith('{') ? (JSON.parse(json) as Json) : line;
  });
}

function bodyOf(lines: readonly (string | Json)[], sse: boolean, whole: boolean): string {
  return lines.map((line) => (typeof line === 'string' ? line : (sse && !whole ? 'data: ' : '') + JSON.stringify(line))).join('\n');
}

interface Planted {
  readonly body: string;
  /** By the name of the text, what a client is to put together. */
  readonly want: Map<string, string>;
}

/**
 * Plants the wrong word into every text: whole into one piece, and cut over several where there are so many. Each copy is
 * what its pieces then say.
 */
function plant(body: string, sse: boolean, whole: boolean, roll: (below: number) => number): Planted | null {
  const lines = linesOf(body, whole);
  const events = lines.filter(isObject);
  const { pieces, copies } = textsIn(events);
  if (pieces.size === 0) return null;
  const want = new Map<string, string>();
  for (const [name, places] of pieces) {
    const first = roll(places.length);
    const spread = Math.min(1 + roll(4), places.length - first, WRONG.length);
    const step = Math.ceil(WRONG.length / spread);
    for (let at = 0; at < spread; at += 1) {
      const { holder, key } = places[first + at] as Place;
      const part = WRONG.slice(at * step, (at + 1) * step);
      // The letters of the text that stood there would come between the word's own.
      holder[key] = at === 0 ? `${holder[key] as string} ${part}` : at + 1 === spread ? `${part} ${holder[key] as string}` : part;
    }
    const text = places.map(read).join('');
    assert.ok(text.includes(WRONG), text);
    want.set(name, text.replaceAll(WRONG, FIXED));
    for (const { holder, key } of copies.get(name) ?? []) holder[key] = text;
  }
  return { body: bodyOf(lines, sse, whole), want };
}

interface Case {
  readonly name: string;
  readonly target: string;
  readonly codec: Codec;
  readonly body: Buffer;
}

function inspected(): Case[] {
  return recordedAnswers().flatMap(({ name, target, contentType, body }) => {
    const route = routeOf('POST', target);
    const codec = route === null ? null : codecFor(route, contentType);
    return codec === null || body.length === 0 || /"error":/.test(body.toString()) ? [] : [{ name, target, codec, body }];
  });
}

test('recorded answers with a wrong word planted: right in every text and every copy, for every cut', { skip: noRecordings }, (t) => {
  const seen = new Map<string, number>();
  let copied = 0;
  for (const { name, codec, body } of inspected()) {
    const whole = codec.envelope.name === 'json';
    const sse = codec.envelope.name === 'sse';
    const planted = plant(body.toString(), sse, whole, dice(body.length));
    if (planted === null) continue;
    const bytes = Buffer.from(planted.body);
    seen.set(codec.dialect.name, (seen.get(codec.dialect.name) ?? 0) + 1);
    for (const parts of [1, 7, 60, bytes.length]) {
      const drive = new Drive(codec, { rules, detectors: [patternMatch] }).reads(cut(bytes, parts, dice(parts))).end();
      assert.deepEqual([drive.bailouts, drive.faults], [[], []], name);
      const events = linesOf(drive.text, whole).filter(isObject);
      const { pieces, copies } = textsIn(events);
      for (const [text, want] of planted.want) {
        assert.equal((pieces.get(text) ?? []).map(read).join(''), want, `${name} ${text}`);
        for (const copy of copies.get(text) ?? []) assert.equal(read(copy), want, `${name} ${text}`);
        copied += copies.get(text)?.length ?? 0;
      }
      assert.equal(drive.text.split('\n').length, planted.body.split('\n').length, name);
      assert.ok(!drive.text.includes(WRONG), name);
    }
    const untouched = new Drive(codec, { rules: stubRules([literal('no such words here', 'x')]), detectors: [patternMatch] }).reads(cut(bytes, 50, dice(1))).end();
    assert.ok(untouched.out.equals(bytes), name);
  }
  t.diagnostic(`${[...seen].map(([dialect, count]) => `${dialect} ${count}`).join(', ')}; ${copied} copies compared`);
  assert.deepEqual([...seen.keys()].sort(), ['anthropic', 'llama-cpp', 'ollama-chat', 'ollama-generate', 'openai-chat', 'openai-completions', 'openai-responses']);
});
