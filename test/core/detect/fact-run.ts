import assert from 'node:assert/strict';
import type { ExchangeContext, Finding } from '../../../src/core/detect/detector.js';
import { incorrectFact } from '../../../src/core/detect/incorrect-fact.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import type { Fact } from '../../../src/core/rules/rule-set.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { uniformModes } from '../../../src/core/types.js';

export interface Given {
  readonly facts?: readonly Fact[];
  readonly asked?: string;
}

/** An exchange in which these facts hold and that was asked. */
export function contextOf({ facts = [], asked }: Given): ExchangeContext {
  const request = asked === undefined ? EMPTY_REQUEST : { ...EMPTY_REQUEST, texts: () => [{ role: 'user' as const, text: asked }] };
  return { truth: nothingKnown, rules: { ...EMPTY_RULES, facts }, request, modes: uniformModes('correct'), holdChars: 4096 };
}

/** Feeds the pieces, checks the run's contract on the way, and returns the findings and the most that was held. */
export function feed(pieces: readonly string[], given: Given = {}): { readonly findings: readonly Finding[]; readonly held: number } {
  const run = incorrectFact.start(contextOf(given), 'prose');
  assert.ok(run);
  const findings: Finding[] = [];
  let text = '';
  let frontier = 0;
  let held = 0;
  const found = (finding: Finding): void => {
    // A note needs only its end to be still to come.
    const place = finding.verdict.strategy === 'insert' ? (finding.noteAt ?? finding.end) : finding.start;
    assert.ok(place >= frontier, `a finding at ${finding.start} before the frontier ${frontier}`);
    findings.push(finding);
  };
  const step = (fresh: string, ended: boolean): void => {
    text += fresh;
    const next = run.advance({ text, base: 0, fresh, ended, finish: ended ? 'stop' : null }, found);
    assert.ok(next >= frontier && next <= text.length, `frontier ${next} after ${frontier} of ${text.length}`);
    frontier = next;
    held = Math.max(held, text.length - next);
  };
  for (const piece of pieces) step(piece, false);
  step('', true);
  assert.equal(frontier, text.length);
  return { findings, held };
}

/** `detected -> expected` of every finding, with the strategy where it is no replacement. */
export function told(pieces: readonly string[], given: Given = {}): readonly string[] {
  return feed(pieces, given).findings.map(({ verdict: { detected, expected, strategy } }) => `${detected} -> ${expected ?? '?'}${strategy === 'replace' ? '' : ` (${strategy})`}`);
}
