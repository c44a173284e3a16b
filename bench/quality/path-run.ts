/** Runs the two path detectors over one text, as a channel would. */
import type { DetectorRun, ExchangeContext, TextView } from '../../src/core/detect/detector.js';
import { fabricatedPath } from '../../src/core/detect/fabricated-path.js';
import { invalidPath } from '../../src/core/detect/invalid-path.js';
import { resolveLimits } from '../../src/core/limits.js';
import { compileRuleSet } from '../../src/core/rules/compile.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { EMPTY_REQUEST } from '../../src/core/truth/request-context.js';
import { type HallucinationType, type Strategy, uniformModes } from '../../src/core/types.js';

/** A finding, as scores need it. */
export interface Told {
  readonly type: HallucinationType;
  readonly start: number;
  readonly end: number;
  readonly detected: string;
  readonly expected: string | null;
  readonly strategy: Strategy;
  readonly confidence: number;
  readonly reason: string;
}

const LIMITS = resolveLimits();
const RULES = compileRuleSet([], [], new Set(), [], LIMITS);

export function contextFor(files: readonly string[], name: string, tied: boolean): ExchangeContext {
  return { truth: truthOfFiles(files, { name }), rules: RULES, request: tied ? { ...EMPTY_REQUEST, tied: true } : EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: LIMITS.holdChars };
}

export function findingsOf(text: string, context: ExchangeContext): readonly Told[] {
  const runs: DetectorRun[] = [invalidPath, fabricatedPath].flatMap((detector) => detector.start(context, 'prose') ?? []);
  const found: Told[] = [];
  const view: { -readonly [K in keyof TextView]: TextView[K] } = { text, base: 0, fresh: text, ended: false, finish: null };
  const read = (): void => {
    for (const run of runs) run.advance(view, ({ start, end, verdict }) => found.push({ ...verdict, start, end }));
  };
  read();
  view.fresh = '';
  view.ended = true;
  read();
  return found;
}
