import { truthOfFiles } from '../../../src/core/truth/path-truth.js';

/** A small workspace. */
export const pathTruth = truthOfFiles(['src/main.ts', 'src/lib/text.ts', 'src/lib/bytes.ts', 'README.md', 'package.json']);
