import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileMatcher } from '../../../src/core/rules/matcher.js';
import type { PatternRule } from '../../../src/core/rules/rule-set.js';
import { oracle, rule, run } from './matcher-oracle.js';

/** Whole, unit by unit, and cut in two at every place. */
function everyCut(text: string): string[][] {
  const cuts = [[text], text.split('')];
  for (let at = 1; at < text.length; at++) cuts.push([text.slice(0, at), text.slice(at)]);
  return cuts;
}

const literal = (value: string, flags = '', word = false): PatternRule => rule('literal', value, flags, { word });
const regex = (value: string, flags = '', more: Partial<PatternRule> = {}): PatternRule => rule('regex', value, flags, more);

const TABLE: readonly (readonly [name: string, rules: readonly PatternRule[], text: string, found: readonly string[]])[] = [
  ['leftmost start first', [literal('bcd'), literal('ab')], 'abcd', ['1:ab']],
  ['longest at one start', [literal('ab'), literal('abc')], 'abcabd', ['1:abc', '0:ab']],
  ['first rule among equals', [regex('a+b'), literal('aab')], 'aab', ['0:aab']],
  ['a longer one that comes to nothing', [literal('a'), literal('abcx')], 'abcy', ['0:a']],
  ['an inner match after an outer failed', [literal('abcd'), literal('bc')], 'abce', ['1:bc']],
  ['no overlap', [literal('aa')], 'aaaaa', ['0:aa', '0:aa']],
  ['look-behind sees replaced text', [regex('(?<=a)b'), literal('a')], 'ab', ['1:a', '0:b']],
  ['empty matches are ignored', [regex('x*'), literal('b')], 'abxx', ['1:b', '0:xx']],
  ['an empty match hides what is less preferred', [regex('|a')], 'aa', []],
  ['order of preference, not length, within a rule', [regex('a|ab')], 'ab', ['0:a']],
  ['lazy', [regex('a+?b??')], 'aab', ['0:a', '0:a']],
  ['words: near misses', [literal('cat', '', true)], 'cats concat cat_ Cat cat', ['0:cat']],
  ['words: punctuation has no boundary of its own', [literal('.net', '', true)], 'a.net .net .nets', ['0:.net', '0:.net']],
  ['words under i: long s is a word character', [literal('a', 'i', true)], 'a\u017f \u212aa A', ['0:A']],
  ['words without i: it is not', [literal('a', '', true)], 'a\u017f', ['0:a']],
  ['case folding of long s and Kelvin', [literal('ski', 'i')], '\u017f\u212aI', ['0:\u017f\u212aI']],
  ['no full case folding', [literal('strasse', 'i'), literal('ß', 'i')], 'STRAßE ẞ', ['1:ß', '1:ẞ']],
  ['astral case folding', [literal('\u{10400}x', 'i')], '\u{10428}X \u{10400}x', ['0:\u{10428}X', '0:\u{10400}x']],
  ['half a character does not match in a whole one', [literal('\ud83d')], '\u{1f600} \ud83d', ['0:\ud83d']],
  ['low surrogate alone', [literal('\ude00')], '\u{1f600}\ude00', ['0:\ude00']],
  ['dot takes a whole character', [regex('a.b')], 'a\u{1f600}b', ['0:a\u{1f600}b']],
  ['end of line and of text', [regex('a$', 'm')], 'ab a\na', ['0:a', '0:a']],
  ['end of text only', [regex('a$')], 'a\na', ['0:a']],
  ['start of line', [regex('^a', 'm'), regex('^b')], 'ba\na b', ['1:b', '0:a']],
  ['negative look-ahead', [regex('foo(?!bar)')], 'foobar foobaz foo', ['0:foo', '0:foo']],
  ['look-ahead in a loop', [regex('(?:(?!end)[a-z])+end')], 'xend aendend', ['0:xend', '0:aend']],
  ['words of one rule: the preferred hides the longer', [regex('\\b(?:foo|foo bar)\\b')], 'foo bar', ['0:foo']],
  ['words of one rule: the boundary tells them apart', [regex('\\b(?:ok|okay)\\b', 'i')], 'Okay OK oka', ['0:Okay', '0:OK']],
  ['optional spelling', [regex('\\b(?:e-?mail|OAuth ?2)s?\\b', 'i')], 'Email e-mails oauth2 oauth 2s e--mail', ['0:Email', '0:e-mails', '0:oauth2', '0:oauth 2s']],
  ['modifiers of the whole rule', [regex('a.c', 's'), regex('A.C', 'i')], 'a\nc a-c', ['0:a\nc', '0:a-c']],
];

