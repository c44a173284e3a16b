import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRADICTIONS, NEAR_MISSES } from '../../../bench/quality/logic-cases.js';
import * as chat from '../../../bench/quality/logic-chat.js';
import * as chatNear from '../../../bench/quality/logic-chat-near.js';
import * as second from '../../../bench/quality/logic-second.js';
import * as fresh from '../../../bench/quality/logic-fresh.js';
import { excludes, type FactValue } from '../../../src/core/detect/claim-facts.js';
import { placesExclude } from '../../../src/core/detect/claim-phrases.js';
import { referenceIn, sameSubject } from '../../../src/core/detect/claim-subject.js';
import { everySplit } from '../../helpers/every-split.js';
import { contradictions } from './contradiction-run.js';

const pieces = (text: string): string[] => text.match(/.{1,5}/gsu) ?? [];

test('claim facts: contradictions in other words are found, and it is the later statement that is marked', () => {
  const missed: string[] = [];
  for (const [, marked] of CONTRADICTIONS) {
    const text = marked.replace(/[«»]/g, '');
    const { found } = contradictions(pieces(text));
    if (found.length === 0) missed.push(marked);
    const later = /«([^»]*)»/.exec(marked)?.[1];
    if (later !== undefined && found.length > 0) assert.ok(found.some(({ verdict }) => later.includes(verdict.detected) || verdict.detected.includes(later)), marked);
  }
  assert.ok(missed.length <= CONTRADICTIONS.length * 0.05, missed.join('\n'));
});

test('claim facts: of contradictions written later, most are found', () => {
  const caught = fresh.CONTRADICTIONS.filter(([, marked]) => contradictions(pieces(marked.replace(/[«»]/g, ''))).found.length > 0).length;
  assert.ok(caught >= fresh.CONTRADICTIONS.length * 0.7, `${caught} of ${fresh.CONTRADICTIONS.length}`);
});

test('claim facts: of short contradictions written after that, most are found', () => {
  const caught = second.CONTRADICTIONS.filter(([, marked]) => contradictions(pieces(marked.replace(/[«»]/g, ''))).found.length > 0).length;
  assert.ok(caught >= second.CONTRADICTIONS.length * 0.8, `${caught} of ${second.CONTRADICTIONS.length}`);
});

test('claim facts: of contradictions as chat models make them, more than half are found', () => {
  const caught = chat.CONTRADICTIONS.filter(([, marked]) => contradictions(pieces(marked.replace(/[«»]/g, ''))).found.length > 0).length;
  assert.ok(caught >= chat.CONTRADICTIONS.length * 0.5, `${caught} of ${chat.CONTRADICTIONS.length}`);
});

test('claim facts: what only looks like a contradiction is left alone', () => {
  assert.ok(NEAR_MISSES.length >= CONTRADICTIONS.length, 'as many near misses as hits');
  for (const text of [...NEAR_MISSES, ...fresh.NEAR_MISSES, ...chatNear.NEAR_MISSES, ...second.NEAR_MISSES]) assert.deepEqual(contradictions(pieces(text)).found.map(({ verdict }) => verdict.detected), [], text);
});

const SPLIT: readonly { readonly name: string; readonly text: string; readonly later: string | null }[] = [
  { name: 'a participle', text: 'Ida Berg is a poet. She was born in 1951. Born in 1957, Berg lives in Oslo.', later: 'Born in 1957, Berg lives in Oslo.' },
  { name: 'the passive', text: 'Redis keeps keys in memory. Keys are not kept in memory by Redis.', later: 'Keys are not kept in memory by Redis.' },
  { name: 'the kind of thing', text: 'Dune Sky is a film. It was directed by Ann Lee. The film was directed by Bo Ek.', later: 'The film was directed by Bo Ek.' },
  { name: 'a dot in a degree', text: 'Al Roy got his Ph.D. from MIT in 1990. Roy earned his Ph.D. from Yale.', later: 'Roy earned his Ph.D. from Yale.' },
  { name: 'a bullet too many', text: 'There are two reasons:\n- One.\n- Two.\n- Three.\n', later: '- Three.' },
  { name: 'an answer given twice', text: 'The answer is 42.\n\nAnswer: 45\n', later: 'Answer: 45' },
  { name: 'another person', text: 'Ida Berg was born in 1951. Her son was born in 1957.', later: null },
  { name: 'another item', text: '- **Ant**: It was released in 2011.\n- **Bee**: It was released in 2016.\n', later: null },
  { name: 'another heading', text: '## Ant\n\nIt was released in 2011.\n\n## Bee\n\nIt was released in 2016.\n', later: null },
  { name: 'more is denied than was said', text: 'Redis has sorted sets. Redis has no nested sorted sets.', later: null },
  { name: 'two values in one sentence', text: 'Ida Berg was born in 1951. Ida Berg was born in 1957 or Ida Berg was born in 1951.', later: null },
  { name: 'another question', text: 'The answer is 42. And the second one? The answer is 45.', later: null },
];

