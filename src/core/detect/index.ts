import type { Detector } from './detector.js';
import { fabricatedPath } from './fabricated-path.js';
import { invalidPath } from './invalid-path.js';
import { patternMatch } from './pattern-match.js';

/** All detectors, in the order that settles ties. */
export const DETECTORS: readonly Detector[] = [invalidPath, fabricatedPath, patternMatch];
