import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteQueue } from '../../src/core/bytes.js';

/** A buffer that counts how many bytes its searches have looked at. */
function counted(text: string, seen: { bytes: number }): Buffer {
  const buffer = Buffer.from(text, 'latin1');
  const search = buffer.indexOf.bind(buffer);
  Object.defineProperty(buffer, 'indexOf', {
    value: (byte: number, from: number): number => {
      const found = search(byte, from);
      seen.bytes += (found < 0 ? buffer.length : found + 1) - from;
      return found;
    },
  });
  return buffer;
}

test('pieces within one buffer are taken without a copy, others are joined', () => {
  const queue = new ByteQueue();
  const first = Buffer.from('hello world');
  queue.append(first);
  assert.equal(queue.front(), first);
  const hello = queue.take(5);
  assert.equal(hello.buffer, first.buffer);
  assert.equal(hello.byteOffset, first.byteOffset);
  queue.append(Buffer.from('!'));
  assert.equal(queue.take(7).toString(), ' world!');
  assert.equal(queue.length, 0);
  assert.equal(queue.take(9).length, 0);
});

test('a search goes on where the last one stopped, over any number of buffers', () => {
  const seen = { bytes: 0 };
  const queue = new ByteQueue();
  const text = 'a'.repeat(500) + '\r\n' + 'b'.repeat(500) + '\r\n';
  const found: [number, number][] = [];
  for (const letter of text) {
    queue.append(counted(letter, seen));
    const at = queue.find(10);
    if (at >= 0) found.push([at, queue.before]);
  }
  assert.deepEqual(found, [[501, 13], [1003, 13]]);
  assert.equal(seen.bytes, text.length, 'each byte was looked at once');
  assert.equal(queue.find(10), -1);
});

test('the byte before a find is -1 at the front, also after bytes were taken', () => {
  const queue = new ByteQueue();
  queue.append(Buffer.from('\nab\n'));
  assert.equal(queue.find(10), 0);
  assert.equal(queue.before, -1);
  queue.take(1);
  assert.equal(queue.find(10), 2);
  assert.equal(queue.before, 98);
});

test('a queue behaves as one long buffer, whatever is done with it', () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ maxLength: 6, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('take' as const, 'drop' as const, 'slice' as const, 'at' as const), count: fc.nat(9), more: fc.nat(9) }),
    fc.record({ kind: fc.constant('find' as const) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const queue = new ByteQueue();
      let model = Buffer.alloc(0);
      let searched = 0;
      for (const step of operations) {
        if (step.kind === 'append') {
          queue.append(Buffer.from(step.bytes));
          model = Buffer.concat([model, step.bytes]);
        } else if (step.kind === 'find') {
          const expected = model.indexOf(1, searched);
          assert.equal(queue.find(1), expected);
          if (expected >= 0) assert.equal(queue.before, expected === 0 ? -1 : model[expected - 1]);
          searched = expected < 0 ? model.length : expected + 1;
        } else if (step.kind === 'slice') {
          assert.deepEqual([...queue.slice(step.count, step.count + step.more)], [...model.subarray(step.count, step.count + step.more)]);
        } else if (step.kind === 'at') {
          assert.equal(queue.at(step.count), model[step.count] ?? -1);
        } else {
          if (step.kind === 'take') assert.deepEqual([...queue.take(step.count)], [...model.subarray(0, step.count)]);
          else queue.drop(step.count);
          model = model.subarray(step.count);
          searched = Math.max(0, searched - step.count);
        }
        assert.equal(queue.length, model.length);
        assert.equal(queue.front().equals(model.subarray(0, queue.front().length)), true);
      }
      assert.equal(queue.takeAll().equals(model), true);
    }),
    { seed: 11, numRuns: 500 },
  );
});
