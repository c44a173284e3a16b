import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Detector } from '../../../src/core/detect/detector.js';
import { type HallucinationType, HALLUCINATION_TYPES } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { faulty, holder, occurrences, type Word, wordDetector } from './fake-detectors.js';
import { correctWhole, Driven, told } from './rewrite-text.js';

interface Case {
  readonly name: string;
  readonly detectors: readonly (readonly [HallucinationType, readonly Word[]])[];
  readonly text: string;
  readonly expect: string;
  readonly corrections: readonly string[];
}

const NOTE = ' [incorrect: 9]';
const note = (word: string, more: Partial<Word> = {}): Word => ({ word, expected: '9', strategy: 'insert', ...more });

const cases: readonly Case[] = [
  { name: 'nothing to find', detectors: [['pattern_match', [{ word: 'xyz', expected: '' }]]], text: 'plain text xy', expect: 'plain text xy', corrections: [] },
  { name: 'a replacement', detectors: [['pattern_match', [{ word: 'teh', expected: 'the' }]]], text: 'in teh end', expect: 'in the end', corrections: ['3-6 pattern_match replace'] },
  { name: 'a removal at the end', detectors: [['pattern_match', [{ word: '!!', expected: '' }]]], text: 'yes!!', expect: 'yes', corrections: ['3-5 pattern_match replace'] },
  { name: 'a report changes nothing', detectors: [['pattern_match', [{ word: 'teh', strategy: 'report' }]]], text: 'in teh end', expect: 'in teh end', corrections: ['3-6 pattern_match report'] },
  {
    name: 'overlap: the leftmost wins, however sure the other is',
    detectors: [['invalid_path', [{ word: 'bcd', expected: 'X', confidence: 1 }]], ['pattern_match', [{ word: 'abc', expected: 'Y', confidence: 0.1 }]]],
    text: 'abcd',
    expect: 'Yd',
    corrections: ['0-3 pattern_match replace'],
  },
  {
    name: 'overlap: of two that begin together the surer wins, though it is shorter and later in order',
    detectors: [['invalid_path', [{ word: 'abc', expected: 'X', confidence: 0.5 }]], ['pattern_match', [{ word: 'ab', expected: 'Y', confidence: 0.6 }]]],
    text: 'abcd',
    expect: 'Ycd',
    corrections: ['0-2 pattern_match replace'],
  },
  {
    name: 'overlap: of two equally sure that begin together the first in order wins',
    detectors: [['invalid_path', [{ word: 'ab', expected: 'X', confidence: 0.5 }]], ['pattern_match', [{ word: 'abc', expected: 'Y', confidence: 0.5 }]]],
    text: 'abcd',
    expect: 'Xcd',
    corrections: ['0-2 invalid_path replace'],
  },
  {
    name: 'overlap: a report is told all the same',
    detectors: [['invalid_path', [{ word: 'abc', expected: 'X' }]], ['pattern_match', [{ word: 'bc', strategy: 'report' }]]],
    text: 'abcd',
    expect: 'Xd',
    corrections: ['0-3 invalid_path replace', '1-3 pattern_match report'],
  },
  {
    name: 'neighbours do not overlap',
    detectors: [['invalid_path', [{ word: 'ab', expected: 'X' }]], ['pattern_match', [{ word: 'cd', expected: 'Y' }]]],
    text: 'abcd',
    expect: 'XY',
    corrections: ['0-2 invalid_path replace', '2-4 pattern_match replace'],
  },
  { name: 'a note', detectors: [['incorrect_fact', [note('8')]]], text: 'it is 8, sure', expect: `it is 8${NOTE}, sure`, corrections: ['6-7 incorrect_fact annotate'] },
  { name: 'a note at the very end', detectors: [['incorrect_fact', [note('8')]]], text: 'it is 8', expect: `it is 8${NOTE}`, corrections: ['6-7 incorrect_fact annotate'] },
  { name: 'a note stands behind closing delimiters', detectors: [['incorrect_fact', [note('8')]]], text: 'it is (**`8`**) sure', expect: `it is (**\`8\`**)${NOTE} sure`, corrections: ['10-11 incorrect_fact annotate'] },
  { name: 'a note behind a closing delimiter at the end', detectors: [['incorrect_fact', [note('8')]]], text: 'it is `8`', expect: `it is \`8\`${NOTE}`, corrections: ['7-8 incorrect_fact annotate'] },
  { name: 'a note waits for eight delimiters and no more', detectors: [['incorrect_fact', [note('8')]]], text: `8${'*'.repeat(20)}x`, expect: `8********${NOTE}************x`, corrections: ['0-1 incorrect_fact annotate'] },
  {
    name: 'what stands in the delimiters a note has passed is not edited',
    detectors: [['incorrect_fact', [note('8')]], ['pattern_match', [{ word: ')', expected: '}' }]]],
    text: '(8) )',
    expect: `(8)${NOTE} }`,
    corrections: ['1-2 incorrect_fact annotate', '4-5 pattern_match replace'],
  },
  {
    name: 'two notes side by side',
    detectors: [['incorrect_fact', [note('8'), note('7')]]],
    text: '87',
    expect: `8${NOTE}7${NOTE}`,
    corrections: ['0-1 incorrect_fact annotate', '1-2 incorrect_fact annotate'],
  },
  {
    name: 'a note that waits lets a report behind it wait, not vanish',
    detectors: [['incorrect_fact', [note('8')]], ['pattern_match', [{ word: '*', strategy: 'report' }]]],
    text: '8*',
    expect: `8*${NOTE}`,
    corrections: ['0-1 incorrect_fact annotate', '1-2 pattern_match report'],
  },
  {
    name: 'an accepted span is not examined again, though another detector is still undecided about a part of it',
    detectors: [['invalid_path', [{ word: 'abcd', expected: 'X' }]], ['pattern_match', [{ word: 'cdefgh', expected: 'Y' }]]],
    text: 'abcdefgh',
    expect: 'Xefgh',
    corrections: ['0-4 invalid_path replace'],
  },
];

