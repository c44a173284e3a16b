import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TriggerScan } from '../../../src/core/detect/fact-scan.js';
import { nextTrigger } from '../../../src/core/detect/fact-trigger.js';
import { CASES } from './fact-cases.js';

/** The scan sees every place that the trigger sees, however the text is cut. */
function holds(pieces: readonly string[]): void {
  const scan = new TriggerScan();
  let text = '';
  for (const piece of pieces) {
    const from = text.length;
    text += piece;
    const seen = scan.read(piece);
    const place = nextTrigger(text, from);
    assert.ok(place < 0 || (seen >= 0 && from + seen <= place), `${JSON.stringify(text)}: ${place} where the scan says ${seen} behind ${from}`);
  }
}

test('the scan misses nothing that the trigger sees: texts with and without facts', () => {
  for (const { text } of CASES) {
    holds([text]);
    holds([...text]);
    for (let at = 0; at <= text.length; at += 1) holds([text.slice(0, at), text.slice(at)]);
  }
});

const PIECES = ['is ', 'are', ' ', '  ', '\n', 'gives us ', 'twelve', 'Ten', 'o', 'ne', 'a', 'pplication/json', 'text', '/html', 'image', 'Monday', 'M', 'on', 'Friday', '→ ', '→', '≈ ', '| ', ': ', '`', '**', '(', '>', '=', 'é', 'ß', '\u200b', '文', '12', 'x9', '_', 'approximately ', 'supercalifragilistic ', '-', '.', '"', 'THE ', 'Is ', 'in ', 'into ', 'built-in ', 'Node', 'N', 'No', 'Node.js'];

test('the scan misses nothing that the trigger sees: texts that are put together', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }), holds), { numRuns: 5_000 });
  fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 10 }), holds), { numRuns: 2_000 });
});

const QUIET = ['A reader keeps what it read', ', and lets the rest go', ' as soon as nothing can begin there.', ' Oddly so', '\n\nIt was late; they left.', ' of a row'];

test('plain prose is passed over without asking the trigger', () => {
  const scan = new TriggerScan();
  for (const piece of QUIET) assert.equal(scan.read(piece), -1, piece);
  assert.equal(scan.read(' is twelve'), 4);
  assert.equal(scan.read(' is twice'), 4, 'it may see too much');
  assert.equal(scan.read(' of 5'), 4);
  assert.equal(scan.read(' the'), -1);
});
