import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFor, routeOf, type Codec, type WireEvent } from '../../../src/core/codec/codec.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { everySplit } from '../../helpers/every-split.js';
import { noRecordings, recordedAnswers, type Recorded } from './recorded.js';

type Texts = Record<string, string>;

function inspected(): (Recorded & { codec: Codec })[] {
  return recordedAnswers().flatMap((answer) => {
    const route = routeOf('POST', answer.target);
    const codec = route === null ? null : codecFor(route, answer.contentType);
    return codec === null ? [] : [{ ...answer, codec }];
  });
}

function run(codec: Codec, pieces: readonly Buffer[]): { texts: Texts; bytes: Buffer; scanned: number; events: number } {
  const run = codec.dialect.open(EMPTY_REQUEST);
  const texts: Texts = {};
  const raws: Buffer[] = [];
  let [scanned, events] = [0, 0];
  const splitter = codec.envelope.open((event: WireEvent) => {
    raws.push(event.raw);
    if (event.data === null) return;
    events += 1;
    if (run.scan(event) !== null) scanned += 1;
    for (const span of run.parts(event)?.spans ?? []) {
      if (span.mirror) continue;
      // Items of a response bear ids.
      const name = run.channelName(span.channel).replace(/^output\/.*\//, '');
      texts[name] = (texts[name] ?? '') + span.text;
    }
  }, 1_000_000);
  for (const piece of pieces) splitter.write(piece);
  splitter.end();
  return { texts, bytes: Buffer.concat([...raws, splitter.rest()]), scanned, events };
}

interface Message {
  readonly content?: string | null;
  readonly thinking?: string;
  readonly refusal?: string | null;
  readonly reasoning?: string;
  readonly reasoning_content?: string;
}
interface Loose {
  readonly choices?: readonly { readonly index: number; readonly delta?: Message; readonly message?: Message; readonly text?: string }[];
  readonly message?: Message;
  readonly response?: string;
  readonly thinking?: string;
  readonly type?: string;
  readonly object?: string;
  readonly index?: number;
  readonly delta?: string | { readonly text?: string; readonly thinking?: string };
  readonly content?: string | readonly { readonly type: string; readonly text?: string; readonly thinking?: string }[];
  readonly output?: readonly { readonly content?: readonly { readonly text?: string }[] }[];
}

/** Texts of the APIs whose events bear a type; false where this is none. Recorded answers have one text an item. */
function typed(json: Loose, add: (name: string, text: string | null | undefined) => void): boolean {
  if (json.type === 'response.output_text.delta') add('text', json.delta as string);
  if (json.object === 'response') for (const item of json.output ?? []) for (const part of item.content ?? []) add('text', part.text);
  if (json.type === 'content_block_delta' && typeof json.delta === 'object') {
    add(`content/${json.index}/text`, json.delta.text);
    add(`content/${json.index}/thinking`, json.delta.thinking);
  }
  if (json.type === 'message' && Array.isArray(json.content)) (json.content as readonly { readonly text?: string }[]).forEach((block, index) => add(`content/${index}/text`, block.text));
  return json.type !== undefined || json.object === 'response';
}

/** The texts by plain means: lines, JSON.parse, property access. */
function expected(body: string): Texts {
  const texts: Texts = {};
  const add = (name: string, text: string | null | undefined): void => {
    if (typeof text === 'string' && text !== '') texts[name] = (texts[name] ?? '') + text;
  };
  const lines = body.split('\n').map((line) => line.replace(/^data: ?/, '').trim()).filter((line) => line.startsWith('{'));
  for (const line of lines) {
    const json = JSON.parse(line) as Loose;
    if (typed(json, add)) continue;
    for (const { index, delta, message, text } of json.choices ?? []) {
      add(`choices/${index}/text`, text);
      for (const key of ['content', 'refusal', 'reasoning', 'reasoning_content'] as const) add(`choices/${index}/${key}`, (delta ?? message)?.[key]);
    }
    if (json.choices !== undefined) continue;
    add('message/content', json.message?.content);
    add('message/thinking', json.message?.thinking);
    add('response', json.response);
    if (typeof json.content === 'string') add('content', json.content);
    add('thinking', json.thinking);
  }
  return texts;
}

test('recorded answers: text as by plain means, bytes as they came, most events unparsed', { skip: noRecordings }, (t) => {
  const answers = inspected();
  assert.ok(answers.length > 60, `${answers.length} inspected`);
  let [scanned, events] = [0, 0];
  for (const { name, body, codec } of answers) {
    const whole = run(codec, [body]);
    assert.deepEqual(whole.texts, expected(body.toString()), name);
    assert.deepEqual(whole.bytes, body, name);
    scanned += whole.scanned;
    events += whole.events;
  }
  t.diagnostic(`${answers.length} answers, ${events} events, ${scanned} not parsed`);
  assert.ok(scanned > events / 2, `${scanned} of ${events}`);
});

test('recorded answers: cut anywhere, the same', { skip: noRecordings }, () => {
  const seen = new Set<string>();
  for (const { name, body, codec } of inspected()) {
    // The beginning of one answer of each server and envelope is cut everywhere; all answers go byte by byte.
    const kind = `${name.split('/')[0]} ${codec.envelope.name}`;
    const bytewise = run(codec, Array.from(body, (byte) => Buffer.of(byte)));
    assert.deepEqual(bytewise.texts, expected(body.toString()), name);
    assert.deepEqual(bytewise.bytes, body, name);
    if (seen.has(kind)) continue;
    seen.add(kind);
    const beginning = body.subarray(0, 700);
    const want = run(codec, [beginning]);
    everySplit<Buffer>(beginning, (pieces) => {
      const { texts, bytes } = run(codec, pieces);
      assert.deepEqual(texts, want.texts, name);
      assert.deepEqual(bytes, beginning, name);
    });
  }
});
