import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMatcher, type Matcher } from '../../../src/core/rules/matcher.js';
import type { PatternRule } from '../../../src/core/rules/rule-set.js';
import { isBoundary, nativeOf, rule, type Found } from './matcher-oracle.js';

/** Few, so that rules begin alike, contain each other and overlap; some fold in odd ways, some are two units long. */
const SYLLABLES = ['ka', 'KA', 'lo', 'mi', 'Mi', 'ss', 'ſ', 'é', 'É', 'ß', '😀', '𐐀', '𐐨', '-', '_', ' ', '.', '1', 'к', 'К', '中', 'ع', '\u200d', 'K'];

class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  word(least: number, most: number): string {
    return Array.from({ length: least + this.below(most - least + 1) }, () => this.of(SYLLABLES)).join('');
  }
}

function literals(dice: Dice, count: number): PatternRule[] {
  const made: PatternRule[] = [];
  while (made.length < count) {
    // Every third one goes on where an earlier one ends, or stops before that.
    const last = made.length > 0 && dice.below(3) === 0 ? dice.of(made).value : '';
    const value = dice.below(2) === 0 || last.length < 2 ? last + dice.word(2, 5) : last.slice(0, 1 + dice.below(last.length - 1));
    if (isBoundary(value, value.length) && !/[\ud800-\udbff]$/.test(value)) made.push(rule('literal', value, dice.of(['', 'i']), { word: dice.below(3) === 0 }));
  }
  return made;
}

const SHAPES: readonly ((dice: Dice) => string)[] = [
  (dice) => `\\b${escaped(dice.word(1, 2))}(?:ka|lo)?\\s?${escaped(dice.word(1, 2))}`,
  (dice) => `${escaped(dice.word(1, 2))}[\\d_-]{1,3}`,
  (dice) => `(?:${escaped(dice.word(1, 2))}|${escaped(dice.word(1, 3))})+${escaped(dice.word(1, 1))}`,
  (dice) => `(?<![\\p{L}])${escaped(dice.word(1, 2))}.{0,2}${escaped(dice.word(1, 1))}`,
  (dice) => `${escaped(dice.word(1, 2))}(?=${escaped(dice.word(1, 1))})`,
  (dice) => `${escaped(dice.word(2, 3))}\\p{Lu}?`,
];

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function regexes(dice: Dice, count: number): PatternRule[] {
  return Array.from({ length: count }, (_, index) => rule('regex', (SHAPES[index % SHAPES.length] as (dice: Dice) => string)(dice), dice.of(['', 'i', 'u'])));
}

/** Pieces of what the rules look for, whole and cut off, in either case. */
function textOf(dice: Dice, rules: readonly PatternRule[], units: number): string {
  let text = '';
  while (text.length < units) {
    const value = dice.of(rules).match === 'literal' ? dice.of(rules.slice(0, 10_000)).value : dice.word(1, 4);
    const part = dice.below(3) === 0 ? value.slice(0, 1 + dice.below(value.length)) : value;
    text += dice.below(4) === 0 ? part.toUpperCase() : part;
    if (dice.below(4) === 0) text += ' ';
  }
  return text;
}

/** What the contract says, literally; the native expressions are made once. */
function wholeText(natives: readonly RegExp[], text: string): Found[] {
  const found: Found[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at;
    let best = -1;
    if (isBoundary(text, at)) {
      for (const [index, native] of natives.entries()) {
        native.lastIndex = at;
        if (native.test(text) && native.lastIndex > end) [end, best] = [native.lastIndex, index];
      }
    }
    if (best < 0) at += 1;
    else {
      found.push({ start: at, end, rule: best, groups: null });
      at = end;
    }
  }
  return found;
}

function matched(matcher: Matcher, pieces: Iterable<string>): Found[] {
  const run = matcher.start(() => true);
  const found: Found[] = [];
  for (const piece of pieces) {
    run.push(piece);
    found.push(...run.take());
  }
  run.end();
  return [...found, ...run.take()].map((match) => ({ ...match }));
}

test('matcher: 10,000 literals and 1,000 regexes match as the oracle says, however the text is cut', (t) => {
  const dice = new Dice(20_260_127);
  const rules = [...literals(dice, 10_000), ...regexes(dice, 1_000)];
  const { matcher, faults } = compileMatcher(rules, { holdChars: 4_096 });
  assert.deepEqual(faults, []);
  assert.ok(matcher !== null);
  const natives = rules.map(nativeOf);
  let matches = 0;
  const used = new Set<number>();
  for (let round = 0; round < 4; round += 1) {
    const text = textOf(dice, rules, 160);
    const expected = wholeText(natives, text);
    assert.deepEqual(matched(matcher, [text]), expected, 'whole');
    assert.deepEqual(matched(matcher, text.split('')), expected, 'unit by unit');
    for (let cut = 1 + dice.below(5); cut < text.length; cut += 1 + dice.below(9)) assert.deepEqual(matched(matcher, [text.slice(0, cut), text.slice(cut)]), expected, `cut at ${cut}`);
    matches += expected.length;
    for (const match of expected) used.add(match.rule);
  }
  t.diagnostic(`${matches} matches of ${used.size} rules`);
  assert.ok(used.size > 100 && [...used].some((index) => index >= 10_000));
});
