import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitTokens, TOKEN_CODE_POINTS } from '../../../src/app/backend/tokens.js';

const RUNS = { seed: 20_260_120, numRuns: 100 } as const;
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.lorem({ maxCount: 20 }), fc.string({ unit: fc.constantFrom('a', ' ', '\n', '😀', 'é', '<') }));

test('the pieces of any text are the text, each of 1 to 6 code points', () => {
  fc.assert(fc.property(anyText, fc.integer(), (text, seed) => {
    const pieces = [...splitTokens(text, { seed })];
    assert.equal(pieces.join(''), text);
    for (const piece of pieces) assert.ok([...piece].length >= 1 && [...piece].length <= TOKEN_CODE_POINTS, JSON.stringify(piece));
  }), RUNS);
});

test('a surrogate pair is never cut', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('😀', '𝒳', 'a', ' ') }), fc.integer(), (text, seed) => {
    for (const piece of splitTokens(text, { seed })) assert.equal(Buffer.from(piece).toString(), piece);
  }), RUNS);
});

test('with unitTokens every UTF-16 unit is a piece', () => {
  fc.assert(fc.property(anyText, (text) => {
    const pieces = [...splitTokens(text, { unitTokens: true })];
    assert.equal(pieces.length, text.length);
    assert.equal(pieces.join(''), text);
  }), RUNS);
});

test('the same seed cuts alike, another seed does not', () => {
  const text = 'The quick brown fox jumps over the lazy dog, and nobody minds.'.repeat(5);
  const once = [...splitTokens(text, { seed: 7 })];
  assert.deepEqual([...splitTokens(text, { seed: 7 })], once);
  assert.notDeepEqual([...splitTokens(text, { seed: 8 })], once);
  assert.notDeepEqual([...splitTokens(text, { seed: 0 })], once);
});

test('pieces look like a model\'s: several lengths, words cut, spaces in front', () => {
  const pieces = [...splitTokens('corrections happen while the answer is streaming '.repeat(40))];
  assert.deepEqual([...new Set(pieces.map((piece) => piece.length))].sort(), [1, 2, 3, 4, 5, 6]);
  assert.ok(pieces.filter((piece) => /^ \w/.test(piece)).length > 50);
  assert.ok(pieces.filter((piece) => /^\w/.test(piece)).length > 50);
});
