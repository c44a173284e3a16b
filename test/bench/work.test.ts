import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareWork, countWork, workTable, type WorkRecord } from '../../bench/work/compare.js';
import { WORKLOADS, type Work } from '../../bench/work/workloads.js';

const RECORD = join(import.meta.dirname, '..', '..', 'bench', 'record', 'work.json');

const record = (v8: string, work: Work): WorkRecord => ({ node: 'v20', v8, workloads: { 'one stream': work } });
const OLD: Work = { calls: 100, blocks: 400, bytes: 2_000 };

test('work: a figure that grew beyond what is allowed is named, with what to do', () => {
  for (const { grown, figure } of [
    { grown: { ...OLD, calls: 104 }, figure: null }, { grown: { ...OLD, calls: 106 }, figure: 'calls' },
    { grown: { ...OLD, blocks: 421 }, figure: 'blocks' }, { grown: { ...OLD, bytes: 2_200 }, figure: null }, { grown: { ...OLD, bytes: 2_400 }, figure: 'bytes allocated' },
    { grown: { calls: 10, blocks: 40, bytes: 200 }, figure: null },
  ]) {
    const lines = compareWork(record('11', grown), record('11', OLD));
    assert.equal(lines.length, figure === null ? 0 : 1);
    if (figure !== null) assert.match(lines[0] ?? '', new RegExp(`one stream: .* ${figure} a token, .* --write`));
  }
});

test('work: figures of another V8 are shown and not compared', () => {
  const [now, before] = [record('12', { ...OLD, calls: 500 }), record('11', OLD)];
  assert.deepEqual(compareWork(now, before), []);
  assert.match(workTable(now, before), /not comparable/);
});

test('work: a token takes no more than recorded', (t) => {
  const now = countWork();
  assert.deepEqual(Object.keys(now.workloads), WORKLOADS.map(({ name }) => name));
  for (const work of Object.values(now.workloads)) assert.ok(work.calls > 1 && work.blocks > work.calls && work.bytes > 0);
  const before = JSON.parse(readFileSync(RECORD, 'utf8')) as WorkRecord;
  t.diagnostic(`\n${workTable(now, before)}`);
  // Allocation is shown; only what is the same in every run decides.
  assert.deepEqual(compareWork(now, before).filter((line) => !line.includes('bytes allocated')), []);
});
