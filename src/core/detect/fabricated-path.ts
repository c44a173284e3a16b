import type { Detector } from './detector.js';
import { PathRun } from './paths.js';

/** Paths of files that are not there and that nothing in the workspace resembles. */
export const fabricatedPath: Detector = {
  type: 'fabricated_path',
  kinds: ['prose', 'reasoning'],
  start: (context) => (context.modes.fabricated_path === 'off' ? null : new PathRun('fabricated_path', context)),
};
