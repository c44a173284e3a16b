import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutText } from '../../src/app/eval-cut.js';

const LONG = 'Plain prose, then 𝒮𝓊𝓇𝓇ogates 😀😀😀 and `src/main.ts`.\n'.repeat(40);

function cutsInPairs(pieces: readonly string[]): number {
  return pieces.filter((piece) => /[\uD800-\uDBFF]$/.test(piece)).length;
}

test('pieces join to the text, are never empty and stay small', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(), fc.string(), (text, seed, id) => {
      const pieces = cutText(text, seed, id);
      assert.equal(pieces.join(''), text);
      assert.ok(pieces.every((piece) => piece.length >= 1 && piece.length <= 12));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('the cut depends on seed and case, and on nothing else', () => {
  assert.deepEqual(cutText(LONG, 1, 'a'), cutText(LONG, 1, 'a'));
  assert.notDeepEqual(cutText(LONG, 1, 'a'), cutText(LONG, 2, 'a'));
  assert.notDeepEqual(cutText(LONG, 1, 'a'), cutText(LONG, 1, 'b'));
});

test('surrogate pairs are cut, and runs of single units occur, at every seed', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const pieces = cutText(LONG, seed, 'case');
    assert.ok(cutsInPairs(pieces) > 5, `seed ${seed}`);
    assert.ok(/1{4}/.test(pieces.map((piece) => (piece.length === 1 ? '1' : '.')).join('')), `seed ${seed}`);
    assert.ok(pieces.some((piece) => piece.length > 6), `seed ${seed}`);
  }
});

test('no text gives no pieces', () => assert.deepEqual(cutText('', 1, 'a'), []));
