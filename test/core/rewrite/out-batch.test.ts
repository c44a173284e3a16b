import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutBatch } from '../../../src/core/rewrite/out-batch.js';

function batch(): { out: OutBatch; sent: Buffer[] } {
  const sent: Buffer[] = [];
  return { out: new OutBatch((bytes) => sent.push(bytes)), sent };
}

test('nothing pushed, or nothing but empty slices, sends nothing', () => {
  const { out, sent } = batch();
  out.flush();
  out.push(Buffer.alloc(0));
  out.flush();
  assert.deepEqual(sent, []);
});

test('a single slice leaves as it is, without a copy', () => {
  const { out, sent } = batch();
  const bytes = Buffer.from('hello');
  out.push(bytes);
  out.flush();
  assert.equal(sent.length, 1);
  assert.equal(sent[0], bytes);
});

test('neighbours in memory become one slice again, without a copy', () => {
  const { out, sent } = batch();
  const bytes = Buffer.from('hello world');
  for (const [from, to] of [[0, 3], [3, 4], [4, 9], [9, 11]] as const) out.push(bytes.subarray(from, to));
  out.flush();
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.buffer, bytes.buffer);
  assert.equal(sent[0]?.byteOffset, bytes.byteOffset);
  assert.equal(sent[0]?.toString(), 'hello world');
});

test('slices that overlap, skip, turn back or belong to others are joined in order, in one write', () => {
  const bytes = Buffer.from('0123456789');
  const cases: readonly (readonly Buffer[])[] = [
    [bytes.subarray(0, 5), bytes.subarray(4, 8)],
    [bytes.subarray(0, 3), bytes.subarray(5, 8)],
    [bytes.subarray(5, 8), bytes.subarray(0, 5)],
    [bytes.subarray(0, 3), Buffer.alloc(0), bytes.subarray(3, 6)],
    [bytes.subarray(0, 3), Buffer.from('abc'), bytes.subarray(3, 6), bytes.subarray(6, 7)],
    [Buffer.from(new ArrayBuffer(2)), Buffer.from(new ArrayBuffer(2))],
  ];
  for (const slices of cases) {
    const { out, sent } = batch();
    for (const slice of slices) out.push(slice);
    out.flush();
    assert.equal(sent.length, 1);
    assert.deepEqual(sent[0], Buffer.concat([...slices]));
    assert.equal(bytes.toString(), '0123456789');
  }
});

test('a flush begins anew', () => {
  const { out, sent } = batch();
  const bytes = Buffer.from('abcd');
  out.push(bytes.subarray(0, 2));
  out.flush();
  out.push(bytes.subarray(2));
  out.flush();
  out.flush();
  assert.deepEqual(sent.map(String), ['ab', 'cd']);
});
