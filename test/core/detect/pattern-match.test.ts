import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExchangeContext, Finding } from '../../../src/core/detect/detector.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import { globMatches, patternMatch } from '../../../src/core/detect/pattern-match.js';
import { compileRuleSet, EMPTY_RULES } from '../../../src/core/rules/compile.js';
import type { PatternRule, RuleScope, RuleSet } from '../../../src/core/rules/rule-set.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { type ChannelKind, uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, scriptedRules, stubRules } from './stub-matcher.js';

function context(rules: RuleSet, more: Partial<ExchangeContext> = {}): ExchangeContext {
  return { truth: nothingKnown, rules, request: EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: 64, ...more };
}

/** What is found in the pieces of a text; null where there is nothing to do. */
function findings(pieces: readonly string[], kind: ChannelKind, with_: ExchangeContext): Finding[] | null {
  const run = patternMatch.start(with_, kind);
  if (run === null) return null;
  const found: Finding[] = [];
  let text = '';
  let frontier = 0;
  for (const fresh of pieces) {
    text += fresh;
    const next = run.advance({ text, base: 0, fresh, ended: false, finish: null }, (finding) => found.push(finding));
    assert.ok(next >= frontier && next <= text.length, 'the frontier stays within the text and never goes back');
    frontier = next;
    for (const { start } of found) assert.ok(start >= 0);
  }
  assert.equal(run.advance({ text, base: 0, fresh: '', ended: true, finish: null }, (finding) => found.push(finding)), text.length);
  for (const { start, end, verdict } of found) assert.equal(verdict.detected, text.slice(start, end));
  return found;
}

const starts = (found: Finding[] | null): number[] | null => found?.map(({ start }) => start) ?? null;

//            0         1         2         3
//            0123456789012345678901234567890123456789
const MIXED = 'x one\n```sh\nx two\n```\nx three\n```\nx four';
const [PROSE, CODE] = [[0, 22], [12, 34]];

const scopes: readonly { readonly scopes: readonly RuleScope[]; readonly expect: Readonly<Record<'prose' | 'reasoning' | 'arguments', number[] | null>> }[] = [
  { scopes: ['prose'], expect: { prose: PROSE, reasoning: null, arguments: null } },
  { scopes: ['code'], expect: { prose: CODE, reasoning: null, arguments: null } },
  { scopes: ['prose', 'code'], expect: { prose: [0, 12, 22, 34], reasoning: null, arguments: null } },
  { scopes: ['reasoning'], expect: { prose: null, reasoning: PROSE, arguments: null } },
  { scopes: ['reasoning', 'code'], expect: { prose: CODE, reasoning: [0, 12, 22, 34], arguments: null } },
  { scopes: ['arguments'], expect: { prose: null, reasoning: null, arguments: [0, 12, 22, 34] } },
  { scopes: ['prose', 'arguments'], expect: { prose: PROSE, reasoning: null, arguments: [0, 12, 22, 34] } },
  { scopes: [], expect: { prose: null, reasoning: null, arguments: null } },
];

for (const { scopes: named, expect } of scopes) {
  for (const kind of ['prose', 'reasoning', 'arguments'] as const) {
    test(`pattern_match: a rule for [${named.join(', ')}] in ${kind}`, () => {
      for (const rules of [stubRules([literal('x ', 'y ', { scopes: named })]), compileRuleSet([literal('x ', 'y ', { scopes: named })], [], new Set(), [], { holdChars: 64 })]) {
        everySplit(MIXED, (pieces) => assert.deepEqual(starts(findings(pieces, kind, context(rules))), expect[kind]));
      }
    });
  }
}

test('pattern_match: where one rule does not apply, another at the same place does', () => {
  const rules = [literal('one', '1', { scopes: ['code'] }), literal('on', '2', { scopes: ['prose'] })];
  for (const set of [stubRules(rules), compileRuleSet(rules, [], new Set(), [], { holdChars: 64 })]) {
    everySplit('one\n```\none\n```\n', (pieces) => {
      const found = findings(pieces, 'prose', context(set)) ?? [];
      assert.deepEqual(found.map(({ start, verdict }) => `${start} ${verdict.rule}`), ['0 on', '8 one']);
    });
  }
});

test('pattern_match: no rules, nothing to do', () => {
  assert.equal(patternMatch.start(context(EMPTY_RULES), 'prose'), null);
  assert.ok(!patternMatch.kinds.includes('sealed'), 'signed text is never read');
  assert.ok(DETECTORS.includes(patternMatch));
});

const one = (rule: PatternRule, more: Partial<ExchangeContext> = {}): Finding[] | null => findings(['an x here'], 'prose', context(stubRules([rule]), more));

const models: readonly (readonly [models: readonly string[] | null, model: string | null, applies: boolean])[] = [
  [null, null, true],
  [null, 'llama3', true],
  [['llama3*'], 'llama3.2:1b', true],
  [['LLAMA3*'], 'Llama3', true],
  [['llama3*'], 'my-llama3', false],
  [['qwen*', 'llama3*'], 'llama3', true],
  [['llama3*'], null, false],
  [['*'], null, true],
  [[], 'llama3', false],
];