for (const { name, detectors, text, expect, corrections } of cases) {
  test(`one channel: ${name}`, () => {
    everySplit(text, (pieces) => {
      const driven = new Driven(detectors.map(([type, words]) => wordDetector(type, words)));
      for (const piece of pieces) driven.push(piece);
      driven.end();
      assert.equal(driven.text, expect);
      assert.deepEqual(driven.corrections.map(told), corrections);
      assert.equal(driven.held, 0);
    });
    const whole = correctWhole(text, detectors.map(([type, words]) => occurrences(type, words, text)));
    assert.deepEqual(whole, { text: expect, corrections }, 'the oracle agrees');
  });
}

const word = fc.record({
  word: fc.stringMatching(/^[abc*]{1,5}$/),
  expected: fc.option(fc.stringMatching(/^[XYZ]{0,3}$/)),
  strategy: fc.constantFrom('replace' as const, 'replace' as const, 'insert' as const, 'report' as const),
  confidence: fc.constantFrom(0.3, 0.6, 1),
});
const fakes = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

test('property: several detectors, any cutting: as the whole text corrected at once', () => {
  fc.assert(
    fc.property(fakes, fc.stringMatching(/^[abcd* ]{0,40}$/), fc.infiniteStream(fc.integer({ min: 1, max: 6 })), (lists, text, widths) => {
      const named = lists.map((words, index) => [HALLUCINATION_TYPES[index] as HallucinationType, words] as const);
      const want = correctWhole(text, named.map(([type, words]) => occurrences(type, words, text)));
      const settledAt: number[] = [];
      for (const unit of [true, false]) {
        const driven = new Driven(named.map(([type, words]) => wordDetector(type, words)));
        for (let from = 0; from < text.length; ) {
          const to = unit ? from + 1 : Math.min(text.length, from + (widths.next().value as number));
          driven.push(text.slice(from, to));
          if (unit) settledAt[to] = driven.rewriter.settledTo;
          else assert.equal(driven.rewriter.settledTo, settledAt[to], 'the settled offset is a function of the text');
          from = to;
        }
        driven.end();
        assert.equal(driven.text, want.text);
        assert.deepEqual(driven.corrections.map(told), want.corrections);
      }
    }),
    { seed: 7, numRuns: 1_200 },
  );
});

const TEH: Word = { word: 'teh', expected: 'the' };

test('prompt: text in which nothing begins leaves at once, and so does all but an open beginning', () => {
  const driven = new Driven([wordDetector('pattern_match', [TEH])]);
  for (const letter of 'no such word') assert.equal(driven.push(letter).held, 0);
  assert.equal(driven.push(' t').held, 2);
  assert.equal(driven.push('e').held, 3);
  assert.equal(driven.push('n').held, 0);
  assert.equal(driven.text, 'no such word ten');
});

test('prompt: without detectors nothing is ever held', () => {
  const driven = new Driven([]);
  for (const letter of 'anything') assert.equal(driven.push(letter).held, 0);
  assert.equal(driven.end().text, 'anything');
  assert.equal(driven.rewriter.deadlineMs(), null);
});

test('a note for an empty span at the very end of the text is placed, not lost', () => {
  const appender: Detector = {
    type: 'incomplete_reasoning',
    kinds: ['prose'],
    start: () => {
      let length = 0;
      return {
        advance: (view, found) => {
          length += view.fresh.length;
          if (view.ended) found({ start: length, end: length, verdict: { type: 'incomplete_reasoning', confidence: 1, detected: '', expected: null, strategy: 'insert', rule: null, reason: '' } });
          return view.ended ? length : length - 1;
        },
        letGo: () => undefined,
      };
    },
  };
  everySplit('so it', (pieces) => {
    const driven = new Driven([appender]);
    for (const piece of pieces) driven.push(piece);
    assert.equal(driven.end().text, 'so it\n\n[The answer was cut off here.]');
    assert.deepEqual(driven.corrections.map(told), ['5-5 incomplete_reasoning append']);
  });
});

