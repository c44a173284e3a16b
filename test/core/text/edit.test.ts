import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, type Edit, EditList } from '../../../src/core/text/edit.js';

/** Edits are added and pieces asked for in this order; a piece goes from the one before to `to`. */
type Step = { readonly add: Edit } | { readonly to: number; readonly expect: string };

interface Case {
  readonly name: string;
  readonly text: string;
  readonly steps: readonly Step[];
}

const edit = (start: number, end: number, text: string): Step => ({ add: { start, end, text } });
const piece = (to: number, expect: string): Step => ({ to, expect });

const cases: readonly Case[] = [
  { name: 'no edit', text: 'abcdef', steps: [piece(3, 'abc'), piece(6, 'def')] },
  { name: 'inside one piece', text: 'abcdef', steps: [edit(1, 3, 'XY'), piece(6, 'aXYdef')] },
  { name: 'the whole of a piece', text: 'abcdef', steps: [edit(2, 4, 'X'), piece(2, 'ab'), piece(4, 'X'), piece(6, 'ef')] },
  { name: 'across two pieces: the replacement leaves with the first', text: 'abcdef', steps: [edit(1, 5, 'WXYZ'), piece(3, 'aWXYZ'), piece(6, 'f')] },
  { name: 'across many pieces: those between become empty', text: 'abcdef', steps: [edit(1, 5, 'X'), piece(2, 'aX'), piece(3, ''), piece(4, ''), piece(6, 'f')] },
  { name: 'a span that ends where a piece ends leaves the next alone', text: 'abcdef', steps: [edit(1, 3, 'X'), piece(3, 'aX'), piece(6, 'def')] },
  { name: 'removal', text: 'abcdef', steps: [edit(1, 5, ''), piece(3, 'a'), piece(6, 'f')] },
  { name: 'adjoining replacements', text: 'abcdef', steps: [edit(1, 3, 'X'), edit(3, 5, 'Y'), piece(4, 'aXY'), piece(6, 'f')] },
  { name: 'one span ends and another begins in a piece', text: 'abcdef', steps: [edit(0, 2, 'X'), edit(3, 6, 'Y'), piece(1, 'X'), piece(4, 'cY'), piece(6, '')] },
  { name: 'an insertion belongs to the piece that ends there', text: 'abcdef', steps: [edit(3, 3, '!'), piece(3, 'abc!'), piece(6, 'def')] },
  { name: 'an insertion whose piece has left belongs to the one that begins there', text: 'abcdef', steps: [piece(3, 'abc'), edit(3, 3, '!'), piece(6, '!def')] },
  { name: 'an insertion long behind what has left stands at the front of what comes', text: 'abcdef', steps: [piece(4, 'abcd'), edit(3, 3, '!'), piece(6, '!ef')] },
  { name: 'an insertion behind a replacement', text: 'abcdef', steps: [edit(1, 3, 'X'), edit(3, 3, '!'), piece(3, 'aX!'), piece(6, 'def')] },
  { name: 'an insertion before everything', text: 'abc', steps: [edit(0, 0, '!'), piece(3, '!abc')] },
  { name: 'an insertion behind everything', text: 'abc', steps: [edit(3, 3, '!'), piece(2, 'ab'), piece(3, 'c!')] },
  { name: 'two insertions at one place keep their order', text: 'abc', steps: [edit(2, 2, '1'), edit(2, 2, '2'), piece(3, 'ab12c')] },
  { name: 'half a surrogate pair', text: '\u{1f600}x', steps: [edit(1, 3, 'y'), piece(2, '\ud83dy'), piece(3, '')] },
];

for (const { name, text, steps } of cases) {
  test(`edits cut to pieces: ${name}`, () => {
    const list = new EditList();
    let from = 0;
    for (const step of steps) {
      if ('add' in step) {
        list.add(step.add);
        continue;
      }
      const touched = list.touches(from, step.to);
      const cut = list.take(from, step.to);
      assert.equal(touched, cut.length > 0, `touches ${from}..${step.to}`);
      assert.equal(applyEdits(text.slice(from, step.to), from, cut), step.expect);
      for (const { start, end } of cut) assert.ok(start >= from && start <= end && end <= step.to, `an edit outside ${from}..${step.to}`);
      from = step.to;
    }
    assert.equal(from, text.length);
  });
}

/** Widths of kept text, removed text, and what stands instead; the last number tells whether something does. */
const layout = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.string({ maxLength: 3 })), { maxLength: 200 });

test('property: pieces joined are the whole text edited, however it is cut', () => {
  fc.assert(
    fc.property(layout, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (spans, widths) => {
      let text = '';
      let want = '';
      const edits: Edit[] = [];
      for (const [kept, removed, instead] of spans) {
        const before = 'abcd'.slice(0, kept);
        const start = text.length + kept;
        text += before + 'WXYZ'.slice(0, removed);
        want += before + instead;
        edits.push({ start, end: start + removed, text: instead });
      }
      const list = new EditList();
      for (const one of edits) list.add(one);
      let got = '';
      for (let from = 0; from < text.length; ) {
        const to = Math.min(text.length, from + (widths.next().value as number));
        got += applyEdits(text.slice(from, to), from, list.take(from, to));
        from = to;
      }
      if (text === '') return;
      assert.equal(got, want);
      assert.equal(list.touches(text.length, text.length), false, 'spent');
    }),
    { seed: 31, numRuns: 300 },
  );
});
