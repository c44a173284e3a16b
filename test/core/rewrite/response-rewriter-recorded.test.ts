import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFor, routeOf, type Codec } from '../../../src/core/codec/codec.js';
import { noRecordings, recordedAnswers, type Recorded } from '../codec/recorded.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { cut, dice } from './bodies.js';
import { Drive } from './drive.js';

/** Most of these answers were cut short on request, which nobody reads here; recorded.test.ts plays them with it and all six. */
const detectors = DETECTORS.filter(({ type }) => type !== 'incomplete_reasoning');

interface Inspected extends Recorded {
  readonly codec: Codec;
}

let found: Inspected[] | null = null;

function inspected(): Inspected[] {
  found ??= recordedAnswers().flatMap((answer) => {
    const route = routeOf('POST', answer.target);
    const codec = route === null ? null : codecFor(route, answer.contentType);
    return codec === null ? [] : [{ ...answer, codec }];
  });
  return found;
}

interface Message {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning?: string;
  readonly reasoning_content?: string;
  readonly thinking?: string;
}
interface Loose extends Message {
  readonly choices?: readonly { readonly index: number; readonly delta?: Message; readonly message?: Message }[];
  readonly message?: Message;
  readonly response?: string;
}

/** Texts by field, by plain means. */
function texts(body: string): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, text: unknown): void => {
    if (typeof text === 'string' && text !== '') found.set(name, (found.get(name) ?? '') + text);
  };
  const all = (prefix: string, message: Message | undefined): void => {
    for (const key of ['content', 'refusal', 'reasoning', 'reasoning_content', 'thinking'] as const) add(prefix + key, message?.[key]);
  };
  for (const line of body.split('\n')) {
    const json = line.replace(/^data: ?/, '').trim();
    if (!json.startsWith('{')) continue;
    const event = JSON.parse(json) as Loose;
    for (const { index, delta, message } of event.choices ?? []) all(`${index}/`, delta ?? message);
    if (event.choices !== undefined) continue;
    all('message/', event.message);
    add('response', event.response);
    add('thinking', event.thinking);
  }
  return found;
}

test('recorded answers: without rules every byte passes, hardly one token late', { skip: noRecordings }, (t) => {
  let bytes = 0;
  let tokens = 0;
  let held = 0;
  for (const { name, body, codec } of inspected()) {
    for (const parts of [1, 10, body.length]) {
      const drive = new Drive(codec, { detectors }).reads(cut(body, parts, dice(parts))).end();
      assert.ok(drive.out.equals(body), name);
      assert.deepEqual([drive.corrections, drive.bailouts, drive.faults], [[], [], []], name);
      if (codec.envelope.name === 'json') continue;
      tokens += drive.rewriter.tokens;
      held += drive.rewriter.heldTokens;
    }
    bytes += body.length;
  }
  t.diagnostic(`${inspected().length} answers, ${bytes} bytes, ${held} of ${tokens} tokens held`);
  assert.ok(held * 100 <= tokens, `${held} of ${tokens} tokens held`);
});

test('recorded answers: rules that never match hold little and change nothing', { skip: noRecordings }, () => {
  const rules = stubRules(['zqx', '\u{1f9ff}', 'the quick brown fix'].map((value) => literal(value, '!', { scopes: ['prose', 'code', 'reasoning'] })));
  for (const { name, body, codec } of inspected()) {
    const drive = new Drive(codec, { rules, detectors }).reads(cut(body, 50, dice(1))).end();
    assert.ok(drive.out.equals(body), name);
    assert.deepEqual([drive.corrections, drive.bailouts], [[], []], name);
  }
});

test('recorded answers: every letter e becomes another in all texts, and nowhere else, however the answer is cut', { skip: noRecordings }, (t) => {
  const rules = stubRules([literal('e', '\u00eb\u00eb', { scopes: ['prose', 'code', 'reasoning'] }), literal('th', 'TH', { scopes: ['prose', 'code', 'reasoning'] })]);
  let corrections = 0;
  for (const { name, body, codec } of inspected()) {
    const want = new Map([...texts(body.toString())].map(([field, text]) => [field, text.replaceAll('e', '\u00eb\u00eb').replaceAll('th', 'TH')]));
    let first: Buffer | null = null;
    for (const parts of [1, 40, 300]) {
      const drive = new Drive(codec, { rules, detectors }).reads(cut(body, parts, dice(parts))).end();
      first ??= drive.out;
      assert.ok(drive.out.equals(first), `${name}: the output depends on the cutting`);
      assert.deepEqual(drive.bailouts, [], name);
      corrections += drive.corrections.length;
    }
    assert.deepEqual(texts((first as Buffer).toString()), want, name);
    const events = (bytes: Buffer): number => bytes.toString().split('\n').length;
    assert.equal(events(first as Buffer), events(body), `${name}: one event in, one event out`);
  }
  t.diagnostic(`${corrections} corrections`);
  assert.ok(corrections > 1_000);
});