for (const [name, rules, text, found] of TABLE) {
  test(`matcher: ${name}`, () => {
    const expected = oracle(rules, text);
    assert.deepEqual(expected.map((m) => `${String(m.rule)}:${text.slice(m.start, m.end)}`), found);
    for (const pieces of everyCut(text)) assert.deepEqual(run(rules, pieces).matches, expected, JSON.stringify(pieces));
  });
}

const FRONTIERS: readonly (readonly [name: string, rules: readonly PatternRule[], text: string, frontiers: readonly number[]])[] = [
  ['nothing begins', [literal('foo'), regex('\\$\\d+ k')], 'abc d', [1, 2, 3, 4, 5]],
  ['held from its first letter', [literal('foo')], 'xfog', [1, 1, 1, 4]],
  ['no word begins within a word', [literal('foo', '', true)], 'xfoo', [1, 2, 3, 4]],
  ['nor for a regex', [regex('\\bfoo+\\b')], 'xfoo', [1, 2, 3, 4]],
  ['decided at once where nothing longer can win', [literal('foo')], 'foo!', [0, 0, 3, 4]],
  ['undecided at a boundary', [literal('foo', '', true)], 'foo b', [0, 0, 0, 4, 5]],
  ['a longer rival', [literal('foo'), literal('foobar')], 'foobaz', [0, 0, 0, 0, 0, 6]],
  ['a dead prefix frees the later start', [literal('aab')], 'aaac', [0, 0, 1, 4]],
  ['half a character that could begin one', [literal('\u{1f600}!')], 'a\u{1f600}?', [1, 1, 1, 4]],
  ['half a character that could not', [regex('[a-z]+\\d')], '\u{1f600}', [1, 2]],
  ['half a character a regex could begin with', [regex('\\u{1F600}+!')], '\u{1f600}?', [0, 0, 3]],
  ['look-behind is asked before anything is held', [regex('(?<=\\$)a+b')], 'xa$ac', [1, 2, 3, 3, 5]],
  ['negative look-ahead holds while it is open', [regex('fo(?!ur)')], 'foux', [0, 0, 0, 4]],
];

for (const [name, rules, text, frontiers] of FRONTIERS) {
  test(`matcher frontier: ${name}`, () => {
    assert.deepEqual(run(rules, text.split('')).frontiers.slice(0, -1), frontiers);
  });
}

test('matcher: refuses with words for the author, and compiles the rest', () => {
  const refused: readonly (readonly [PatternRule, RegExp])[] = [
    [regex('(a)\\1'), /backreference.*character 4: \\1/],
    [regex('a(?=.*b)'), /look-ahead is unbounded.*character 2/],
    [regex('(?<!a+)b'), /look-behind is unbounded/],
    [regex('(?=a{300})a'), /longer than 256/],
    [regex('(a{50}){50}'), /too large: more than 2000 steps/],
    [regex('a('), /Invalid regular expression.*Unterminated group/],
    [regex('a', 'g'), /flag "g"/],
    [regex('a)|(?:b', '', { word: true }), /Invalid regular expression/],
    [regex('(?<=a\\b)b'), /boundary at the end of a look-behind/],
    [regex('(?=a(?<=b))a'), /look-behind inside another/],
    [regex('(?=(a))a', '', { expand: true }), /groups inside look-around/],
    [literal('x'.repeat(101)), /longer than 100/],
    [literal('x', 'm'), /flag "m"/],
  ];
  const { matcher, faults } = compileMatcher([...refused.map(([one]) => one), literal('ok')], { holdChars: 100 });
  assert.equal(faults.length, refused.length);
  for (const [i, [, message]] of refused.entries()) {
    assert.equal(faults[i]?.index, i);
    assert.match(faults[i].message, message);
  }
  const running = matcher?.start(() => true);
  running?.push('ok');
  assert.deepEqual(running?.take(), [{ start: 0, end: 2, rule: refused.length, groups: null }]);
  assert.equal(compileMatcher([], { holdChars: 100 }).matcher, null);
});

