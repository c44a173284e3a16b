import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seam } from '../../../src/core/rewrite/continue-seam.js';

const BEFORE = 'Open the settings, choose the second tab and then press the large button ';
const OVERLAP = 'then press the large button ';

/** What is trimmed of a continuation that comes in two pieces, cut at every position. */
function trimmed(before: string, text: string): number {
  const results = new Set<number>();
  for (let cut = 0; cut <= text.length; cut += 1) {
    const seam = new Seam(before);
    results.add(seam.push(text.slice(0, cut)) ?? seam.push(text.slice(cut)) ?? seam.end());
  }
  assert.equal(results.size, 1, `the cut matters: ${[...results].join(', ')}`);
  return [...results][0] as number;
}

const cases: readonly { name: string; before?: string; text: string; expect: number }[] = [
  { name: 'the last words again', text: `${OVERLAP}to save.`, expect: OVERLAP.length },
  { name: 'the last words and nothing else', text: OVERLAP, expect: OVERLAP.length },
  { name: 'other words', text: 'to save all of it.', expect: 0 },
  { name: 'too few words', text: 'large button to save.', expect: 0 },
  { name: 'words that stand before the end', text: 'choose the second tab and then', expect: 0 },
  { name: 'a rule', before: `Table\n${'-'.repeat(40)}`, text: '-'.repeat(30), expect: 0 },
  { name: 'a line of which there are several', before: 'add(first, second);\nadd(first, second);\n', text: 'add(first, second);\n', expect: 0 },
  { name: 'behind a short text', before: 'Yes', text: 'Yes, it is.', expect: 0 },
];
for (const { name, before = BEFORE, text, expect } of cases) test(name, () => assert.equal(trimmed(before, text), expect));
