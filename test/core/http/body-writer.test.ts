import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InternalError } from '../../../src/core/errors.js';
import { BodyWriter, type OutputFraming } from '../../../src/core/http/body-writer.js';
import { run } from './harness.js';

function written(writer: BodyWriter, batches: readonly (readonly Buffer[])[], trailers?: Buffer): (Buffer | null)[] {
  const out = batches.map((slices) => {
    for (const slice of slices) writer.write(slice);
    return writer.flush();
  });
  return [...out, writer.end(trailers)];
}

const text = (buffers: readonly (Buffer | null)[]): (string | null)[] => buffers.map((buffer) => buffer?.toString('latin1') ?? null);
const b = (value: string): Buffer => Buffer.from(value);

describe('framing', () => {
  const cases: readonly [name: string, framing: OutputFraming, batches: Buffer[][], trailers: string | undefined, out: (string | null)[]][] = [
    ['several slices of one flush are one chunk', { kind: 'chunked' }, [[b('hello'), b(' '), b('world')]], undefined, ['b\r\nhello world\r\n', '0\r\n\r\n']],
    ['an empty batch is nothing, and never a last chunk', { kind: 'chunked' }, [[], [b('')], [b('x')]], undefined, [null, null, '1\r\nx\r\n', '0\r\n\r\n']],
    ['trailers are kept', { kind: 'chunked' }, [], 'X: y\r\n', ['0\r\nX: y\r\n\r\n']],
    ['a length', { kind: 'length', length: 4 }, [[b('ab'), b('c')], [b('d')]], undefined, ['abc', 'd', null]],
    ['to the end', { kind: 'close' }, [[b('ab')], []], undefined, ['ab', null, null]],
  ];
  for (const [name, framing, batches, trailers, out] of cases) {
    test(name, () => assert.deepEqual(text(written(new BodyWriter(framing), batches, trailers === undefined ? undefined : b(trailers))), out));
  }
  test('what is not flushed leaves with the end, in one buffer', () => {
    const writer = new BodyWriter({ kind: 'chunked' });
    writer.write(b('hi'));
    assert.equal(writer.end(b('X: y\r\n'))?.toString(), '2\r\nhi\r\n0\r\nX: y\r\n\r\n');
  });
  test('a fixed length is kept', () => {
    const writer = new BodyWriter({ kind: 'length', length: 2 });
    writer.write(b('a'));
    assert.throws(() => writer.end(), InternalError);
    assert.throws(() => writer.write(b('bc')), InternalError);
    assert.deepEqual([writer.written, writer.keepsTrailers, new BodyWriter({ kind: 'chunked' }).keepsTrailers], [1, false, true]);
  });
});

test('without framing a single slice is passed on as it is, and slices that touch become one', () => {
  const read = b('hello world');
  const writer = new BodyWriter({ kind: 'close' });
  writer.write(read);
  assert.equal(writer.flush(), read);
  writer.write(read.subarray(0, 5));
  writer.write(read.subarray(5, 9));
  const joined = writer.flush();
  assert.deepEqual([joined?.toString(), joined?.buffer === read.buffer, joined?.byteOffset], ['hello wor', true, read.byteOffset]);
});

test('what is written as chunks, the framer reads again', () => {
  const slices = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(slices, fc.constantFrom('', 'X: y\r\n'), (batches, trailers) => {
      const buffers = batches.map((batch) => batch.map((bytes) => Buffer.from(bytes)));
      const out = written(new BodyWriter({ kind: 'chunked' }), buffers, b(trailers)).filter((buffer) => buffer !== null);
      const seen = run('response', [b('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), ...out]);
      assert.equal(seen.error, null);
      assert.deepEqual([seen.messages[0]?.body, seen.messages[0]?.ended], [Buffer.concat(buffers.flat()).toString('latin1'), true]);
      assert.equal(seen.messages[0]?.trailers ?? '', trailers);
    }),
    { seed: 2, numRuns: 300 },
  );
});
