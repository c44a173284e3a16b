import { nothingKnown } from '../truth/ground-truth.js';
import { isArgument } from '../types.js';
import type { Detector } from './detector.js';
import { PathArgumentRun } from './path-argument.js';
import { PathRun } from './paths.js';

/** Paths of files that are not there, where one that is there is clearly meant. */
export const invalidPath: Detector = {
  type: 'invalid_path',
  kinds: ['prose', 'reasoning', 'read_path', 'written_path'],
  start: (context, kind) => {
    if (context.modes.invalid_path === 'off' || context.truth === nothingKnown) return null;
    return isArgument(kind) ? new PathArgumentRun('invalid_path', context, kind) : new PathRun('invalid_path', context);
  },
};
