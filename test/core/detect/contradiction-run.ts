import assert from 'node:assert/strict';
import type { ExchangeContext, Finding } from '../../../src/core/detect/detector.js';
import { logicContradiction } from '../../../src/core/detect/logic-contradiction.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { type ChannelKind, uniformModes } from '../../../src/core/types.js';

export const CONTEXT: ExchangeContext = { truth: nothingKnown, rules: EMPTY_RULES, request: EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: 4_096 };

/** What the detector finds in a text that comes in pieces, and at how many of them it held something. Checks the frontier's contract. */
export function contradictions(pieces: readonly string[], context: ExchangeContext = CONTEXT, kind: ChannelKind = 'prose'): { readonly found: Finding[]; readonly heldPieces: number } {
  const run = logicContradiction.start(context, kind);
  assert.ok(run !== null);
  const found: Finding[] = [];
  let text = '';
  let frontier = 0;
  let heldPieces = 0;
  const take = (finding: Finding): void => {
    // What cannot have a note any more is reported; everything else begins where nothing has left.
    assert.ok(finding.verdict.strategy === 'report' || finding.end >= frontier, 'a note comes too late');
    assert.ok(finding.start < finding.end && finding.end <= text.length);
    found.push(finding);
  };
  for (const fresh of pieces) {
    text += fresh;
    const next = run.advance({ text, base: 0, fresh, ended: false, finish: null }, take);
    assert.ok(next >= frontier && next <= text.length && next >= text.length - context.holdChars, 'the frontier stays within its bounds');
    frontier = next;
    if (next < text.length) heldPieces += 1;
  }
  assert.equal(run.advance({ text, base: 0, fresh: '', ended: true, finish: null }, take), text.length);
  return { found, heldPieces };
}