test('matcher: groups of rules with expand', () => {
  const rules = [
    regex('(a)|(?<x>b)(c)?', '', { expand: true }), regex('(?:(d)|(e))+(?=f|$)', '', { expand: true }), rule('literal', 'Z', 'i', { expand: true }),
  ];
  const text = 'a bc b dedef zZ de';
  const expected = oracle(rules, text);
  assert.deepEqual(expected.map((m) => m.groups), [
    ['a', 'a', undefined, undefined], ['bc', undefined, 'b', 'c'], ['b', undefined, 'b', undefined], ['dede', undefined, 'e'], ['z'], ['Z'], ['de', undefined, 'e'],
  ]);
  for (const pieces of everyCut(text)) assert.deepEqual(run(rules, pieces).matches, expected);
});

test('matcher: a rule that does not apply at a start is not there', () => {
  const rules = [literal('abc'), regex('ab'), regex('(?:a|ab)\\b|b')];
  const text = 'abc abc';
  const applies = (one: number, start: number): boolean => !(one === 0 && start === 0);
  for (const pieces of everyCut(text)) assert.deepEqual(run(rules, pieces, 100, applies).matches, oracle(rules, text, Infinity, [], applies));
  const asked: string[] = [];
  run(rules, [text], 100, (one, start) => {
    asked.push(`${String(one)}@${String(start)}`);
    return false;
  });
  assert.equal(new Set(asked).size, asked.length);
});

test('matcher: what was let go does not match, later starts do, and look-behind still sees it', () => {
  const { matcher } = compileMatcher([literal('aaaab'), regex('(?<=aa)a*b')], { holdChars: 100 });
  const running = matcher?.start(() => true);
  assert.equal(running?.push('aaa'), 0);
  running?.letGo(3);
  assert.equal(running?.push(''), 3);
  assert.equal(running?.push('ab'), 5);
  assert.deepEqual(running?.take(), [{ start: 3, end: 5, rule: 1, groups: null }]);
});

const SETS = ['pattern_match', 'pattern_clean'].map((name) => new URL(`../../../../shared/data/dev/${name}.jsonl`, import.meta.url));

test('matcher: the development set, whole and in pieces', { skip: SETS.every((file) => existsSync(file)) ? false : 'the development set is not here' }, () => {
  interface Case {
    readonly id: string;
    readonly text: string;
    readonly expected_text?: string;
    readonly context: { readonly rules: readonly { type: 'literal' | 'regex'; pattern: string; flags?: string; replacement: string }[] };
  }
  for (const file of SETS) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const one = JSON.parse(line) as Case;
      const rules = one.context.rules.map((r) => rule(r.type, r.pattern, r.flags ?? ''));
      const { matches } = run(rules, one.text.match(/[^]{1,5}/g) ?? []);
      assert.deepEqual(run(rules, [one.text]).matches, matches, one.id);
      let at = 0;
      let output = '';
      for (const match of matches) {
        output += one.text.slice(at, match.start) + (one.context.rules[match.rule]?.replacement ?? '');
        at = match.end;
      }
      assert.equal(output + one.text.slice(at), one.expected_text ?? one.text, one.id);
    }
  }
});
