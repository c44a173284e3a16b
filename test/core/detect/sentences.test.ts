import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SENTENCE, type Sentence, SentenceCutter } from '../../../src/core/detect/sentences.js';
import { everySplit } from '../../helpers/every-split.js';

function cut(pieces: readonly string[]): Sentence[] {
  const sentences: Sentence[] = [];
  const cutter = new SentenceCutter((sentence) => sentences.push(sentence));
  let offset = 0;
  for (const piece of pieces) {
    cutter.take(piece, offset);
    cutter.read(0, piece.length);
    offset += piece.length;
  }
  cutter.end(offset);
  return sentences;
}

const CASES: readonly { readonly name: string; readonly text: string; readonly expect: readonly string[] }[] = [
  { name: 'full stops', text: 'One is here. Two is there! Is three? Four', expect: ['One is here.', 'Two is there!', 'Is three?', 'Four'] },
  { name: 'decimals, versions and names', text: 'It is 3.5 or v1.2.3 of foo.bar. Next.', expect: ['It is 3.5 or v1.2.3 of foo.bar.', 'Next.'] },
  { name: 'abbreviations', text: 'Dr. Grey, e.g. here, met J. Holm in the U.S. Senate. Yes.', expect: ['Dr. Grey, e.g. here, met J. Holm in the U.S. Senate.', 'Yes.'] },
  { name: 'no', text: 'The answer is no. Why?', expect: ['The answer is no.', 'Why?'] },
  { name: 'closers', text: 'He said "so." (Or not.) **Bold.** End…', expect: ['He said "so."', '(Or not.)', '**Bold.**', 'End…'] },
  { name: 'dots', text: 'Well... maybe?! Yes.', expect: ['Well...', 'maybe?!', 'Yes.'] },
  { name: 'list items', text: '1. Open it.\n2. Close\n\n- a b\n', expect: ['1. Open it.', '2. Close', '- a b'] },
  { name: 'a number at the end', text: 'It was 2011. Then 5. So.', expect: ['It was 2011.', 'Then 5.', 'So.'] },
  { name: 'white space only', text: ' \n\t\n ', expect: [] },
  { name: 'surrogate pairs', text: 'A 😀. B 😀 c.', expect: ['A 😀.', 'B 😀 c.'] },
];

for (const { name, text, expect } of CASES) {
  test(`sentences: ${name}`, () => {
    everySplit(text, (pieces) => {
      const found = cut(pieces);
      assert.deepEqual(found.map((sentence) => sentence.text), expect);
      for (const sentence of found) assert.equal(text.slice(sentence.start, sentence.end), sentence.text);
    });
  });
}

test('sentences: lines, indentation and paragraphs', () => {
  const [a, b, c, d] = cut(['Ab cd. Cd ef\n\n  - Ef gh\nGh.']);
  assert.deepEqual([a?.opensLine, b?.opensLine, c?.opensLine, d?.opensLine], [true, false, true, true]);
  assert.deepEqual([a?.endsLine, b?.endsLine, c?.endsLine, d?.endsLine], [false, true, true, true]);
  assert.deepEqual([a?.indented, b?.indented, c?.indented, d?.indented], [false, false, true, false]);
  assert.deepEqual([a?.paragraph, b?.paragraph, c?.paragraph, d?.paragraph], [0, 0, 1, 1]);
});

test('sentences: what is too long is passed over, and what follows is not', () => {
  const text = `${'word '.repeat(MAX_SENTENCE)}end. Short one.`;
  assert.deepEqual(cut([text]).map((sentence) => sentence.text), ['Short one.']);
});
