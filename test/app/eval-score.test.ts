import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EvalCase, LabelledSpan } from '../../src/app/eval-cases.js';
import { overlaps, scoreClean, scoreFound, type ScoredCorrection } from '../../src/app/eval-score.js';
import type { Action, HallucinationType } from '../../src/core/types.js';

function labelled(fields: Partial<EvalCase> & { readonly text: string }): EvalCase {
  return {
    id: 'x', type: 'invalid_path', level: 'main', tier: null, spans: [], acceptTypes: [], cleanFor: [], collateralOk: false, cleanMentions: [], expectedText: null, where: 'x:1',
    context: { files: null, prompt: null, doneReason: 'stop', facts: [], rules: [] }, ...fields,
  };
}

function span(text: string, wrong: string, ...expected: string[]): LabelledSpan {
  const start = text.indexOf(wrong);
  return { start, end: start + wrong.length, detected: wrong, expected };
}

function fix(text: string, wrong: string, expected: string | null, action: Action = 'replace', type: HallucinationType = 'invalid_path'): ScoredCorrection {
  const start = text.indexOf(wrong);
  return { type, start, end: start + wrong.length, detected: wrong, expected, confidence: 0.9, action };
}

const TEXT = 'See `src/mian.ts` and `lib/utl.ts` there.';
const BOTH = [span(TEXT, 'src/mian.ts', 'src/main.ts', './src/main.ts'), span(TEXT, 'lib/utl.ts', 'lib/util.ts')];
const FIRST = BOTH.slice(0, 1);
const fixedFirst = TEXT.replace('src/mian.ts', 'src/main.ts');
const fixedBoth = fixedFirst.replace('lib/utl.ts', 'lib/util.ts');

interface FoundRow {
  readonly name: string;
  readonly case: EvalCase;
  readonly output: string;
  readonly corrections: readonly ScoredCorrection[];
  readonly expect: { readonly caught: boolean; readonly right: boolean };
}

const YES = { caught: true, right: true };
const CAUGHT = { caught: true, right: false };
const MISSED = { caught: false, right: false };
const one = labelled({ text: TEXT, spans: FIRST });
const two = labelled({ text: TEXT, spans: BOTH });
const goodFirst = fix(TEXT, 'src/mian.ts', 'src/main.ts');
const goodSecond = fix(TEXT, 'lib/utl.ts', 'lib/util.ts');
const contradiction = labelled({ text: 'It is on. It is off.', type: 'logic_contradiction', spans: [span('It is on. It is off.', 'It is off.')] });
const pattern = labelled({ text: 'a colour', type: 'pattern_match', spans: [span('a colour', 'colour', 'color')], expectedText: 'a color' });

