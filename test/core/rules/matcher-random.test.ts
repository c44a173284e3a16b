import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileMatcher } from '../../../src/core/rules/matcher.js';
import type { PatternRule } from '../../../src/core/rules/rule-set.js';
import { oracle, rule, run } from './matcher-oracle.js';

const CHARS = ['a', 'b', 'c', 'A', 's', 'S', 'k', '\u017f', '\u212a', ' ', '\n', '.', 'é', 'É', '😀', '\ud83d', '\ude00', '\u{10400}', '\u{10428}', '1', '_', 'ß', 'ẞ'];
const char = fc.oneof({ weight: 2, arbitrary: fc.constantFrom('a', 'b', 'c', ' ', 'A', 's') }, { weight: 1, arbitrary: fc.constantFrom(...CHARS) });
const text = fc.array(char, { maxLength: 14 }).map((chars) => chars.join(''));

const atom = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 's', 'k') },
  { weight: 2, arbitrary: fc.constantFrom('.', '\\w', '\\s', '\\W', '[^a]', '[ab]', '[^]', '\\p{Lu}', '\\P{L}', '\\S', '\\d', '[^\\W_]', '[a-cé]') },
  { weight: 1, arbitrary: fc.constantFrom('😀', '\\u{10400}', 'é', '\\.', ' ', '\\n', 'ß', '\\ud83d', '\\ude00') },
);
const quantifier = fc.constantFrom('', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}');
const repeated = fc.tuple(atom, quantifier).map((parts) => parts.join(''));
const zero = fc.constantFrom(
  '\\b', '\\B', '^', '$', '(?=a)', '(?=b|$)', '(?!a)', '(?!\\w)', '(?=\\w\\b)', '(?!ab?c)', '(?=[^]{2})', '(?<=a)', '(?<=^|\\s)', '(?<=a?b)', '(?<=\\ba)',
  '(?<!b)', '(?<!\\w)', '(?<!ab)', '(?<!😀)', '(?<!^a)', '(?=a(?!b))',
);
const simple = fc.array(fc.oneof({ weight: 4, arbitrary: repeated }, { weight: 1, arbitrary: zero }), { minLength: 0, maxLength: 3 }).map((parts) => parts.join(''));
const choice = fc.array(simple, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));
const group = fc.tuple(fc.constantFrom('(', '(?:'), choice, fc.constant(')'), quantifier).map((parts) => parts.join(''));
const sequence = fc.array(fc.oneof({ weight: 3, arbitrary: simple }, { weight: 2, arbitrary: group }), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
const source = fc.array(sequence, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|')).filter((one) => one !== '');

const regexRule = fc.tuple(source, fc.constantFrom('', '', 'i', 'm', 's', 'im', 'is'), fc.nat(5), fc.boolean()).map(
  ([value, flags, word, expand]) => rule('regex', value, flags, { word: word === 0, expand }),
);
const literalRule = fc.tuple(fc.array(fc.constantFrom(...CHARS), { minLength: 1, maxLength: 3 }), fc.constantFrom('', 'i'), fc.boolean()).map(
  ([chars, flags, word]) => rule('literal', chars.join(''), flags, { word }),
);
const rulesOf = (kind: fc.Arbitrary<PatternRule>): fc.Arbitrary<PatternRule[]> =>
  fc.array(kind, { minLength: 1, maxLength: 4 }).filter((rules) => compileMatcher(rules, { holdChars: 100 }).faults.length === 0);

function pieces(whole: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [...places, whole.length].map((place, i) => whole.slice(i === 0 ? 0 : places[i - 1], place)).filter((piece) => piece !== '');
}

/** What a frontier promises, given the text unit by unit. */
function checkFrontiers(rules: readonly PatternRule[], whole: string, holdChars: number): void {
  const { matches, frontiers, takenAt } = run(rules, whole.split(''), holdChars);
  for (const [i, frontier] of frontiers.slice(0, -1).entries()) {
    assert.ok(frontier >= (frontiers[i - 1] ?? 0), 'goes back');
    assert.ok(frontier <= i + 1 && i + 1 - frontier <= holdChars, 'too far behind');
    for (const [m, match] of matches.entries()) assert.ok((takenAt[m] ?? 0) <= i + 1 || match.start >= frontier, 'a match before it');
    // The frontier is a function of the text: the whole of it at once leaves the same one behind.
    if (i % 5 === 0) assert.equal(run(rules, [whole.slice(0, i + 1)], holdChars).frontiers[0], frontier);
  }
}

for (const [name, kind] of [['literals', literalRule], ['regexes', regexRule], ['both', fc.oneof(literalRule, regexRule)]] as const) {
  test(`matcher at random: ${name} match as the oracle says, in every cutting`, () => {
    fc.assert(
      fc.property(rulesOf(kind), fc.array(text, { minLength: 3, maxLength: 5 }), fc.array(fc.nat(20), { maxLength: 4 }), (rules, texts, cuts) => {
        for (const whole of texts) {
          const expected = oracle(rules, whole);
          for (const cut of [[whole], whole.split(''), pieces(whole, cuts)]) assert.deepEqual(run(rules, cut).matches, expected);
          checkFrontiers(rules, whole, 100);
        }
      }),
      { seed: 20260122, numRuns: 80 },
    );
  });
}

test('matcher at random: rules that do not apply everywhere', () => {
  const applies = (one: number, start: number): boolean => (one * 7 + start * 3) % 4 !== 0;
  fc.assert(
    fc.property(rulesOf(fc.oneof(literalRule, regexRule)), text, (rules, whole) => {
      const expected = oracle(rules, whole, Infinity, [], applies);
      assert.deepEqual(run(rules, [whole], 100, applies).matches, expected);
      assert.deepEqual(run(rules, whole.split(''), 100, applies).matches, expected);
    }),
    { seed: 20260123, numRuns: 300 },
  );
});

test('matcher at random: tiny limits cut every text alike, and hold no longer than they say', () => {
  fc.assert(
    fc.property(rulesOf(regexRule), text, fc.integer({ min: 2, max: 8 }), fc.array(fc.nat(20), { maxLength: 4 }), (rules, whole, holdChars, cuts) => {
      const expected = run(rules, whole.split(''), holdChars).matches;
      assert.deepEqual(run(rules, [whole], holdChars).matches, expected);
      assert.deepEqual(run(rules, pieces(whole, cuts), holdChars).matches, expected);
      checkFrontiers(rules, whole, holdChars);
    }),
    { seed: 20260124, numRuns: 300 },
  );
});

/** Patterns in which nothing is undecided longer than it must be, so that continuations can be the oracle of a limit. */
const TIGHT = [
  'a*b', 'a+', 'a+?b', '(?:ab)+', 'a{2,}c?', 'ab|a', 'a|ab', '\\ba+\\b', 'a+(?=b)', 'a(?!b)', 'a(?!bb)', 'b+$', '^a+b', '[^a]+a', '(?:a|b)*c', 'a(?:b*c)?',
  '(?<=b)a+', '(?:(?!bb)[abc])+', '😀+', '.+b', '[ab]{3}', 'a.{0,3}b', '(?:a*)*b', '(?:|a)+', 'a(?=.{0,2}c)',
];

test('matcher: an offer that needs more than the limit is none', () => {
  const alphabet = ['a', 'b', 'c', ' ', '😀', '\n'];
  const continuations = ['', ...alphabet, ...alphabet.flatMap((one) => alphabet.map((two) => one + two)), 'aaab', 'bbbc', 'aaac', '\ude00', '\ude00a', '\ude00b'];
  const someText = fc.array(fc.constantFrom('a', 'a', 'b', 'b', 'c', ' ', '😀'), { maxLength: 14 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(fc.subarray(TIGHT, { minLength: 1, maxLength: 3 }), someText, fc.integer({ min: 2, max: 9 }), (sources, whole, holdChars) => {
      const rules = sources.map((one) => rule('regex', one));
      assert.deepEqual(run(rules, [whole], holdChars).matches, oracle(rules, whole, holdChars, continuations));
    }),
    { seed: 20260125, numRuns: 1_500 },
  );
});
