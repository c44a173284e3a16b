import type { Detector } from './detector.js';
import { fabricatedPath } from './fabricated-path.js';
import { incompleteReasoning } from './incomplete-reasoning.js';
import { incorrectFact } from './incorrect-fact.js';
import { invalidPath } from './invalid-path.js';
import { logicContradiction } from './logic-contradiction.js';
import { patternMatch } from './pattern-match.js';

/** All six, in the order that settles ties. */
export const DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, logicContradiction, incorrectFact, incompleteReasoning, patternMatch];