const FOUND: readonly FoundRow[] = [
  { name: 'replaced as expected', case: one, output: fixedFirst, corrections: [goodFirst], expect: YES },
  { name: 'another accepted spelling', case: one, output: TEXT.replace('src/mian.ts', './src/main.ts'), corrections: [{ ...goodFirst, expected: './src/main.ts' }], expect: YES },
  { name: 'nothing done', case: one, output: TEXT, corrections: [], expect: MISSED },
  { name: 'replaced by something else', case: one, output: TEXT.replace('src/mian.ts', 'src/mean.ts'), corrections: [{ ...goodFirst, expected: 'src/mean.ts' }], expect: CAUGHT },
  { name: 'the right value reported only', case: one, output: TEXT, corrections: [{ ...goodFirst, action: 'report' }], expect: CAUGHT },
  { name: 'the right value only in a note', case: one, output: TEXT.replace('mian.ts`', 'mian.ts` [should be: src/main.ts]'), corrections: [{ ...goodFirst, action: 'annotate' }], expect: CAUGHT },
  { name: 'claims to replace, but the output has the old text', case: one, output: TEXT, corrections: [goodFirst], expect: CAUGHT },
  { name: 'the right value, but at another place', case: one, output: `src/main.ts ${TEXT.replace('src/mian.ts', '')}`, corrections: [goodFirst], expect: CAUGHT },
  { name: 'replaced, but rests of the old text stay', case: one, output: TEXT.replace('src/mian.ts', 'src/main.ts.ts'), corrections: [goodFirst], expect: CAUGHT },
  { name: 'another type at the place', case: one, output: fixedFirst, corrections: [{ ...goodFirst, type: 'pattern_match' }], expect: MISSED },
  { name: 'another type that is accepted', case: { ...one, acceptTypes: ['fabricated_path'] }, output: fixedFirst, corrections: [{ ...goodFirst, type: 'fabricated_path' }], expect: YES },
  { name: 'the type at another place', case: one, output: fixedBoth, corrections: [goodSecond], expect: MISSED },
  { name: 'one unit in common is enough', case: one, output: TEXT, corrections: [{ ...goodFirst, start: goodFirst.end - 1, end: goodFirst.end + 3, action: 'report' }], expect: CAUGHT },
  { name: 'touching is not overlapping', case: one, output: TEXT, corrections: [{ ...goodFirst, start: goodFirst.end, end: goodFirst.end + 3, action: 'report' }], expect: MISSED },
  { name: 'both of two', case: two, output: fixedBoth, corrections: [goodSecond, goodFirst], expect: YES },
  { name: 'one of two', case: two, output: fixedFirst, corrections: [goodFirst], expect: MISSED },
  { name: 'both, one wrongly', case: two, output: fixedFirst.replace('lib/utl.ts', 'lib/url.ts'), corrections: [goodFirst, { ...goodSecond, expected: 'lib/url.ts' }], expect: CAUGHT },
  { name: 'a note before the replacement', case: two, output: fixedBoth.replace('main.ts`', 'main.ts` [see `x` and `y` there]'), corrections: [goodFirst, fix(TEXT, 'mian.ts', null, 'annotate', 'fabricated_path'), goodSecond], expect: YES },
  { name: 'a note behind the closing quote', case: one, output: fixedFirst.replace('main.ts`', 'main.ts` [hm]'), corrections: [goodFirst, fix(TEXT, 'src/mian.ts', null, 'annotate', 'incorrect_fact')], expect: YES },
  { name: 'only detection asked', case: labelled({ text: TEXT, type: 'fabricated_path', spans: [span(TEXT, 'src/mian.ts')] }), output: TEXT, corrections: [fix(TEXT, 'src/mian.ts', null, 'report', 'fabricated_path')], expect: YES },
  { name: 'a contradiction, found at its first half', case: contradiction, output: contradiction.text, corrections: [fix(contradiction.text, 'It is on.', null, 'report', 'logic_contradiction')], expect: YES },
  { name: 'a contradiction not found', case: contradiction, output: contradiction.text, corrections: [fix(contradiction.text, 'off', null, 'report', 'incorrect_fact')], expect: MISSED },
  { name: 'pattern, whole output as expected', case: pattern, output: 'a color', corrections: [fix(pattern.text, 'colour', 'color', 'replace', 'pattern_match')], expect: YES },
  { name: 'pattern, caught but another output', case: pattern, output: 'a color ', corrections: [fix(pattern.text, 'colour', 'color', 'replace', 'pattern_match')], expect: CAUGHT },
  { name: 'replacement at the very end', case: labelled({ text: 'x ab', spans: [span('x ab', 'ab', 'cd')] }), output: 'x cd', corrections: [fix('x ab', 'ab', 'cd')], expect: YES },
  { name: 'rests behind a replacement at the very end', case: labelled({ text: 'x ab', spans: [span('x ab', 'ab', 'cd')] }), output: 'x cdb', corrections: [fix('x ab', 'ab', 'cd')], expect: CAUGHT },
  { name: 'replacement at the very end and an appended note', case: labelled({ text: 'x ab', spans: [span('x ab', 'ab', 'cd')] }), output: 'x cd\n[cut]', corrections: [fix('x ab', 'ab', 'cd'), fix('x ab', 'x ab', null, 'append', 'incomplete_reasoning')], expect: YES },
];

for (const row of FOUND) test(`found: ${row.name}`, () => assert.deepEqual(scoreFound(row.case, { output: row.output, corrections: row.corrections }), row.expect));

