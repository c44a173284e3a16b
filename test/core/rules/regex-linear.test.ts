import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMatcher } from '../../../src/core/rules/matcher.js';
import { CompiledRun } from '../../../src/core/rules/matcher-run.js';
import { oracle, rule, run } from './matcher-oracle.js';

/** Patterns that make a backtracking engine square, cubic or worse, the text that does it, and steps a character. */
const ADVERSARIES: readonly (readonly [pattern: string, text: string, steps: number])[] = [
  ['\\p{L}*[éèü]\\p{L}*', 'a', 6],
  ['a*b', 'a', 6],
  ['(a|a)*b', 'a', 6],
  ['(a*)*b', 'a', 6],
  ['[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}', 'a', 6],
  ['[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}', 'a@a.', 8],
  ['(x+x+)+y', 'x', 6],
  ['(?:(?!foo).)*bar', 'fo', 6],
  ['(?<!b.{0,40})a+c', 'a', 6],
  ['[xa](?:[xa]*b)?', 'xa', 6],
  ['(?:a|b)*a(?:a|b){10}c', 'aabbabaaab', 20],
  // These must know how far each start is, and so take as many steps as their bound.
  ['[a-z]{1,100}x', 'a', 110],
  ['(?=a{0,100}b)a+', 'a', 110],
];

for (const [pattern, unit, steps] of ADVERSARIES) {
  test(`regex: linear work for ${pattern} on ${unit}…`, () => {
    const { matcher } = compileMatcher([rule('regex', pattern)], { holdChars: 4_096 });
    const running = matcher?.start(() => true);
    assert.ok(running instanceof CompiledRun);
    const piece = unit.repeat(Math.ceil(1_000 / unit.length));
    let length = 0;
    let half = 0;
    for (let i = 0; i < 40; i++) {
      if (i === 20) half = running.work;
      length += piece.length;
      const frontier = running.push(piece);
      assert.ok(length - frontier <= 4_096);
    }
    assert.ok(running.work <= steps * length, `${String(running.work / length)} steps a character`);
    assert.ok(running.work - half <= 1.3 * half + 20 * 4_096, 'the second half costs what the first did');
    running.end();
  });
}

test('regex: exact when the cache of states overflows', () => {
  let seed = 5;
  const text = Array.from({ length: 6_000 }, (_, i) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return i % 60 === 59 ? 'c ' : seed >>> 30 < 2 ? 'a' : 'b';
  }).join('');
  const rules = [rule('regex', '(?:a|b)*a(?:a|b){11}c'), rule('regex', 'b(?:a|b){12}c ')];
  const expected = oracle(rules, text);
  assert.ok(expected.length > 20);
  assert.deepEqual(run(rules, [text]).matches, expected);
  assert.deepEqual(run(rules, text.match(/.{1,7}/g) ?? []).matches, expected);
});

test('regex: many runs of one matcher at once do not disturb each other', () => {
  const rules = [rule('regex', '[ab]+c'), rule('regex', '(?:ab)*d'), rule('regex', 'b{2,9}')];
  const { matcher } = compileMatcher(rules, { holdChars: 50 });
  const texts = ['abababd', 'aabbbbc', 'bbbbbbbbbbbb', 'ababacabd'];
  const runs = texts.map(() => matcher?.start(() => true));
  for (let at = 0; at < 12; at++) for (const [i, one] of texts.entries()) runs[i]?.push(one.charAt(at));
  for (const [i, one] of texts.entries()) {
    runs[i]?.end();
    assert.deepEqual(runs[i]?.take(), oracle(rules, one));
  }
});
