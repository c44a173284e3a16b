import type { Detector, ExchangeContext, Finding, Verdict } from '../../../src/core/detect/detector.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { applyEdits, type Edit } from '../../../src/core/text/edit.js';
import { decide, type Decision, DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { type SettledCorrection, TextRewriter } from '../../../src/core/text/text-rewriter.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { uniformModes } from '../../../src/core/types.js';

export const CONTEXT: ExchangeContext = { truth: nothingKnown, rules: EMPTY_RULES, request: EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: 64 };

export const inProse = (verdict: Verdict): Decision | null => decide(verdict, uniformModes('correct'), 'prose', DEFAULT_NOTES);

/** A correction as one line. */
export function told({ start, end, verdict, action }: SettledCorrection): string {
  return `${start}-${end} ${verdict.type} ${action}`;
}

/** One channel driven by hand: a piece leaves as soon as it is settled, as the event queue has it. */
export class Driven {
  readonly rewriter: TextRewriter;
  readonly corrections: SettledCorrection[] = [];
  readonly faults: string[] = [];
  /** What has left, piece by piece. */
  readonly out: string[] = [];
  #waiting: { from: number; text: string }[] = [];
  #length = 0;

  constructor(detectors: readonly Detector[], decideBy: (verdict: Verdict) => Decision | null = inProse) {
    this.rewriter = new TextRewriter({
      runs: detectors.map((detector) => ({ detector, run: detector.start(CONTEXT, 'prose') ?? never() })),
      decide: decideBy,
      contextChars: 2,
      stallMs: 100,
      settled: (correction) => this.corrections.push(correction),
      failed: (detector) => this.faults.push(detector.type),
    });
  }

  get text(): string {
    return this.out.join('');
  }

  /** Units that have not left. */
  get held(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  push(text: string, nowMs = 0): this {
    this.#waiting.push({ from: this.#length, text });
    this.#length += text.length;
    this.rewriter.push(text, nowMs);
    return this.leave();
  }

  end(): this {
    this.rewriter.end(0, null, true);
    return this.leave();
  }

  leave(): this {
    for (let piece = this.#waiting[0]; piece !== undefined; piece = this.#waiting[0]) {
      const { from, text } = piece;
      const to = from + text.length;
      if (this.rewriter.settledTo < to) break;
      this.#waiting.shift();
      this.out.push(this.rewriter.touches(from, to) ? applyEdits(text, from, this.rewriter.take(from, to)) : text);
    }
    return this;
  }
}

function never(): never {
  throw new Error('a fake detector always starts');
}

const CLOSERS = '`"\'”’»)]>*_';

/**
 * What is to be done about `findings` in the whole text, by the words of the house: leftmost first, then confidence, then
 * the order of detectors; what overlaps is dropped; a note stands behind closing delimiters; reports change nothing.
 * @param findings of each detector, in the order of detectors
 */
export function correctWhole(text: string, findings: readonly (readonly Finding[])[], decideBy = inProse): { text: string; corrections: string[] } {
  const all = findings.flatMap((list, order) => list.map((finding) => ({ ...finding, order })));
  const place = (one: (typeof all)[number]): number => (decideBy(one.verdict)?.strategy === 'insert' ? one.end : one.start);
  const note = (one: (typeof all)[number]): number => (decideBy(one.verdict)?.strategy === 'insert' ? 0 : 1);
  all.sort((a, b) => place(a) - place(b) || note(a) - note(b) || b.verdict.confidence - a.verdict.confidence || a.order - b.order);
  const edits: Edit[] = [];
  const corrections: string[] = [];
  const spans: { start: number; end: number }[] = [];
  let taken = 0;
  for (const { start, end, verdict } of all) {
    const decision = decideBy(verdict);
    if (decision === null) continue;
    if (decision.strategy !== 'report') {
      if ((decision.strategy === 'insert' ? end : start) < taken) continue;
      const overlapping = spans.filter((span) => span.start < end && span.end > start);
      if (decision.strategy === 'insert' && overlapping.some((span) => !(start <= span.start && span.end <= end && span.end - span.start < end - start))) continue;
      spans.push({ start, end });
      let at = end;
      while (decision.strategy === 'insert' && at < end + 8 && CLOSERS.includes(text[at] ?? ' ')) at += 1;
      edits.push(decision.strategy === 'insert' ? { start: at, end: at, text: decision.text } : { start, end, text: decision.text });
      taken = at;
    }
    corrections.push(`${start}-${end} ${verdict.type} ${decision.action}`);
  }
  return { text: applyEdits(text, 0, edits), corrections };
}