const CLEAN_TEXT = 'Look at src/a.ts, src/b.ts and 2 + 2 = 4.';
const clean = labelled({ text: CLEAN_TEXT, type: 'clean', cleanFor: ['invalid_path', 'fabricated_path'], cleanMentions: [span(CLEAN_TEXT, 'src/a.ts'), span(CLEAN_TEXT, 'src/b.ts')] });
const report = (wrong: string, type: HallucinationType = 'invalid_path') => fix(CLEAN_TEXT, wrong, null, 'report', type);
const CLEAN = [
  { name: 'nothing found', output: CLEAN_TEXT, corrections: [], expect: { identical: true, silent: false, falseAlarms: 0 } },
  { name: 'a report is a false alarm and changes nothing', output: CLEAN_TEXT, corrections: [report('src/a.ts')], expect: { identical: true, silent: false, falseAlarms: 1 } },
  { name: 'a change', output: CLEAN_TEXT.replace('src/a', 'src/b'), corrections: [fix(CLEAN_TEXT, 'src/a.ts', 'src/b.ts')], expect: { identical: false, silent: false, falseAlarms: 1 } },
  { name: 'two findings in one mention count once', output: CLEAN_TEXT, corrections: [report('src/a.ts'), report('src/a.ts', 'fabricated_path')], expect: { identical: true, silent: false, falseAlarms: 1 } },
  { name: 'one finding over two mentions counts twice', output: CLEAN_TEXT, corrections: [report('src/a.ts, src/b.ts')], expect: { identical: true, silent: false, falseAlarms: 2 } },
  { name: 'one outside of every mention counts too', output: CLEAN_TEXT, corrections: [report('Look'), report('src/b.ts')], expect: { identical: true, silent: false, falseAlarms: 2 } },
  { name: 'a type the text is not vouched for', output: CLEAN_TEXT.replace('= 4', '= 5'), corrections: [fix(CLEAN_TEXT, '4', '5', 'replace', 'incorrect_fact')], expect: { identical: true, silent: false, falseAlarms: 0 } },
  { name: 'a change nobody owns up to', output: `${CLEAN_TEXT} `, corrections: [], expect: { identical: false, silent: true, falseAlarms: 0 } },
  { name: 'a change behind a mere report', output: `${CLEAN_TEXT} `, corrections: [report('src/a.ts')], expect: { identical: false, silent: true, falseAlarms: 1 } },
  { name: 'a note of a vouched type', output: `${CLEAN_TEXT} [no]`, corrections: [fix(CLEAN_TEXT, 'src/b.ts', null, 'annotate', 'fabricated_path')], expect: { identical: false, silent: false, falseAlarms: 1 } },
];

for (const row of CLEAN) {
  test(`clean: ${row.name}`, () => {
    const { identical, silent, falseAlarms } = scoreClean(clean, { output: row.output, corrections: row.corrections });
    assert.deepEqual({ identical, silent, falseAlarms }, row.expect);
  });
}

test('overlap means a unit in common', () => {
  fc.assert(
    fc.property(fc.nat(12), fc.nat(6), fc.nat(12), fc.integer({ min: 1, max: 6 }), (a, aLength, b, bLength) => {
      const units = new Set(Array.from({ length: aLength }, (_, i) => a + i));
      const common = Array.from({ length: bLength }, (_, i) => b + i).some((unit) => units.has(unit));
      assert.equal(overlaps({ start: a, end: a + aLength }, { start: b, end: b + bLength }), common);
    }),
    { seed: 11, numRuns: 500 },
  );
  assert.ok(overlaps({ start: 3, end: 5 }, { start: 5, end: 5 }), 'a place without width is met by what touches it');
});

test('every replacement made as told is in place, whatever the text', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '[', '`'), maxLength: 6 });
  const piece = fc.record({ before: word, wrong: fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), right: word });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), word, (pieces, tail) => {
      let text = '';
      let output = '';
      const corrections: ScoredCorrection[] = [];
      for (const { before, wrong, right } of pieces) {
        text += before;
        output += before + right;
        corrections.push({ type: 'invalid_path', start: text.length, end: text.length + wrong.length, detected: wrong, expected: right, confidence: 1, action: 'replace' });
        text += wrong;
      }
      const spans = corrections.map(({ start, end, detected, expected }) => ({ start, end, detected, expected: [expected ?? ''] }));
      const result = scoreFound(labelled({ text: text + tail, spans }), { output: output + tail, corrections });
      assert.deepEqual(result, YES);
    }),
    { seed: 13, numRuns: 500 },
  );
});