for (const { name, text, later } of SPLIT) {
  test(`claim facts: however it is cut, ${name}`, () => {
    everySplit(text, (cut) => assert.deepEqual(contradictions(cut).found.map(({ verdict }) => verdict.detected), later === null ? [] : [later]));
  });
}

const amount = (value: number, bound: 'exact' | 'about' | 'least' | 'most' = 'exact'): FactValue => ({ kind: 'amount', value, bound });
const names = (...parts: string[]): FactValue => ({ kind: 'name', parts });
const VALUES: readonly (readonly [FactValue, FactValue, boolean])[] = [
  [amount(3), amount(4), true], [amount(1_200, 'about'), amount(1_250), false], [amount(50, 'least'), amount(60), false], [amount(50, 'least'), amount(20), true], [amount(60), amount(50, 'most'), true],
  [amount(1_234_567), amount(1_200_000), false], [amount(1_234), amount(2_345), true],
  [names('MIT'), names('Massachusetts Institute of Technology'), false], [names('Stanford University'), names('Princeton University'), true], [names('Ann Lee'), names('Lee'), false],
  [{ kind: 'span', from: 1970, to: 1978 }, { kind: 'span', from: 1972, to: 1979 }, true], [{ kind: 'span', from: 1970, to: 1974 }, { kind: 'span', from: 1974, to: 1978 }, false],
  [{ kind: 'word', word: 'yes' }, { kind: 'word', word: 'no' }, true], [{ kind: 'word', word: 'yes' }, { kind: 'word', word: 'yes' }, false],
];

for (const [one, other, expect] of VALUES) {
  test(`claim facts: ${JSON.stringify(one)} ${expect ? 'excludes' : 'allows'} ${JSON.stringify(other)}, both ways round`, () => {
    assert.equal(excludes(one, other), expect);
    assert.equal(excludes(other, one), expect);
  });
}

const PLACES: readonly (readonly [readonly string[], readonly string[], boolean])[] = [
  [['Toronto', 'Canada'], ['Chicago', 'Illinois'], true], [['Toronto', 'Canada'], ['Montreal', 'Canada'], true], [['France'], ['Germany'], true],
  [['Paris'], ['France'], false], [['Brooklyn', 'New York'], ['New York City'], false], [['Seville'], ['Bilbao', 'Spain'], true], [['Texas'], ['Dallas', 'United States'], false],
];

for (const [one, other, expect] of PLACES) {
  test(`claim facts: ${one.join(', ')} ${expect ? 'excludes' : 'allows'} ${other.join(', ')}`, () => {
    assert.equal(placesExclude(one, other), expect);
    assert.equal(placesExclude(other, one), expect);
  });
}

const SUBJECTS: readonly (readonly [string, string, boolean])[] = [
  ['ann lee', 'lee', true], ['ann marie lee', 'ann lee', true], ['ann lee', 'bo lee', false], ['the film 1', 'the film 2', false], ["ann lee 's father", 'father', false],
];
for (const [one, other, expect] of SUBJECTS) test(`claim facts: "${one}" and "${other}" are ${expect ? 'one' : 'two'}`, () => assert.equal(sameSubject(one, other), expect));

const BEFORE: readonly (readonly [string, string])[] = [
  ['In 1998, she', 'pronoun'], ['Ann Lee was', 'name'], ['Ann Lee, a painter,', 'name'], ['The film was first', 'definite'], ['Her father', 'owned'], ['and', 'rest'], ['The capital of Peru', 'owned'], ['Quercus robur', 'name'],
];
for (const [before, kind] of BEFORE) test(`claim facts: what stands before a verb, "${before}"`, () => assert.equal(referenceIn(before)?.kind, kind));

const SLOW: readonly { readonly name: string; readonly make: () => string }[] = [
  { name: 'facts of many subjects', make: () => Array.from({ length: 4_000 }, (_, k) => `Ann Lee${k} was born in ${1_000 + (k % 900)} in Rome and has ${2 + (k % 7)} children.`).join(' ') },
  { name: 'names without end', make: () => `${'Ann Lee of the Born '.repeat(45)}was born in Rome. `.repeat(100) },
  { name: 'commas and triggers', make: () => `${'born, founded, '.repeat(60)}in 1999. `.repeat(100) },
  { name: 'short sentences', make: () => 'It is so. '.repeat(40_000) },
];

for (const { name, make } of SLOW) {
  test(`claim facts: the second half of a text takes no longer than the first, ${name}`, () => {
    const text = make();
    const half = text.length >> 1;
    const took = [text.slice(0, half), text.slice(0, half) + text.slice(half)].map((part) => {
      const began = performance.now();
      contradictions([part]);
      return performance.now() - began;
    });
    const [first = 0, both = 0] = took;
    assert.ok(both < 6 * first + 500, `half took ${first} ms, all ${both} ms`);
  });
}
