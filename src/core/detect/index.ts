import type { Detector } from './detector.js';
import { patternMatch } from './pattern-match.js';

/** All detectors, in the order that settles ties. */
export const DETECTORS: readonly Detector[] = [patternMatch];
