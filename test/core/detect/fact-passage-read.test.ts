import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassageReader, valuesOf } from '../../../src/core/detect/fact-passage-read.js';

/** `value unit: words` of every number that is read. */
function read(text: string): readonly string[] {
  const reader = new PassageReader();
  reader.read(text);
  return reader.stands.map(({ value, unit, words }) => `${value}${unit === '' ? '' : ` ${unit}`}: ${[...words].join(' ')}`);
}

const CASES: readonly { readonly name: string; readonly text: string; readonly expect: readonly string[] }[] = [
  { name: 'a sentence', text: 'The bridge spans 824 metres.', expect: ['824 met: bridg span metr'] },
  { name: 'lines of keys and values, with what they stand under', text: 'server:\n  workers: 24\n  timeout: 45s\nretries: 12', expect: ['24: work serv', '45 second: timeout serv', '12: retr'] },
  { name: 'variables', text: 'export POOL_SIZE=35\nTTL_SECONDS=900', expect: ['35: pool siz', '900 second: ttl'] },
  { name: 'a list', text: '- **Hub height**: 105 m', expect: ['105 met: hub height'] },
  { name: 'a table', text: '| Item | Value |\n|---|---|\n| Hub height | 105 m |\n| Power | $3.4 |', expect: ['105 met: hub height', '3.4: pow'] },
  { name: 'a table with columns', text: '| Site | Turbines | Cost |\n|---|---|---|\n| North | 34 | 12 |', expect: ['34: north turbin', '12: north cost'] },
  { name: 'JSON within prose', text: 'Here: {"nodes":18,"replicas":{"api":6},"note":"We waited 25 minutes."} That took 40 steps.', expect: ['18: nod', '6: api replica', '25 minut: wait minut not', '40 step: step'] },
  { name: 'JSON that does not close', text: '{"nodes": 18,\n "pods": 40', expect: ['40: pod', '18: nod'] },
  { name: 'times, dates, addresses, versions, hashes and links are no numbers', text: 'At 16:30 on 2024-03-11 see 10.0.0.1, v1.2.3, #893, [12] and a/40.', expect: [] },
  { name: 'nothing', text: '', expect: [] },
];

for (const { name, text, expect } of CASES) test(`passage: ${name}`, () => assert.deepEqual(read(text), expect));

test('numbers in words count as given', () => {
  assert.deepEqual([...valuesOf('Fourteen families, 1,200 trees and twenty-two cars; 07')], ['1200', '07', '7', '14', '22']);
});

const LONG: readonly (readonly [string, string])[] = [
  ['brackets', '{"a":['.repeat(11_000)], ['closed brackets', '{"a":1}'.repeat(9_000)], ['rows', '| 1 | 2 |\n'.repeat(6_500)], ['keys', 'a:\n  b: 1\n'.repeat(6_500)], ['deeper keys', Array.from({ length: 360 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['numbers', '1 '.repeat(32_000)], ['number words', 'twenty one '.repeat(6_000)], ['letters', 'a'.repeat(65_000)], ['quotes', '"'.repeat(65_000)], ['spaces', `a${' '.repeat(65_000)}:`],
];

for (const [name, text] of LONG) {
  test(`a request full of ${name} is read in linear time`, { timeout: 20_000 }, () => {
    const reader = new PassageReader();
    for (let times = 0; times < 8; times += 1) reader.read(text);
    valuesOf(text);
    assert.ok(reader.stands.length <= 600);
  });
}
