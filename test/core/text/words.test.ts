import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DETECTORS } from '../../../src/core/detect/index.js';
import type { Detector, DetectorRun } from '../../../src/core/detect/detector.js';
import { uniformModes } from '../../../src/core/types.js';
import { decide, DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { type SettledCorrection, TextRewriter } from '../../../src/core/text/text-rewriter.js';
import { WordTail } from '../../../src/core/text/words.js';
import { contextOf } from '../detect/path-helpers.js';
import { told } from './rewrite-text.js';

test('a piece goes on with words only where the text ended in the middle of words', () => {
  const cases: readonly (readonly [readonly string[], readonly boolean[]])[] = [
    [['The', ' proxy', ',', ' which', ' it'], [false, true, true, true, true]],
    [['end', '.', ' The', ' next'], [false, false, false, true]],
    [['a', '  b', ' c'], [false, true, true]],
    [[': ', 'src', ' x'], [false, false, true]],
    [['a', ' ', 'b2', ' c'], [false, true, false, false]],
    [['é', ' a', ' b'], [false, false, true]],
  ];
  for (const [pieces, expected] of cases) {
    const tail = new WordTail();
    assert.deepEqual(pieces.map((piece) => tail.push(piece)), expected, pieces.join('|'));
  }
});

/** The detector as it would be were it never patient. */
function hasty(detector: Detector): Detector {
  return {
    ...detector,
    start: (context, kind) => {
      const run = detector.start(context, kind);
      const all: DetectorRun | null = run === null ? null : { advance: (view, found) => run.advance(view, found), letGo: (offset) => run.letGo(offset) };
      return all;
    },
  };
}

interface Trace { readonly settled: readonly number[]; readonly corrections: readonly string[] }

function trace(detectors: readonly Detector[], pieces: readonly string[], pauses: ReadonlySet<number>): Trace {
  const context = contextOf();
  const corrections: SettledCorrection[] = [];
  const failed: unknown[] = [];
  const rewriter = new TextRewriter({
    runs: detectors.flatMap((detector) => {
      const run = detector.start(context, 'prose');
      return run === null ? [] : [{ detector, run }];
    }),
    decide: (verdict) => decide(verdict, uniformModes('correct'), 'prose', DEFAULT_NOTES),
    contextChars: 256,
    stallMs: 100,
    settled: (correction) => corrections.push(correction),
    failed: (_detector, error) => failed.push(error),
  });
  const settled = pieces.map((piece, index) => {
    const to = rewriter.push(piece, 0);
    return pauses.has(index) ? rewriter.letGo() : to;
  });
  rewriter.end(0, 'stop', true);
  assert.deepEqual(failed, []);
  return { settled, corrections: corrections.map(told) };
}

const WORDS = ['the', ' server', ' always', ' never', ' fails', ',', ' in', ' src', '/mian.ts', ' `src/', 'mian', '.ts`', '.', ' It', ' is', ' twelve', ' 7', ' + 5', ' = 13', '\n', '\n\n', '- ', 'File: ', ' (', ')', '  ', '```sh\n', 'cat', ' src/mian.ts', '\n```\n', '# ', 'Mian', '**', ' two', ' steps', ':', '"', 'e.g', ' port', ' HTTP', ' 404', ' é'];

test('property: what words wait for changes nothing, neither what is found nor when anything settles', () => {
  const hastily = DETECTORS.map(hasty);
  fc.assert(fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 2 }), (pieces, pauses) => {
    const paused = new Set(pauses);
    assert.deepEqual(trace(DETECTORS, pieces, paused), trace(hastily, pieces, paused));
  }), { numRuns: 1500 });
});

test('long stretches of words are read in time, and all at the end', () => {
  const pieces = [...Array.from({ length: 900 }, () => ' word'), ' `src/mian.ts`', ' and', ' so', ' on'];
  const both = [DETECTORS, DETECTORS.map(hasty)].map((detectors) => trace(detectors, ['It', ...pieces], new Set()));
  assert.deepEqual(both[0], both[1]);
  assert.equal(both[0]?.corrections.length, 1);
});
