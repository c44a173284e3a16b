import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import type { Finding } from '../../../src/core/detect/detector.js';
import { TextBody } from '../../../src/core/rewrite/text-body.js';
import { compileRuleSet } from '../../../src/core/rules/compile.js';
import type { PatternRule, RuleSet } from '../../../src/core/rules/rule-set.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { oracle } from '../rules/matcher-oracle.js';
import { occurrences, type Word, wordDetector } from '../text/fake-detectors.js';
import { correctWhole } from '../text/rewrite-text.js';
import { codecOf, cut, dice, literalOf, type Shape, SHAPES } from './bodies.js';
import { channelContext, Drive } from './drive.js';

/*
 * The output depends on the text alone: random texts with planted hits, each cut in many ways, give one and the same
 * corrected text, which is what an oracle makes of the whole text at once.
 */

const EVERYWHERE = { scopes: ['prose', 'code'] } as const;

const RULES: readonly PatternRule[] = [
  literal('teh', 'the', EVERYWHERE),
  literal('recieve', 'receive', EVERYWHERE),
  literal('reci', 'RECI', EVERYWHERE),
  literal('\u{1f600}', '\u{1f642}\u{1f642}', EVERYWHERE),
  literal('\u{1f600}!', '', EVERYWHERE),
  literal('a"b\\c', '"\n\t\\', EVERYWHERE),
  literal('\n\n\n', '\n\n', EVERYWHERE),
  literal('é', 'e\u0301', EVERYWHERE),
  literal('aab', 'baa', EVERYWHERE),
  literal('x-ray', null, EVERYWHERE),
];

const REGEXES: readonly PatternRule[] = [
  literal('\\bcolou?rs?\\b', 'hue', { ...EVERYWHERE, match: 'regex' }),
  literal('(\\d+) (?:mins|hrs)\\b', '[$1]', { ...EVERYWHERE, match: 'regex', expand: true }),
  literal('a{2,5}c', '', { ...EVERYWHERE, match: 'regex' }),
];

const NOTED: readonly Word[] = [
  { word: '1969', expected: '1970', strategy: 'insert' },
  { word: 'teh 1', expected: 'THE', strategy: 'replace', confidence: 0.5 },
  { word: 'maybe', strategy: 'report' },
];

const VOCABULARY = [
  ...[...RULES, ...NOTED.map(({ word }) => ({ value: word }))].map(({ value }) => value),
  'colour', 'colors', 'colouring', '12 mins', '7 hrs', '7 hrsx', 'aaac', 'aaaaaac', '`1969`', '(1969)',
  'plain', 'words', 'te', 'rec', 'reciev', '\u{1f601}', '\u{1f600}', '日本', '\ud83d', '\ude00', '"', '\\', '\\n', '\n', '\u0000', '</b>', '&', '\u2028', 'aa', 'b', 'c', '19',
];

function randomText(seed: number): string {
  const roll = dice(seed);
  let text = '';
  for (let words = 3 + roll(14); words > 0; words -= 1) text += (VOCABULARY[roll(VOCABULARY.length)] as string) + (roll(3) === 0 ? '' : ' ');
  return text;
}

function patternFindings(rules: readonly PatternRule[], text: string): Finding[] {
  return oracle(rules, text).map(({ start, end, rule, groups }) => {
    const { id, replacement, type, expand } = rules[rule] as PatternRule;
    const expected = expand && groups !== null && replacement !== null ? replacement.replace('$1', () => groups[1] ?? '') : replacement;
    return { start, end, verdict: { type, confidence: 1, detected: text.slice(start, end), expected, strategy: expected === null ? 'report' : 'replace', rule: id, reason: '' } };
  });
}

const DETECTORS = [patternMatch, wordDetector('incorrect_fact', NOTED)];

interface Wanted {
  readonly text: string;
  readonly corrections: readonly string[];
}

function wanted(rules: readonly PatternRule[], text: string): Wanted {
  return correctWhole(text, [patternFindings(rules, text), occurrences('incorrect_fact', NOTED, text)]);
}

function checkBody(shape: Shape, rules: RuleSet, text: string, seed: number, want: Wanted): void {
  const roll = dice(seed);
  // From tokens of one unit, halves of characters among them, to the whole text in one; from single bytes to one read.
  const tokens = cut(text, [text.length * 2, 2 + roll(20), 1 + roll(8), 1][seed % 4] as number, roll);
  const body = Buffer.from(shape.body(tokens, (token) => literalOf(token, roll)));
  const drive = new Drive(codecOf(shape), { rules, detectors: DETECTORS });
  drive.reads(cut(body, [1, 3, 12, 40, 120][seed % 5] as number, roll)).end();
  const problem = `${shape.name}, seed ${seed}`;
  assert.equal(shape.text(drive.text), want.text, problem);
  assert.deepEqual(drive.corrections, want.corrections.map((line) => `${shape.channel} ${line}`), problem);
  assert.deepEqual([drive.bailouts, drive.faults], [[], []], problem);
  if (want.text === text) assert.ok(drive.out.equals(body), `${problem}: untouched bytes`);
}

function check(rules: RuleSet, patterns: readonly PatternRule[], texts: number, cuttings: number): { edits: number } {
  let edits = 0;
  for (let seed = 0; seed < texts; seed += 1) {
    const text = randomText(seed);
    const want = wanted(patterns, text);
    edits += want.corrections.length;
    for (let cutting = 0; cutting < cuttings; cutting += 1) {
      checkBody(SHAPES[(seed + cutting) % SHAPES.length] as Shape, rules, text, seed * 1_000 + cutting, want);
    }
  }
  return { edits };
}

test('1,000 texts, 20 cuttings each: NDJSON, SSE and documents give what the whole text gives', (t) => {
  const patterns = [...RULES, ...REGEXES];
  const rules = compileRuleSet(patterns, [], new Set(), [], { holdChars: 4_096 });
  assert.deepEqual(rules.faults, []);
  const { edits } = check(rules, patterns, 1_000, 20);
  t.diagnostic(`${edits} corrections in 1,000 texts`);
  assert.ok(edits > 3_000, `${edits} planted hits`);
});

test('the same with a matcher of plain string comparison in the place of the real one', () => {
  check(stubRules(RULES), RULES, 100, 4);
});

test('1,000 texts, 8 cuttings each: bare text gives what the whole text gives', () => {
  const patterns = [...RULES, ...REGEXES];
  const rules = compileRuleSet(patterns, [], new Set(), [], { holdChars: 4_096 });
  for (let seed = 0; seed < 1_000; seed += 1) {
    const text = randomText(seed).toWellFormed();
    const want = wanted(patterns, text);
    const bytes = Buffer.from(text);
    for (let cutting = 0; cutting < 8; cutting += 1) {
      const out: Buffer[] = [];
      const corrections: string[] = [];
      const body = new TextBody(channelContext({ rules, detectors: DETECTORS }), {
        out: (piece) => out.push(piece),
        corrected: ({ start, end, verdict, action }) => corrections.push(`${start}-${end} ${verdict.type} ${action}`),
        fault: (message) => assert.fail(message),
      });
      for (const read of cut(bytes, [1, 4, 30, 200][cutting % 4] as number, dice(seed * 1_000 + cutting))) body.write(read);
      body.end();
      assert.equal(Buffer.concat(out).toString(), want.text, `seed ${seed}, cutting ${cutting}`);
      assert.deepEqual(corrections, want.corrections);
    }
  }
});
