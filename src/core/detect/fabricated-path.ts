import { nothingKnown } from '../truth/ground-truth.js';
import type { Detector } from './detector.js';
import { PathRun } from './paths.js';

/** Paths of files that are not there and that nothing in the workspace resembles. */
export const fabricatedPath: Detector = {
  type: 'fabricated_path',
  kinds: ['prose', 'reasoning'],
  start: (context) => (context.modes.fabricated_path === 'off' || context.truth === nothingKnown ? null : new PathRun('fabricated_path', context)),
};
