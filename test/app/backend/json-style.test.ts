import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify, type JsonStyle } from '../../../src/app/backend/json-style.js';

const CASES: readonly { readonly name: string; readonly style: JsonStyle; readonly value: unknown; readonly expect: string }[] = [
  { name: 'go escapes HTML', style: 'go', value: '<a href="x">&</a>', expect: String.raw`"\u003ca href=\"x\"\u003e\u0026\u003c/a\u003e"` },
  { name: 'go escapes line separators', style: 'go', value: '\u2028|\u2029', expect: String.raw`"\u2028|\u2029"` },
  { name: 'go leaves other letters', style: 'go', value: 'é😀', expect: '"é😀"' },
  { name: 'go escapes keys too', style: 'go', value: { '<': 1 }, expect: String.raw`{"\u003c":1}` },
  { name: 'plain leaves HTML', style: 'plain', value: '<&>', expect: '"<&>"' },
  { name: 'ascii escapes all else', style: 'ascii', value: 'é😀<', expect: String.raw`"\u00e9\ud83d\ude00<"` },
  { name: 'a lone surrogate is an escape', style: 'plain', value: '\ud83d', expect: String.raw`"\ud83d"` },
];

for (const { name, style, value, expect } of CASES) {
  test(name, () => assert.equal(stringify(value, style), expect));
}

test('every style parses to the same value, on one line', () => {
  fc.assert(fc.property(fc.json(), fc.constantFrom<JsonStyle>('go', 'ascii', 'plain'), (json, style) => {
    const value: unknown = JSON.parse(json);
    const text = stringify(value, style);
    assert.deepEqual(JSON.parse(text), value);
    assert.ok(!text.includes('\n'));
    if (style === 'go') assert.ok(!/[<>&\u2028\u2029]/.test(text));
    if (style === 'ascii') assert.match(text, /^[ -~]*$/);
  }), { seed: 20_260_120, numRuns: 300 });
});
