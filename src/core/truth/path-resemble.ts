import { measure } from './path-walk.js';
import { NONE, type PathIndex } from './path-index.js';
import { foldName, stemKey } from './path-words.js';

/** Whether the workspace has something of this name, this stem, or one slip from this name. */
export function resembling(index: PathIndex, parts: readonly string[]): boolean {
  const folded = foldName(parts[parts.length - 1]!);
  if (index.names.firstFolded(folded) !== NONE) return true;
  if (index.names.firstStem(stemKey(folded)) !== NONE) return true;
  let near = false;
  index.names.near(folded, 2, (id) => {
    near ||= measure(folded, index.names.folded(id), true) !== null;
  });
  return near;
}
