import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiteralReader } from '../../../src/core/codec/literal-reader.js';
import { dice, literalOf } from '../rewrite/bodies.js';
import { everySplit } from '../../helpers/every-split.js';

const ESCAPED = String.raw`a\\b\u00e9\ud83e\udd8a🦊\"\/\b\f\n\r\tz`;
const TEXT = JSON.parse(`"${ESCAPED}"`) as string;

test('literal reader: every escape, cut anywhere, and where each unit stands', () => {
  everySplit(ESCAPED, (pieces) => {
    const reader = new LiteralReader();
    assert.equal(pieces.map((piece) => reader.push(piece)).join(''), TEXT);
    assert.equal(reader.length, ESCAPED.length);
    const starts = Array.from(TEXT, (_, at) => reader.startOf(at));
    assert.deepEqual(starts.slice(0, 6), [0, 1, 3, 4, 10, 16]);
    assert.equal(reader.startOf(TEXT.length), ESCAPED.length);
  });
});

test('literal reader: an escape that is not complete has not been read, and is where the next unit begins', () => {
  const reader = new LiteralReader();
  assert.equal(reader.push('ab\\u00'), 'ab');
  assert.equal(reader.startOf(2), 2);
  assert.equal(reader.push('e9c'), 'éc');
  assert.deepEqual([reader.startOf(2), reader.startOf(3), reader.startOf(4)], [2, 8, 9]);
  assert.deepEqual([0, 1, 2, 3, 7, 8, 9, 99].map((offset) => reader.unitAt(offset)), [0, 1, 2, 3, 3, 3, 4, 4]);
});

test('literal reader: what is forgotten does not move what is left', () => {
  const reader = new LiteralReader();
  reader.push('ab\\ncd');
  assert.equal(reader.forget(3), 3, 'an escape that has begun before is gone');
  assert.equal(reader.forget(3), 0);
  assert.deepEqual([reader.startOf(3), reader.startOf(4), reader.unitAt(5)], [4, 5, 4]);
});

test('literal reader: any text in any escaping', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, seed) => {
    const literal = literalOf(text, dice(seed)).slice(1, -1);
    const reader = new LiteralReader();
    assert.equal(reader.push(literal), text);
    for (let at = 0; at < text.length; at += 1) {
      const unit = literal.slice(reader.startOf(at), reader.startOf(at + 1));
      assert.equal(unit === text[at] ? unit : JSON.parse(`"${unit}"`), text[at]);
    }
  }), { seed: 7, numRuns: 500 });
});
