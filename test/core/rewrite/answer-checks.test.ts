import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codecFor, routeOf } from '../../../src/core/codec/codec.js';
import { AnswerChecks } from '../../../src/core/rewrite/answer-checks.js';
import { ResponseRewriter } from '../../../src/core/rewrite/response-rewriter.js';
import { readPatch } from '../../../src/core/rules/patch-input.js';
import type { RuleSet } from '../../../src/core/rules/rule-set.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { type Modes, uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { anthropicStream, anthropicText, responsesCopies, responsesStream } from './api-bodies.js';
import { CHAT, chunk, DOCUMENT, DONE, finish, GENERATE, jsonOf, SHAPES, SSE } from './bodies.js';
import { pathTruth } from './check-truth.js';
import { channelContext } from './drive.js';

interface Asked {
  readonly rules: readonly object[];
  readonly modes?: Modes;
  readonly json?: boolean;
  /** Nothing says that the workspace is that of the request. */
  readonly untied?: boolean;
  readonly corrections?: RuleSet;
}

interface Judged {
  readonly body: string;
  readonly told: readonly string[];
  readonly passed: readonly boolean[];
}

/** A body through a rewriter with one validator patch. */
function judge(target: string, contentType: string, pieces: readonly Buffer[], { rules, modes = uniformModes('correct'), json = false, untied = false, corrections }: Asked): Judged {
  const route = routeOf('POST', target);
  const codec = route === null ? null : codecFor(route, contentType);
  assert.ok(codec);
  const request = { ...EMPTY_REQUEST, ...(json ? { json, structured: true } : {}) };
  const checks = AnswerChecks.of([readPatch({ patch_type: 'validator', payload_json: JSON.stringify({ rules }) }, 'p')], request, {}, modes);
  const out: Buffer[] = [];
  const told: string[] = [];
  const context = channelContext({ modes, request: { ...request, tied: !untied }, truth: pathTruth, ...(corrections === undefined ? {} : { rules: corrections }) });
  const rewriter = new ResponseRewriter(codec, { ...context, ...(checks === null ? {} : { checks }) }, {
    out: (bytes) => out.push(bytes),
    corrected: ({ action, verdict: { rule, detected } }) => {
      if (rule?.startsWith('p/') === true) told.push(`${rule} ${action}: ${detected}`);
    },
    bailedOut: (_, detail) => assert.fail(detail),
    fault: (message) => assert.fail(message),
  });
  for (const piece of pieces) {
    rewriter.write(piece, 0);
    rewriter.settle(0);
  }
  rewriter.end(0);
  return { body: Buffer.concat(out).toString(), told, passed: [...(checks?.results.values() ?? [])] };
}

const annotate = (check: string): Asked => ({ rules: [{ check, action: 'annotate' }] });
const report = (check: string): Asked => ({ rules: [{ check }] });
const JSON_NOTE = '\n\n[The JSON of this answer is not valid.]';
/** Prose with JSON in it, and pieces of it: to an answer that is nothing but JSON nothing is added. */
const FENCED = 'So:\n```json\n{"a": 1,}\n```\n';
const PIECES = ['So:\n```js', 'on\n{"a"', ': 1', ',}\n``', '`\n'];
const REASON_NOTE = '\n\n[This answer came without reasoning.]';

