import { nothingKnown } from '../truth/ground-truth.js';
import type { Detector } from './detector.js';
import { PathRun } from './paths.js';

/** Paths of files that are not there, where one that is there is clearly meant. */
export const invalidPath: Detector = {
  type: 'invalid_path',
  kinds: ['prose', 'reasoning'],
  start: (context) => (context.modes.invalid_path === 'off' || context.truth === nothingKnown ? null : new PathRun('invalid_path', context)),
};
