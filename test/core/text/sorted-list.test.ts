import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedList } from '../../../src/core/text/sorted-list.js';

interface Item {
  readonly key: number;
  readonly turn: number;
}

test('items come out in order, equal ones as they were added', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null)), { maxLength: 60 }), (steps) => {
    const list = new SortedList<Item>((a, b) => a.key < b.key);
    let expected: Item[] = [];
    steps.forEach((key, turn) => {
      if (key !== null) {
        list.add({ key, turn });
        expected = [...expected, { key, turn }].sort((a, b) => a.key - b.key || a.turn - b.turn);
      } else {
        const count = Math.min(2, list.length);
        assert.deepEqual(list.items(), expected);
        list.drop(count);
        expected = expected.slice(count);
      }
    });
    assert.deepEqual(list.items(), expected);
    assert.equal(list.length, expected.length);
  }), { seed: 31, numRuns: 300 });
});

test('what several detectors add, each in order, is merged and not inserted one by one', () => {
  const compared = (count: number): number => {
    let asked = 0;
    const list = new SortedList<number>((a, b) => {
      asked += 1;
      return a < b;
    });
    for (let run = 0; run < 3; run += 1) for (let at = 0; at < count; at += 1) list.add(at * 3 + run);
    assert.equal(list.items()[count], Math.floor(count / 3) * 3 + (count % 3));
    return asked;
  };
  assert.ok(compared(10_000) <= 2.5 * compared(5_000), 'twice as many cost more than twice as much');
  assert.ok(compared(10_000) <= 30_000 * 8);
});

test('what was cleared is gone', () => {
  const list = new SortedList<number>((a, b) => a < b);
  for (const item of [3, 1, 2]) list.add(item);
  list.clear();
  list.add(5);
  list.add(4);
  assert.deepEqual(list.items(), [4, 5]);
});
