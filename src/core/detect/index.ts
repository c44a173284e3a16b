import type { Detector } from './detector.js';
import { fabricatedPath } from './fabricated-path.js';
import { incompleteReasoning } from './incomplete-reasoning.js';
import { incorrectFact } from './incorrect-fact.js';
import { invalidPath } from './invalid-path.js';
import { logicContradiction } from './logic-contradiction.js';
import { patternMatch } from './pattern-match.js';

/** The detectors at work on answers, in the order that settles ties. */
export const DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, logicContradiction, incorrectFact, patternMatch];

/**
 * What `hotpatch eval` scores, in the same order. An answer that was cut off is recognised, but saying so in it changes every
 * answer that ends for its length, so that waits until the proxy can also ask for the rest.
 */
export const SCORED_DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, logicContradiction, incorrectFact, incompleteReasoning, patternMatch];
