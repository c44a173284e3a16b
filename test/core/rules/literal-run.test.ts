import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiteralRun } from '../../../src/core/rules/literal-run.js';
import { buildAutomaton, type Literal } from '../../../src/core/rules/literal-trie.js';

let seed = 11;
function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

function word(letters: string, most: number): string {
  return Array.from({ length: 1 + random(most) }, () => letters[random(letters.length)]).join('');
}

const isWord = (char: string): boolean => /^\w$/.test(char);

/** Every literal at every place, by comparing strings. */
function naive(literals: readonly Literal[], text: string, folded: boolean): string[] {
  const fold = (one: string): string => (folded ? one.toLowerCase() : one);
  const found: string[] = [];
  for (const { text: value, rule, boundaryBefore, boundaryAfter } of literals) {
    const sought = fold(value);
    for (let at = fold(text).indexOf(sought); at >= 0; at = fold(text).indexOf(sought, at + 1)) {
      const end = at + value.length;
      if (boundaryBefore && isWord(text.charAt(at - 1)) === isWord(text.charAt(at))) continue;
      if (boundaryAfter && isWord(text.charAt(end - 1)) === isWord(text.charAt(end))) continue;
      found.push(`${String(rule)}:${String(at)}-${String(end)}`);
    }
  }
  return found.sort();
}

function automatic(literals: readonly Literal[], text: string, folded: boolean, size: number): string[] {
  const found: string[] = [];
  const running = new LiteralRun(buildAutomaton(literals, folded), (rule, start, end) => found.push(`${String(rule)}:${String(start)}-${String(end)}`));
  for (let at = 0; at < text.length; at += size) running.read(text.slice(at, at + size), 0, Math.min(size, text.length - at), at);
  running.finish(text.length);
  return found.sort();
}

for (const folded of [false, true]) {
  test(`literals: all that occur are found${folded ? ', whatever their case' : ''}`, () => {
    for (let round = 0; round < 300; round++) {
      const count = 1 + random(30);
      const literals = Array.from({ length: count }, (_, rule) => ({
        text: word('abAB .', 6), rule, boundaryBefore: random(3) === 0, boundaryAfter: random(3) === 0,
      }));
      const text = word('ababAB .', 60);
      for (const size of [1, 3, 100]) assert.deepEqual(automatic(literals, text, folded, size), naive(literals, text, folded));
    }
  });
}

test('literals: ten thousand, most of them too deep for whole rows', () => {
  const literals = Array.from({ length: 10_000 }, (_, rule) => ({
    text: word('etaoinshrdlucmfwypvbgkqjxz', 6) + word('etaoinshrdlucmfwypvbgkqjxz ', 20), rule, boundaryBefore: false, boundaryAfter: false,
  }));
  const automaton = buildAutomaton(literals, false);
  assert.ok(automaton.denseNodes < automaton.fail.length);
  // Whole literals, their heads and tails, run together.
  const text = Array.from({ length: 400 }, () => {
    const one = literals[random(literals.length)]?.text ?? '';
    return random(2) === 0 ? one : one.slice(random(4), one.length - random(4));
  }).join('');
  assert.deepEqual(automatic(literals, text, false, 5), naive(literals, text, false));
});

test('literals: the open start is the longest beginning of one that ends here', () => {
  const literals = ['abcd', 'bcx', 'c'].map((text, rule) => ({ text, rule, boundaryBefore: false, boundaryAfter: false }));
  const running = new LiteralRun(buildAutomaton(literals, false), () => undefined);
  running.read('zabc', 0, 4, 0);
  assert.equal(running.openFrom(0, 4), 1);
  assert.equal(running.openFrom(2, 4), 2);
  assert.equal(running.openFrom(3, 4), Infinity);
});
