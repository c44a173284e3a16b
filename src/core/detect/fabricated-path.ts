import { nothingKnown } from '../truth/ground-truth.js';
import { isArgument } from '../types.js';
import type { Detector } from './detector.js';
import { PathArgumentRun } from './path-argument.js';
import { PathRun } from './paths.js';

/** Paths of files that are not there and that nothing in the workspace resembles. */
export const fabricatedPath: Detector = {
  type: 'fabricated_path',
  kinds: ['prose', 'reasoning', 'read_path', 'written_path'],
  start: (context, kind) => {
    if (context.modes.fabricated_path === 'off' || context.truth === nothingKnown) return null;
    return isArgument(kind) ? new PathArgumentRun('fabricated_path', context, kind) : new PathRun('fabricated_path', context);
  },
};
