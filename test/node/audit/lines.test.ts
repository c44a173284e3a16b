import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Correction } from '../../../src/core/types.js';
import { correctionLine, escapeValue, navigationLine, parseCorrectionLine, parseNavigationLine, unescapeValue } from '../../../src/node/audit/lines.js';

const correction: Correction = {
  id: 'C1', exchange: '01JEXCHANGE', type: 'invalid_path', rule: null, confidence: 0.92, detected: 'src/mian.ts', expected: 'src/main.ts',
  action: 'replace', start: 0, end: 11, channel: 'message/content', reason: 'transposed_letters',
};
const atMs = Date.parse('2026-01-20T14:32:45.120Z');

describe('lines of the audit logs', () => {
  test('are exactly as the contract shows them', () => {
    assert.equal(correctionLine(atMs, correction), '2026-01-20T14:32:45.120Z | Type: invalid_path | Confidence: 0.92 | Detected: src/mian.ts | Corrected: src/main.ts | Action: replace | Exchange: 01JEXCHANGE\n');
    assert.equal(navigationLine(atMs, correction), '2026-01-20T14:32:45.120Z | From: src/mian.ts | To: src/main.ts | Effectiveness: 0.92 | Reasoning: transposed_letters\n');
  });

  test('only a path put right is a navigation fix', () => {
    assert.equal(navigationLine(atMs, { ...correction, action: 'report' }), null);
    assert.equal(navigationLine(atMs, { ...correction, expected: null }), null);
    assert.equal(navigationLine(atMs, { ...correction, type: 'incorrect_fact' }), null);
  });

  const values: readonly { name: string; value: string; escaped: string }[] = [
    { name: 'a bar', value: 'a | b', escaped: 'a \\| b' },
    { name: 'a backslash before a bar', value: '\\|', escaped: '\\\\\\|' },
    { name: 'a Windows path', value: 'src\\new.ts', escaped: 'src\\\\new.ts' },
    { name: 'line ends', value: 'a\nb\r\nc', escaped: 'a\\nb\\r\\nc' },
    { name: 'line ends of other readers', value: '\u2028\u2029\u0085\u000b', escaped: '\\u2028\\u2029\\u0085\\u000b' },
    { name: 'a NUL and a terminal escape', value: '\0\u001b[2J', escaped: '\\u0000\\u001b[2J' },
    { name: 'what looks like an escape', value: '\\n', escaped: '\\\\n' },
    { name: 'what looks like nothing', value: '(none)', escaped: '\\(none)' },
    { name: 'half a surrogate pair beside a whole one', value: '\ud800😀', escaped: '\\ud800😀' },
    { name: 'nothing', value: '', escaped: '' },
  ];
  for (const { name, value, escaped } of values) {
    test(`a value with ${name}`, () => {
      assert.equal(escapeValue(value), escaped);
      assert.equal(unescapeValue(escaped), value);
    });
  }

  test('a very long value is cut', () => {
    const line = correctionLine(atMs, { ...correction, detected: 'x'.repeat(1_000_000) });
    assert.ok(line.length < 10_000);
    assert.match(parseCorrectionLine(line)?.detected ?? '', /^x{8192}…$/);
  });

  test('any values come back, from one line each', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '|', '\\', '\n', '\r', 'n', 'u', '0', '(none)', '\0', '\u2028', '\ud83d', '\ude00', '😀', ': ') });
    fc.assert(
      fc.property(text, fc.option(text), text, fc.integer({ min: 0, max: 100 }), (detected, expected, reason, percent) => {
        const given: Correction = { ...correction, detected, expected, reason, confidence: percent / 100 };
        const line = correctionLine(atMs, given);
        assert.ok(/^[^\n\r\u2028\u2029\0]*\n$/.test(line), 'one line');
        assert.equal(line, Buffer.from(line, 'utf8').toString('utf8'), 'well-formed');
        assert.deepEqual(parseCorrectionLine(line), { at: new Date(atMs), type: 'invalid_path', confidence: percent / 100, detected, corrected: expected, action: 'replace', exchange: '01JEXCHANGE' });
        if (expected === null) return;
        assert.deepEqual(parseNavigationLine(navigationLine(atMs, given) ?? ''), { at: new Date(atMs), from: detected, to: expected, effectiveness: percent / 100, reasoning: reason });
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  test('what is no record is none', () => {
    const whole = correctionLine(atMs, correction);
    for (const line of ['', 'noise', whole.slice(5), whole.replace('Type', 'Kind'), whole.replace(' | Action: replace', ''), '2026-99-99T14:32:45.120Z | Type: x', navigationLine(atMs, correction) ?? '']) {
      assert.equal(parseCorrectionLine(line), null, line);
    }
  });
});
