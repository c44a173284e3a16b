import type { HallucinationType } from '../types.js';
import type { Detector } from './detector.js';
import { fabricatedPath } from './fabricated-path.js';
import { incompleteReasoning } from './incomplete-reasoning.js';
import { incorrectFact } from './incorrect-fact.js';
import { invalidPath } from './invalid-path.js';
import { logicContradiction } from './logic-contradiction.js';
import { patternMatch } from './pattern-match.js';

/** The detectors at work on every answer, in the order that settles ties. */
export const DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, patternMatch];

/** All there are, in the same order: what `hotpatch eval` scores. */
export const ALL_DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, logicContradiction, incorrectFact, incompleteReasoning, patternMatch];

/**
 * The detectors at work where an operator has named types one by one. Of the six types three are previews: they are precise on
 * what they were measured with, but cost more for a token than is promised, so they work only where they are asked for.
 */
export function detectorsFor(named: ReadonlySet<HallucinationType>): readonly Detector[] {
  return ALL_DETECTORS.filter((detector) => DETECTORS.includes(detector) || named.has(detector.type));
}