describe('validators', () => {
  for (const shape of SHAPES) {
    test(`json: ${shape.name}`, () => {
      const bad = shape.body(PIECES);
      everySplit(Buffer.from(bad), (pieces) => {
        const noted = judge(shape.target, shape.contentType, pieces, annotate('json'));
        assert.deepEqual([shape.text(noted.body), noted.told, noted.passed], [`${FENCED}${JSON_NOTE}`, ['p/0 annotate: {"a": 1,}\n'], [false]]);
        const told = judge(shape.target, shape.contentType, pieces, report('json'));
        assert.deepEqual([told.body, told.told], [bad, ['p/0 report: {"a": 1,}\n']]);
      });
      for (const [text, passed] of [['{"a": 1}', [true]], ['So:\n```json\n{}\n```\n', [true]], ['It is so.', []]] as const) {
        const body = shape.body([text]);
        assert.deepEqual(judge(shape.target, shape.contentType, [Buffer.from(body)], annotate('json')), { body, told: [], passed });
      }
    });

    test(`reasoning_present: ${shape.name}`, () => {
      everySplit(Buffer.from(shape.body(['So ', 'it is'])), (pieces) => {
        const { body, told, passed } = judge(shape.target, shape.contentType, pieces, annotate('reasoning_present'));
        assert.deepEqual([shape.text(body), told, passed], [`So it is${REASON_NOTE}`, ['p/0 annotate: no reasoning'], [false]]);
      });
      for (const text of ['<think>Hm.</think>So it is', 'Hm.</think>So', '[THINK]Hm.[/THINK]So']) {
        const body = shape.body([text]);
        assert.deepEqual(judge(shape.target, shape.contentType, [Buffer.from(body)], annotate('reasoning_present')), { body, told: [], passed: [true] });
      }
      assert.deepEqual(judge(shape.target, shape.contentType, [Buffer.from(shape.body(['<think>\n</think>So']))], report('reasoning_present')).told, ['p/0 report: no reasoning']);
    });

    test(`paths: ${shape.name}`, () => {
      everySplit(Buffer.from(shape.body(['In `src/', 'mian.ts` and `src/', 'nowhere/at-all.ts` it is.'])), (pieces) => {
        const { body, told, passed } = judge(shape.target, shape.contentType, pieces, annotate('paths'));
        const text = shape.text(body);
        // The first was put right, so it is not what the client has.
        assert.ok(text.startsWith('In `src/main.ts` and `src/nowhere/at-all.ts`'), text);
        assert.ok(text.endsWith('it is.\n\n[Not in this workspace: src/nowhere/at-all.ts]'), text);
        assert.deepEqual([told, passed], [['p/0 annotate: src/nowhere/at-all.ts'], [false]]);
      });
      const { told, passed } = judge(shape.target, shape.contentType, [Buffer.from(shape.body(['In `src/main.ts` and `src/mian.ts` it is.']))], annotate('paths'));
      assert.deepEqual([told, passed], [[], [true]]);
    });
  }

  test('the note is in every copy, and numbers have no gap', () => {
    everySplit(Buffer.from(responsesStream(PIECES)), (pieces) => {
      const { body } = judge('/v1/responses', 'text/event-stream', pieces, annotate('json'));
      const { text, copies } = responsesCopies(body);
      assert.deepEqual([text, ...copies], Array.from({ length: 5 }, () => `${FENCED}${JSON_NOTE}`));
      const numbers = [...body.matchAll(/"sequence_number":(\d+)/g)].map((match) => Number(match[1]));
      assert.deepEqual(numbers, numbers.map((_, index) => index));
    });
    everySplit(Buffer.from(anthropicStream(PIECES)), (pieces) => {
      assert.equal(anthropicText(judge('/v1/messages', 'text/event-stream', pieces, annotate('json')).body), `${FENCED}${JSON_NOTE}`);
    });
  });

  test('reasoning in any form is there: told, signed, hidden', () => {
    const bodies: readonly (readonly [string, string, string])[] = [
      ['/v1/responses', 'text/event-stream', responsesStream(['so'])],
      ['/v1/responses', 'application/json', '{"object":"response","output":[{"type":"reasoning","summary":[],"encrypted_content":"x"},{"type":"message","content":[{"type":"output_text","text":"so","annotations":[]}]}]}'],
      ['/v1/messages', 'text/event-stream', anthropicStream(['so'])],
      ['/v1/messages', 'application/json', '{"type":"message","content":[{"type":"redacted_thinking","data":"x"},{"type":"text","text":"so"}],"stop_reason":"end_turn"}'],
      ['/v1/chat/completions', 'text/event-stream', `${chunk('{"reasoning_content":"hm"}')}${chunk('{"content":"so"}')}${finish()}${DONE}`],
      ['/api/chat', 'application/x-ndjson', '{"message":{"content":"so","thinking":"hm"},"done":true}\n'],
      ['/api/generate', 'application/json', '{"response":"so","thinking":"hm","done":true}'],
    ];
    for (const [target, contentType, body] of bodies) {
      assert.deepEqual(judge(target, contentType, [Buffer.from(body)], annotate('reasoning_present')), { body, told: [], passed: [true] }, body);
    }
    const blank = '{"message":{"content":"so","thinking":" "},"done":true,"done_reason":"stop"}\n';
    assert.deepEqual(judge('/api/chat', 'application/x-ndjson', [Buffer.from(blank)], report('reasoning_present')).told, ['p/0 report: no reasoning']);
  });

  test('an answer without a word, as before a call, is not judged', () => {
    const body = '{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},"done":false}\n{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n';
    const asked = { rules: ['paths', 'json', 'reasoning_present'].map((check) => ({ check, action: 'annotate' })) };
    assert.deepEqual(judge('/api/chat', 'application/x-ndjson', [Buffer.from(body)], asked), { body, told: [], passed: [] });
  });

  test('what is judged is the text as the client has it', () => {
    const corrections = stubRules([literal(',}', '}'), literal('teh', 'the"')]);
    const judged = (text: string): readonly string[] => judge(CHAT.target, CHAT.contentType, [Buffer.from(CHAT.body([text]))], { ...annotate('json'), corrections }).told;
    assert.deepEqual(judged('{"a":1,}'), []);
    assert.deepEqual(judged('{"a":"teh"}'), ['p/0 report: {"a":"the""}']);
  });

  test('to an answer that is to be JSON nothing is added', () => {
    const body = GENERATE.body(['No JSON.']);
    assert.deepEqual(judge(GENERATE.target, GENERATE.contentType, [Buffer.from(body)], { ...annotate('json'), json: true }), { body, told: ['p/0 report: No JSON.'], passed: [false] });
  });

  test('what a program reads gets no note: data, calls in tags, edit blocks', () => {
    const all = { rules: ['json', 'reasoning_present'].map((check) => ({ check, action: 'annotate' })) };
    const told = (text: string): readonly string[] => {
      const body = SSE.body([text]);
      const judged = judge(SSE.target, SSE.contentType, [Buffer.from(body)], all);
      assert.equal(judged.body, body);
      return judged.told.map((line) => line.slice(0, line.indexOf(':')));
    };
    for (const text of ['{"a":1}', '[1, 2]', 'I read it.\n<read_file>\n<path>a.ts</path>\n</read_file>', '<tool_call>{"name":"f"}</tool_call>', 'So:\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n']) assert.deepEqual(told(text), ['p/1 report'], text);
    assert.deepEqual(told('{"a":1,}'), ['p/0 report', 'p/1 report']);
    // A thought before the data is none of it.
    assert.deepEqual(told('<think>Hm.</think>{"a":1,}'), ['p/0 report']);
    for (const text of ['So it is, as `<read_file>` says.', '[the docs](https://example.com) say so.']) {
      assert.deepEqual(judge(SSE.target, SSE.contentType, [Buffer.from(SSE.body([text]))], all).told, ['p/1 annotate: no reasoning'], text);
    }
  });

  test('a path is said to be missing only where that is certain; else it is reported', () => {
    const names = (untied: boolean, text: string): Judged => judge(SSE.target, SSE.contentType, [Buffer.from(SSE.body([text]))], { ...annotate('paths'), untied });
    const text = 'See `src/nowhere/at-all.ts` for it.';
    assert.deepEqual([names(true, text).told, names(true, text).body], [['p/0 report: src/nowhere/at-all.ts'], SSE.body([text])]);
    assert.deepEqual(names(false, text).told, ['p/0 annotate: src/nowhere/at-all.ts']);
    assert.match(SSE.text(names(false, text).body), /\n\[Not in this workspace: src\/nowhere\/at-all\.ts\]$/);
  });

  test('of many wrong paths a few are named, and not all are kept', () => {
    const paths = Array.from({ length: 1500 }, (_, at) => `- \`src/nowhere/number-${at}.ts\`\n`);
    const { told } = judge(SSE.target, SSE.contentType, [Buffer.from(SSE.body(['Look:\n', ...paths]))], report('paths'));
    assert.deepEqual(told, ['p/0 report: src/nowhere/number-0.ts, src/nowhere/number-1.ts, src/nowhere/number-2.ts, src/nowhere/number-3.ts, src/nowhere/number-4.ts, and 995 more']);
  });

  test('a text that is said to be over twice is judged once', () => {
    const body = `${chunk(`{"content":${JSON.stringify(FENCED)}}`)}${finish()}${finish()}${DONE}`;
    everySplit(Buffer.from(body), (pieces) => assert.deepEqual(judge(SSE.target, SSE.contentType, pieces, annotate('json')).told, ['p/0 annotate: {"a": 1,}\n']));
  });

  test('modes cap a validator: each by the mode of the type that its check is of', () => {
    const body = SSE.body([FENCED]);
    const told = (json: 'annotate' | 'observe' | 'off'): Judged => judge(SSE.target, SSE.contentType, [Buffer.from(body)], { ...annotate('json'), modes: { ...uniformModes('correct'), pattern_match: json } });
    assert.deepEqual(told('annotate').told, ['p/0 annotate: {"a": 1,}\n']);
    assert.deepEqual([told('observe').told, told('observe').body], [['p/0 report: {"a": 1,}\n'], body]);
    assert.deepEqual(told('off'), { body, told: [], passed: [] });
  });

  test('several checks are told one behind the other, each by its place in the patch', () => {
    const asked = { rules: [{ check: 'reasoning_present', action: 'annotate' }, { check: 'json', action: 'annotate' }] };
    const { body, told } = judge(DOCUMENT.target, DOCUMENT.contentType, [Buffer.from(DOCUMENT.body([FENCED]))], asked);
    assert.equal(DOCUMENT.text(body), `${FENCED}${REASON_NOTE}${JSON_NOTE}`);
    assert.deepEqual(told, ['p/0 annotate: no reasoning', 'p/1 annotate: {"a": 1,}\n']);
  });

  test('of two choices each is judged, and the patch passed where both did', () => {
    const two = (second: string): string => `${chunk('{"content":"[1]"}')}${chunk(`{"content":${JSON.stringify(second)}}`, '', 1)}${finish()}${finish(1)}${DONE}`;
    const judged = (second: string): Judged => judge(SSE.target, SSE.contentType, [Buffer.from(two(second))], annotate('json'));
    assert.deepEqual(judged('{}').passed, [true]);
    const { body, passed } = judged(FENCED);
    assert.deepEqual(passed, [false]);
    const said = (choice: number): string => jsonOf(body).map(({ choices = [] }) => choices.filter(({ index }) => index === choice).map(({ delta }) => delta?.content ?? '').join('')).join('');
    assert.deepEqual([said(0), said(1)], ['[1]', `${FENCED}${JSON_NOTE}`]);
  });

  test('a text too long to keep is not judged, and passes', () => {
    const { told, passed } = judge(GENERATE.target, GENERATE.contentType, [Buffer.from(GENERATE.body(Array.from({ length: 20 }, () => `{"a": ${'x'.repeat(60_000)}`)))], annotate('json'));
    assert.deepEqual([told, passed], [[], []]);
    // Nor is it known whether it thinks aloud.
    const aloud = judge(GENERATE.target, GENERATE.contentType, [Buffer.from(GENERATE.body(['<think>Hm.</think>', ...Array.from({ length: 20 }, () => 'x '.repeat(30_000))]))], annotate('reasoning_present'));
    assert.deepEqual([aloud.told, aloud.passed], [[], []]);
  });

  test('no validator for this model, route or occasion: nothing is kept', () => {
    const of = (more: object): AnswerChecks | null =>
      AnswerChecks.of([readPatch({ patch_type: 'validator', payload_json: JSON.stringify({ ...more, rules: [{ check: 'json' }] }) }, 'p')], { ...EMPTY_REQUEST, route: 'ollama-chat', model: 'llama3:8b' }, { invalid_path: 1 }, uniformModes('correct'));
    for (const more of [{ models: ['qwen*'] }, { when: { route: 'generate' } }, { when: { after: 'empty_reasoning' } }]) assert.equal(of(more), null);
    for (const more of [{ models: ['llama3*'] }, { when: { route: 'chat' } }, { when: { after: 'navigation_error' } }]) assert.ok(of(more));
  });
});
