import { NONE, ROOT, type PathIndex } from './path-index.js';
import { difference, editDistance, isTransposition } from './path-distance.js';
import { extensionAt, extensionOf, foldName, letterMask, stemKey } from './path-words.js';

/** Ways from a wrong list of components to nodes that exist. All are bounded by the folders on the way. */

/** The question as steps see it: components below `base`, and how far they exist letter for letter. */
export interface Walk {
  readonly index: PathIndex;
  readonly parts: readonly string[];
  /** `spine[i]` is the node of the first `i` components; as long as they exist. */
  readonly spine: readonly number[];
  /** Only a folder will do: a slash stood at the end. */
  readonly folder: boolean;
}

export function startWalk(index: PathIndex, base: number, parts: readonly string[], folder: boolean): Walk {
  const spine = [base];
  for (const part of parts) {
    const next = index.child(spine[spine.length - 1]!, part);
    if (next === NONE) break;
    spine.push(next);
  }
  return { index, parts, spine, folder };
}

/** The node that the components from `from` on lead to, letter for letter. */
export function follow(index: PathIndex, node: number, parts: readonly string[], from: number): number {
  let at = node;
  for (let i = from; i < parts.length && at !== NONE; i += 1) at = index.child(at, parts[i]!);
  return at;
}

/** Whether a node may be suggested for this question. */
export function suits(walk: Walk, node: number): boolean {
  if (node === NONE || node === ROOT || walk.index.isIgnored(node)) return false;
  return !walk.folder || walk.index.isFolder(node);
}

/** At most two nodes whose components have the same letters and digits and extensions, whatever stands between the words. */
export function styledMatches(walk: Walk, parts: readonly string[]): readonly number[] {
  const { index, spine } = walk;
  let level = [spine[0]!];
  for (const part of parts) {
    const next: number[] = [];
    const folded = foldName(part);
    const key = stemKey(folded);
    if (key.length < LEAST_STYLED && index.names.firstFolded(folded) === NONE) return next;
    for (const folder of level) {
      for (let id = index.names.firstStem(key); id !== NONE && next.length < 8; id = index.names.nextStem(id)) {
        if (extensionOf(index.names.folded(id)) !== extensionOf(folded)) continue;
        const node = index.childNamed(folder, id);
        if (node !== NONE && !index.isIgnored(node)) next.push(node);
      }
    }
    if (next.length === 0) return next;
    level = next;
  }
  return level.filter((node) => suits(walk, node)).slice(0, 2);
}

/** Shorter names are seldom of several words. */
const LEAST_STYLED = 4;

/** At most two nodes that spell the components but for letter case and Unicode form. */
export function foldedMatches(walk: Walk, parts: readonly string[]): readonly number[] {
  const { index, spine } = walk;
  let level = [spine[0]!];
  for (const part of parts) {
    const next: number[] = [];
    const folded = foldName(part);
    for (const folder of level) {
      for (let id = index.names.firstFolded(folded); id !== NONE && next.length < 8; id = index.names.nextFolded(id)) {
        const node = index.childNamed(folder, id);
        if (node !== NONE && !index.isIgnored(node)) next.push(node);
      }
    }
    if (next.length === 0) return next;
    level = next;
  }
  return level.filter((node) => suits(walk, node)).slice(0, 2);
}

/** Nodes whose path ends with these components: how many, and one of them. Stops at `most`. */
export function endingWith(index: PathIndex, parts: readonly string[], most: number): { readonly count: number; readonly node: number } {
  let count = 0;
  let found = NONE;
  const ids = parts.map((part) => index.names.find(part));
  if (ids.includes(NONE)) return { count, node: found };
  let visits = 0;
  for (let node = index.firstNamed(ids[ids.length - 1]!); node !== NONE; node = index.nextNamed(node)) {
    visits += 1;
    if (visits > MOST_VISITS) return { count: most, node: found };
    let at = node;
    let i = ids.length - 1;
    while (i > 0 && at !== ROOT && index.nameId(at) === ids[i]) {
      at = index.parent(at);
      i -= 1;
    }
    if (i > 0 || at === ROOT || index.nameId(at) !== ids[0]) continue;
    found = node;
    count += 1;
    if (count >= most) break;
  }
  return { count, node: found };
}

// A name that more nodes bear says nothing, and walking them all would take a millisecond.
const MOST_VISITS = 20_000;

/** One component mistyped: which node results, and how grave the slip is. */
export interface Slip {
  readonly node: number;
  /** 0: neighbours swapped, 1: one edit, 2: two edits. */
  readonly rank: 0 | 1 | 2;
  /** Letters of the component that was mistyped, without extension. */
  readonly letters: number;
  /** A word's first letter is among the wrong ones. */
  readonly firstLetter: boolean;
  readonly component: number;
}