for (const [globs, model, applies] of models) {
  test(`pattern_match: a rule for models ${JSON.stringify(globs)} asked by ${String(model)}`, () => {
    const found = one(literal('x', 'y', { models: globs }), { request: { ...EMPTY_REQUEST, model } });
    assert.deepEqual(starts(found), applies ? [3] : null);
  });
}

const globs: readonly (readonly [glob: string, name: string, matches: boolean])[] = [
  ['', '', true], ['', 'a', false], ['a', 'a', true], ['a', 'b', false], ['a', 'ab', false], ['?', 'a', true], ['?', '', false],
  ['a?c', 'abc', true], ['*', '', true], ['*', 'anything', true], ['a*', 'a', true], ['*a', 'bca', true], ['*a', 'ab', false],
  ['a*c', 'abcbc', true], ['a*b*c', 'axxbyyc', true], ['a*b*c', 'axxcyyb', false], ['**', 'x', true], ['a.c', 'abc', false],
  ['[ab]', 'a', false], ['*:*', 'llama3:8b', true], ['?*?', 'a', false],
];

for (const [glob, name, matches] of globs) test(`glob ${JSON.stringify(glob)} on ${JSON.stringify(name)}`, () => assert.equal(globMatches(glob, name), matches));

test('a glob cannot run away', () => assert.equal(globMatches(`${'*a'.repeat(40)}b`, 'a'.repeat(4_000)), false));

test('pattern_match: the verdict says what the rule says', () => {
  assert.deepEqual(one(literal('x', 'y', { id: '17', type: 'incorrect_fact' }))?.[0]?.verdict, {
    type: 'incorrect_fact', confidence: 1, detected: 'x', expected: 'y', strategy: 'replace', rule: '17', reason: 'literal rule',
  });
  assert.equal(one(literal('x', null))?.[0]?.verdict.strategy, 'report');
  assert.equal(one(literal('x', ''))?.[0]?.verdict.strategy, 'replace');
});

test('pattern_match: a rule whose type is off is not at work, others are', () => {
  const modes = { ...uniformModes('correct'), incorrect_fact: 'off' as const };
  assert.equal(one(literal('x', 'y', { type: 'incorrect_fact' }), { modes }), null);
  const both = stubRules([literal('x', 'y', { type: 'incorrect_fact' }), literal('h', 'H')]);
  assert.deepEqual(starts(findings(['an x here'], 'prose', context(both, { modes }))), [5]);
});

const expansions: readonly (readonly [template: string, expect: string])[] = [
  ['plain', 'plain'], ['$&', 'ab-cd'], ['$1', 'ab'], ['$2$1', 'cdab'], ['<$3>', '<>'], ['$4', '$4'], ['$0', '$0'], ['$$1', '$1'],
  ['$10', 'ab0'], ['$01', 'ab'], ['$', '$'], ['$x', '$x'], ['$$$$', '$$'], ["$`$'", "$`$'"],
];

for (const [template, expect] of expansions) {
  test(`pattern_match: replacement ${JSON.stringify(template)} with groups`, () => {
    const rule = literal('ab-cd', template, { match: 'regex', expand: true });
    const match = { start: 1, end: 6, rule: 0, groups: ['ab-cd', 'ab', 'cd', undefined] };
    const found = findings(['(ab-cd)'], 'prose', context(scriptedRules([rule], [match])));
    assert.equal(found?.[0]?.verdict.expected, expect);
    // What String.prototype.replace makes of it, save for what stands around the match, which is not offered.
    if (!/[`']/.test(template)) assert.equal('ab-cd'.replace(/(ab)-(cd)(x)?/, template), expect);
    const plain = findings(['(ab-cd)'], 'prose', context(scriptedRules([{ ...rule, expand: false }], [match])));
    assert.equal(plain?.[0]?.verdict.expected, template, 'only where the rule asks for it');
  });
}

test('pattern_match: with the real matcher, a regex with groups, cut anywhere', () => {
  const rules = compileRuleSet([literal('(\\w+)@(\\w+)', '$2 at $1', { match: 'regex', expand: true })], [], new Set(), [], { holdChars: 64 });
  everySplit('to me@home now', (pieces) => {
    const found = findings(pieces, 'prose', context(rules)) ?? [];
    assert.deepEqual(found.map(({ start, end, verdict }) => [start, end, verdict.expected]), [[3, 10, 'home at me']]);
  });
});

test('pattern_match: what has left is not found any more', () => {
  const run = patternMatch.start(context(stubRules([literal('xyz', '!')])), 'prose');
  const found: Finding[] = [];
  const add = (finding: Finding): number => found.push(finding);
  assert.equal(run?.advance({ text: 'a xy', base: 0, fresh: 'a xy', ended: false, finish: null }, add), 2);
  run?.letGo(4);
  run?.advance({ text: 'a xyz xyz', base: 0, fresh: 'z xyz', ended: false, finish: null }, add);
  assert.deepEqual(found.map(({ start }) => start), [6]);
});