test('silence: what is held leaves after stallMs, counted from the last piece, and later text is corrected again', () => {
  const driven = new Driven([wordDetector('pattern_match', [TEH])]);
  driven.push('a te', 1_000);
  assert.equal(driven.rewriter.deadlineMs(), 1_100);
  driven.push('', 1_050);
  assert.equal(driven.rewriter.deadlineMs(), 1_100, 'an empty piece is no sign of life');
  driven.rewriter.tick(1_099);
  assert.equal(driven.leave().text, '');
  driven.rewriter.tick(1_100);
  assert.equal(driven.leave().text, 'a te');
  assert.equal(driven.rewriter.deadlineMs(), null);
  driven.push('h teh', 1_200).end();
  assert.equal(driven.text, 'a teh the', 'what has left is not corrected, what comes is');
  assert.deepEqual(driven.corrections.map(told), ['6-9 pattern_match replace']);
});

test('silence: each piece starts the clock anew', () => {
  const driven = new Driven([wordDetector('pattern_match', [TEH])]);
  driven.push('t', 0).push('e', 90);
  driven.rewriter.tick(150);
  assert.equal(driven.leave().text, '');
  assert.equal(driven.push('h', 180).text, 'the');
});

test('let go: a note that waits for closing delimiters goes where the text ends', () => {
  const driven = new Driven([wordDetector('incorrect_fact', [note('8')])]);
  driven.push('`8`');
  assert.equal(driven.held, 3);
  driven.rewriter.letGo();
  assert.equal(driven.leave().text, `\`8\`${NOTE}`);
  assert.equal(driven.push('` x').end().text, `\`8\`${NOTE}\` x`);
  assert.equal(driven.corrections.length, 1);
});

test('let go: what one detector has concluded stands, though another kept it waiting', () => {
  const driven = new Driven([holder(20), wordDetector('pattern_match', [TEH, { word: 'hmm', strategy: 'report' }])]);
  driven.push('in teh hmm te');
  assert.equal(driven.held, 13);
  driven.rewriter.letGo();
  assert.equal(driven.leave().text, 'in the hmm te');
  assert.deepEqual(driven.corrections.map(told), ['3-6 pattern_match replace', '7-10 pattern_match report']);
  driven.push('h').end();
  assert.equal(driven.text, 'in the hmm teh');
  assert.equal(driven.corrections.length, 2);
});

test('bail-out: what is held leaves unedited, and nothing is edited any more', () => {
  const driven = new Driven([wordDetector('pattern_match', [TEH])]);
  driven.push('teh te');
  driven.rewriter.bailOut();
  driven.leave().push('h teh').end();
  assert.equal(driven.text, 'the teh teh');
  assert.equal(driven.corrections.length, 1);
});

test('bail-out inside a replacement: the rest of its span still goes, so that no letter is doubled', () => {
  const late = holder(3);
  const driven = new Driven([wordDetector('pattern_match', [TEH]), late]);
  driven.push('t').push('e').push('h').push('abc');
  assert.deepEqual(driven.out, ['the', '', '']);
  driven.rewriter.bailOut();
  assert.equal(driven.leave().text, 'theabc');
});

test('a detector that throws is off; the others go on, and what it alone held leaves', () => {
  everySplit('teh, bad teh bad teh', (pieces) => {
    const driven = new Driven([faulty(wordDetector('incorrect_fact', [{ word: 'bad', expected: 'good' }]), 15), wordDetector('pattern_match', [TEH])]);
    for (const piece of pieces) driven.push(piece);
    driven.end();
    assert.match(driven.text, /^the, (good|bad) the bad the$/);
    assert.deepEqual(driven.faults, ['incorrect_fact']);
    assert.equal(driven.held, 0);
  });
});

test('a detector that throws: what it had concluded stands, a note that waits for delimiters too', () => {
  const driven = new Driven([faulty(wordDetector('incorrect_fact', [note('8')]), 4)]);
  driven.push('`8`').push('*').push(' and on').end();
  assert.equal(driven.text, `\`8\`*${NOTE} and on`);
  assert.equal(driven.corrections.length, 1);
});

test('switched off from outside: what it alone held settles at once', () => {
  const bad = wordDetector('incorrect_fact', [{ word: 'bad', expected: 'good' }]);
  const driven = new Driven([bad, wordDetector('pattern_match', [TEH])]);
  driven.push('a ba');
  assert.equal(driven.held, 4);
  driven.rewriter.switchOff(bad);
  assert.equal(driven.leave().text, 'a ba');
  assert.equal(driven.push('d teh').end().text, 'a bad the');
});

test('a detector that breaks its word about its frontier never takes back what has left', () => {
  const liar: Detector = {
    type: 'pattern_match',
    kinds: ['prose'],
    start: () => {
      let length = 0;
      return {
        advance: (view, found) => {
          length += view.fresh.length;
          if (length === 6) found({ start: 1, end: 3, verdict: { type: 'pattern_match', confidence: 1, detected: 'bc', expected: 'X', strategy: 'replace', rule: null, reason: '' } });
          return length === 4 ? 4 : 2;
        },
        letGo: () => undefined,
      };
    },
  };
  const driven = new Driven([liar]);
  driven.push('abcd').push('ef').push('gh').end();
  assert.equal(driven.text, 'abcdefgh');
  assert.deepEqual(driven.corrections.map(told), ['1-3 pattern_match report']);
});