/** The gravest slips are left out where slighter ones exist; each node once. */
export function slips(walk: Walk): readonly Slip[] {
  const { spine, parts } = walk;
  let best: Slip[] = [];
  for (let k = 0; k < spine.length && k < parts.length; k += 1) {
    slipsAt(walk, k, (slip) => {
      const least = best[0]?.rank ?? 2;
      if (slip.rank > least) return;
      if (slip.rank < least) best = [];
      if (!best.some((other) => other.node === slip.node)) best.push(slip);
    });
  }
  return best;
}

function slipsAt(walk: Walk, k: number, found: (slip: Slip) => void): void {
  const { index, spine, parts } = walk;
  const folded = foldName(parts[k]!);
  const mask = letterMask(folded);
  const last = k === parts.length - 1;
  // A folder of this name elsewhere: the word is meant, and whether this is its place is for the directory step to say.
  if (!last && index.names.firstFolded(folded) !== NONE) return;
  // A name with an extension is no folder's, unless the folder's has it too.
  const dotted = last && !walk.folder ? extensionOf(folded) : '';
  const check = (child: number): void => {
    const id = index.nameId(child);
    const name = index.names.folded(id);
    if (dotted !== '' && index.isFolder(child) && extensionOf(name) !== dotted) return;
    if (!index.names.mayBeNear(id, name.length, mask, 2, folded.length)) return;
    const slip = measure(folded, name, last && index.isFile(child));
    if (slip === null) return;
    const node = follow(index, child, parts, k + 1);
    if (suits(walk, node) && !index.isIgnored(child)) found({ ...slip, node, component: k });
  };
  for (let child = index.firstFolder(spine[k]!); child !== NONE; child = index.sibling(child)) check(child);
  if (!last || walk.folder) return;
  for (let child = index.firstFile(spine[k]!); child !== NONE; child = index.sibling(child)) check(child);
}

/** Judges two folded names; null where they are two names rather than one mistyped. */
export function measure(wrong: string, right: string, file: boolean): Omit<Slip, 'node' | 'component'> | null {
  const distance = editDistance(wrong, right, 2);
  if (distance === 0 || distance > 2) return null;
  if (file && extensionOf(wrong) !== extensionOf(right)) return null;
  const letters = Math.min(file ? extensionAt(wrong) : wrong.length, file ? extensionAt(right) : right.length);
  const swapped = distance === 1 && isTransposition(wrong, right);
  if (letters < (swapped ? 3 : distance === 1 ? (file ? 4 : 3) : 5)) return null;
  const { digits, letters: inWord, atStart, apart } = difference(wrong, right);
  // `tcp` and `udp`, `zh-CN` and `zh-TW`: too much of a short word is another word.
  if (digits || (distance === 2 && inWord < 5)) return null;
  return { rank: swapped ? 0 : distance === 1 ? 1 : 2, letters, firstLetter: atStart && !(distance === 2 && apart) };
}

/** A path that differs from the wrong one by one whole folder. */
export interface Detour {
  readonly node: number;
  readonly how: 'missing' | 'surplus' | 'swapped';
  /** Components that agree, the name among them. */
  readonly agree: number;
}

/** Every node that one missing, surplus or swapped folder leads to; stops at `most`. */
export function detours(walk: Walk, most: number): readonly Detour[] {
  const { index, spine, parts } = walk;
  const found: Detour[] = [];
  const add = (node: number, how: Detour['how'], agree: number): void => {
    if (suits(walk, node) && found.length < most && !found.some((other) => other.node === node)) found.push({ node, how, agree });
  };
  const ids = parts.map((part) => index.names.find(part));
  const last = parts.length - 1;
  for (let k = 0; k < spine.length && k <= last; k += 1) {
    if (ids[last] === NONE) return found;
    if (k < last) add(follow(index, spine[k]!, parts, k + 1), 'surplus', last);
    const afterMissing = ids[k]!;
    const afterSwapped = k < last ? ids[k + 1]! : NONE;
    for (let child = index.firstFolder(spine[k]!); child !== NONE; child = index.sibling(child)) {
      if (index.isIgnored(child)) continue;
      if (afterMissing !== NONE) add(followFrom(index, child, ids, k), 'missing', last + 1);
      if (afterSwapped !== NONE && index.nameId(child) !== ids[k]) add(followFrom(index, child, ids, k + 1), 'swapped', last);
    }
  }
  return found;
}

function followFrom(index: PathIndex, node: number, ids: readonly number[], from: number): number {
  let at = node;
  for (let i = from; i < ids.length && at !== NONE; i += 1) at = ids[i] === NONE ? NONE : index.childNamed(at, ids[i]!);
  return at;
}
