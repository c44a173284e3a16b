import { editDistance } from './path-distance.js';
import { measure } from './path-walk.js';
import { NONE, type PathIndex } from './path-index.js';
import { foldName, stemKey } from './path-words.js';

/** `wai.js` is too short to be put right to `wait.js`, and no invention all the same. */
const LEAST_NAME = 5;
/** In a name this long two edits leave most of it. */
const LONG_NAME = 12;

/** Whether the workspace has something of this name, this stem, or one slip from this name. */
export function resembling(index: PathIndex, parts: readonly string[]): boolean {
  const folded = foldName(parts[parts.length - 1]!);
  if (index.names.firstFolded(folded) !== NONE) return true;
  if (index.names.firstStem(stemKey(folded)) !== NONE) return true;
  let near = false;
  index.names.near(folded, 2, (id) => {
    const name = index.names.folded(id);
    near ||= measure(folded, name, true) !== null || (folded.length >= LEAST_NAME && editDistance(folded, name, 2) <= (folded.length >= LONG_NAME ? 2 : 1));
  });
  return near;
}
