import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Detector } from '../../../src/core/detect/detector.js';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import { DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { anthropicStream, anthropicText, eventsOf, responsesCopies, responsesStream, type Ending } from './api-bodies.js';
import { codecOf, cut, dice } from './bodies.js';
import { Drive, type DriveOptions } from './drive.js';

const RESPONSES = codecOf({ target: '/v1/responses', contentType: 'text/event-stream' });
const ANTHROPIC = codecOf({ target: '/v1/messages', contentType: 'text/event-stream' });
const CHAT = codecOf({ target: '/v1/chat/completions', contentType: 'text/event-stream' });
const NOTE = DEFAULT_NOTES.incomplete_reasoning;
const TOKENS = ['so t', 'eh', ' ca', 't and', ' teh', ' d', 'og'];
const TEXT = TOKENS.join('');
const RIGHT = TEXT.replaceAll('teh', 'the');
const rules = stubRules([literal('teh', 'the', { scopes: ['prose', 'reasoning'] })]);
/** What patterns alone make of it: some of these texts end as no answer should. */
const detectors = [patternMatch];

/** Speaks at the end where the backend says that a limit was reached. */
const cutOff: Detector = {
  type: 'incomplete_reasoning',
  kinds: ['prose'],
  start: () => {
    let length = 0;
    return {
      advance: (view, found) => {
        length += view.fresh.length;
        if (view.ended && view.finish === 'length') found({ start: 0, end: length, verdict: { type: 'incomplete_reasoning', confidence: 1, detected: '', expected: null, strategy: 'insert', rule: null, reason: 'length' } });
        return length;
      },
      letGo: () => undefined,
    };
  },
};

function drive(codec: typeof RESPONSES, pieces: readonly (Buffer | string)[], options: DriveOptions = { rules }): Drive {
  const done = new Drive(codec, { detectors, ...options }).reads(pieces).end();
  assert.deepEqual([done.bailouts, done.faults], [[], []]);
  return done;
}

const byEvent = (body: string): string[] => body.split(/(?<=\n\n)/);

const endings: readonly Ending[] = [{}, { finish: 'length' }, { then: 'call' }, { bare: true }];
for (const ending of endings) {
  const name = JSON.stringify(ending);
  const body = responsesStream(TOKENS, ending);

  test(`responses ${name}: every copy is corrected as its text is, and nothing else`, () => {
    const { out } = drive(RESPONSES, byEvent(body));
    const { text, copies, summaries } = responsesCopies(out.toString());
    assert.equal(text, RIGHT);
    assert.deepEqual(copies, Array.from({ length: 4 }, () => RIGHT));
    assert.deepEqual(summaries, Array.from({ length: summaries.length }, () => 'hm the'));
    assert.match(out.toString(), /"instructions":"teh"/);
    const without = (events: string): string => events.replaceAll('the', 'teh').replace(/"(delta|text)":"[^"]*"/g, '"$1":""').replace(/"logprobs":\[[^\]]*\]/g, '"logprobs":[]');
    assert.equal(without(out.toString()), without(body));
  });

  test(`responses ${name}: the same for every cut; identity without corrections`, () => {
    // A correction that has left its event earlier or later is cut differently; the text and every copy are not.
    const want = responsesCopies(drive(RESPONSES, [body]).text);
    for (const pieces of [Array.from(Buffer.from(body), (byte) => Buffer.of(byte)), byEvent(body), ...[3, 20, 90].map((parts) => cut(Buffer.from(body), parts, dice(parts)))]) {
      assert.deepEqual(responsesCopies(drive(RESPONSES, pieces).text), want);
      assert.ok(drive(RESPONSES, pieces, { rules: stubRules([literal('zzz', 'y')]) }).out.equals(Buffer.from(body)));
    }
  });

  test(`anthropic ${name}: text is corrected; thinking, signature and arguments are not`, () => {
    const stream = anthropicStream(TOKENS, ending);
    everySplit(Buffer.from(stream), (pieces) => {
      const { text } = drive(ANTHROPIC, pieces);
      assert.equal(anthropicText(text), RIGHT);
      assert.match(text, /"thinking":"hm teh"/);
      assert.match(text, /"signature":"teh"/);
      if (ending.then !== undefined) assert.match(text, /\{\\"a\\":\\"teh\\"\}/);
      assert.equal(byEvent(text).length, byEvent(stream).length);
    });
    assert.ok(drive(ANTHROPIC, byEvent(stream), {}).out.equals(Buffer.from(stream)));
  });
}

test('responses: logprobs of an edited text become an empty list, others stay', () => {
  const { text } = drive(RESPONSES, byEvent(responsesStream(['a teh', ' b'])));
  const deltas = eventsOf(text).filter((one) => one['type'] === 'response.output_text.delta');
  assert.deepEqual(deltas.map((one) => one['logprobs']), [[], [{ token: ' b', logprob: -1 }]]);
});

test('responses: a note is an event of its own before the copies, which repeat it; numbers stay without a gap', () => {
  const body = responsesStream(['so teh', ' it'], { finish: 'length' });
  for (const pieces of [byEvent(body), Array.from(Buffer.from(body), (byte) => Buffer.of(byte))]) {
    const { text, corrections } = drive(RESPONSES, pieces, { rules });
    const noted = new Drive(RESPONSES, { rules, detectors: [cutOff] }).reads(pieces).end();
    assert.ok(corrections.length > 0 && text !== noted.text);
    const { text: said, copies } = responsesCopies(noted.text);
    assert.equal(said, `so teh it${NOTE}`);
    assert.deepEqual(copies, Array.from({ length: 4 }, () => said));
    const events = eventsOf(noted.text);
    assert.deepEqual(events.map((one) => one['sequence_number']), events.map((_, index) => index));
    assert.deepEqual(noted.corrections, ['output/1/0/text 0-9 incomplete_reasoning append']);
    const types = events.map((one) => one['type']);
    assert.equal(types.lastIndexOf('response.output_text.delta') + 1, types.indexOf('response.output_text.done'));
  }
  // Read at once, the note finds a place in the last text.
  const whole = new Drive(RESPONSES, { rules, detectors: [cutOff] }).reads([body]).end();
  assert.deepEqual(responsesCopies(whole.text).copies.length, 4);
  assert.equal(new Set([responsesCopies(whole.text).text, ...responsesCopies(whole.text).copies]).size, 1);
});

test('anthropic: a note goes before the end of its block', () => {
  const body = anthropicStream(['so', ' it'], { finish: 'length' });
  const { text } = new Drive(ANTHROPIC, { detectors: [cutOff] }).reads(byEvent(body)).end();
  assert.equal(anthropicText(text), `so it${NOTE}`);
  const types = eventsOf(text).map((one) => one['type']);
  assert.deepEqual(types.slice(-5), ['content_block_delta', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
  everySplit(Buffer.from(body), (pieces) => assert.equal(anthropicText(new Drive(ANTHROPIC, { detectors: [cutOff] }).reads(pieces).end().text), `so it${NOTE}`));
});

test('a text that a call follows is not cut off, whatever the limit', () => {
  const called = responsesStream(['so', ' it'], { finish: 'length', then: 'call' });
  assert.equal(new Drive(RESPONSES, { detectors: [cutOff] }).reads(byEvent(called)).end().text, called);
  const used = anthropicStream(['so', ' it'], { finish: 'length', then: 'call' });
  assert.equal(new Drive(ANTHROPIC, { detectors: [cutOff] }).reads(byEvent(used)).end().text, used);
});

test('the end of a text waits for what follows, not for ever', () => {
  const [before, stop, behind] = [/^[^]*?(?=event: content_block_stop\ndata: [^\n]*"index":1)/, /event: content_block_stop\ndata: [^\n]*"index":1[^\n]*\n\n/, /event: message_delta[^]*$/].map((part) => part.exec(anthropicStream(['so']))?.[0] as string) as [string, string, string];
  const waiting = new Drive(ANTHROPIC, { limits: { stallMs: 100, pingMs: 20 }, detectors: [cutOff] }).read(before, 0).read(stop, 10);
  assert.equal(waiting.text, before);
  assert.equal(waiting.rewriter.deadlineMs(), 110);
  waiting.rewriter.tick(109);
  assert.equal(waiting.text, before);
  waiting.rewriter.tick(110);
  assert.equal(waiting.text, before + stop);
  assert.equal(waiting.rewriter.deadlineMs(), null);
  assert.equal(waiting.read(behind, 200).end().text, before + stop + behind);
  // A sign of life behind it ends the wait earlier.
  const ping = 'event: ping\ndata: {"type":"ping"}\n\n';
  const pinged = new Drive(ANTHROPIC, { limits: { stallMs: 100, pingMs: 20 }, detectors }).read(before, 0).read(stop, 10).read(ping, 15);
  assert.equal(pinged.rewriter.deadlineMs(), 35);
  pinged.rewriter.tick(35);
  assert.equal(pinged.text, before + stop + ping);
});

test('an error behind the end of a text lets it go', () => {
  const [before] = byEvent(anthropicStream(['so'])).join('').split('event: message_delta');
  const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n';
  const done = new Drive(ANTHROPIC, { detectors: [cutOff] }).read(before as string).read(error);
  assert.equal(done.text, before + error);
});

test('a copy that is none passes as it came, is counted and told of', () => {
  const body = responsesStream(['so teh'], {}).replace(/("type":"response\.output_text\.done".*"text":")so teh/, '$1so teh!');
  assert.match(body, /so teh!/);
  const done = new Drive(RESPONSES, { rules, detectors }).reads(byEvent(body)).end();
  assert.deepEqual(responsesCopies(done.text).copies, ['so teh!', 'so the', 'so the', 'so the']);
  assert.equal(done.rewriter.strayCopies, 1);
  assert.equal(done.faults.length, 1);
});

test('copies longer than an event may be are none of ours', () => {
  const limits = { eventBytes: 2_000 };
  const tokens = Array.from({ length: 500 }, () => 'teh ok ');
  const stream = byEvent(responsesStream(tokens));
  const deltas = stream.filter((one) => one.includes('output_text.delta'));
  const done = new Drive(RESPONSES, { rules, limits, detectors }).reads([...deltas, 'event: response.output_text.done\ndata: {"type":"response.output_text.done","item_id":"msg_1","output_index":1,"content_index":0,"text":"teh ok teh ok "}\n\n']).end();
  assert.equal(responsesCopies(done.text).text, tokens.join('').replaceAll('teh', 'the'));
  assert.deepEqual(responsesCopies(done.text).copies, ['teh ok teh ok ']);
  assert.equal(done.rewriter.strayCopies, 1);
});

test('a text that no delta told of is corrected in its first copy, and in the others', () => {
  const body = byEvent(responsesStream(TOKENS)).filter((one) => !one.includes('output_text.delta')).join('');
  for (const pieces of [[body], byEvent(body)]) assert.deepEqual(responsesCopies(drive(RESPONSES, pieces).text).copies, Array.from({ length: 4 }, () => RIGHT));
});

test('documents: every text, and the joined copy of it', () => {
  const response = { object: 'response', status: 'completed', output: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'teh' }] }, { type: 'message', content: [{ type: 'output_text', text: TEXT, annotations: [] }] }], output_text: TEXT, instructions: 'teh' };
  const document = drive(codecOf({ target: '/v1/responses', contentType: 'application/json' }), [JSON.stringify(response)]);
  const want = { ...response, output: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'the' }] }, { type: 'message', content: [{ type: 'output_text', text: RIGHT, annotations: [] }] }], output_text: RIGHT };
  assert.equal(document.text, JSON.stringify(want));
  assert.equal(document.corrections.length, 3);
  const message = { type: 'message', content: [{ type: 'thinking', thinking: 'teh', signature: 'teh' }, { type: 'text', text: TEXT }, { type: 'tool_use', input: { a: 'teh' } }], stop_reason: 'tool_use' };
  const anthropic = drive(codecOf({ target: '/v1/messages', contentType: 'application/json' }), [JSON.stringify(message)]);
  assert.equal(anthropic.text, JSON.stringify({ ...message, content: [message.content[0], { type: 'text', text: RIGHT }, message.content[2]] }));
});

test('verbose llama.cpp: the native copy in each event is corrected with it, unless it says something else', () => {
  const chunk = (content: string, verbose: string): string => `data: {"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}],"__verbose":{"content":${JSON.stringify(verbose)},"tokens":[1],"prompt":"teh"}}\n\n`;
  const body = `${TOKENS.map((token) => chunk(token, token)).join('')}${chunk(' teh', '<x> teh')}data: [DONE]\n\n`;
  everySplit(Buffer.from(body), (pieces) => {
    const events = eventsOf(drive(CHAT, pieces).text) as { choices: { delta: { content: string } }[]; __verbose: { content: string; prompt: string; tokens: number[] } }[];
    assert.equal(events.map((one) => one.choices[0]?.delta.content).join(''), `${RIGHT} the`);
    assert.equal(events.map((one) => one.__verbose.content).join(''), `${RIGHT}<x> teh`);
    assert.ok(events.every((one) => one.__verbose.prompt === 'teh'));
    assert.deepEqual(events.map((one) => one.__verbose.tokens.length), [0, 0, 1, 1, 0, 1, 1, 1]);
  });
});
