import type { PathStep } from './ground-truth.js';
import type { PathForm, WorkspaceNames } from './path-form.js';
import { NONE, ROOT, type PathIndex } from './path-index.js';
import { detours, follow, measure, foldedMatches, slips, startWalk, styledMatches, suits, type Detour, type Slip, type Walk } from './path-walk.js';
import { extensionOf, foldName, isGenericName, MANIFESTS, plainLetters, sameFamily, stemKey, stemOf } from './path-words.js';

/** A clear counterpart. */
export interface Found {
  readonly node: number;
  readonly step: PathStep;
  readonly score: number;
  /** What to write in place of the node's whole path: for a lone name a name, below a package the path from there. */
  readonly shown?: string;
}

export interface Question {
  readonly walk: Walk;
  readonly names: WorkspaceNames;
  readonly form: PathForm;
  /** The one real path that ends with the asked one, a folder below the top. */
  readonly ending: Found | null;
}

/** One way to mend a path. `several`: more than one counterpart is as good, so no later step may pick. */
export type Step = (question: Question) => Found | 'several' | null;

/** Unicode form and letter case: the same letters, another spelling. */
const spelling: Step = ({ walk }) => {
  const { index } = walk;
  const parts = walk.parts.map(plainLetters);
  const lone = parts.length === 1;
  const matches = lone ? namesSpelledLike(walk, parts[0]!) : foldedMatches(walk, parts);
  if (matches.length === 0) return null;
  if (matches.length > 1) return 'several';
  const node = matches[0]!;
  const shown = lone ? index.name(node) : index.path(node);
  const letters = parts.join('/').normalize('NFC') === shown.normalize('NFC');
  return { node, step: letters ? 'unicode_form' : 'letter_case', score: letters ? 0.98 : lone ? 0.9 : 0.97, shown };
};

/** Of each different spelling of a lone name one node; it is looked for in the whole tree. */
function namesSpelledLike(walk: Walk, part: string): readonly number[] {
  const { index } = walk;
  const nodes: number[] = [];
  const folded = foldName(part);
  for (let id = index.names.firstFolded(folded); id !== NONE; id = index.names.nextFolded(id)) {
    for (let node = index.firstNamed(id); node !== NONE; node = index.nextNamed(node)) {
      if (!suits(walk, node)) continue;
      nodes.push(node);
      break;
    }
  }
  return nodes;
}

/** The repository's own name before a path from its top. */
const ownName: Step = ({ walk, names }) => {
  const { index, parts } = walk;
  if (parts.length < 2 || parts[0] !== names.name || walk.spine.length > 1) return null;
  const node = follow(index, ROOT, parts, 1);
  return suits(walk, node) && index.isFile(node) ? { node, step: 'foreign_root', score: 0.85 } : null;
};

/** The same words in another style: `UserService`, `userService`, `user-service`, `user_service`. */
const style: Step = ({ walk }) => {
  const { index, parts } = walk;
  if (parts.length < 2) return null;
  const matches = styledMatches(walk, parts.map(plainLetters));
  if (matches.length === 0) return null;
  return matches.length > 1 ? 'several' : { node: matches[0]!, step: 'name_style', score: 0.95, shown: index.path(matches[0]!) };
};

const TEST_NAME = /^(.{2,})\.(?:test|tests|spec|specs)(\.[a-z]{1,4})$/;

/** A test by the other word for it, in the same folder: `a.spec.ts` for `a.test.ts`. */
const testWord: Step = ({ walk }) => {
  const { index, parts, spine } = walk;
  const asked = TEST_NAME.exec(parts[parts.length - 1]!);
  if (asked === null || walk.folder || spine.length < parts.length) return null;
  let only = NONE;
  for (const word of ['test', 'tests', 'spec', 'specs']) {
    const node = index.child(spine[parts.length - 1]!, `${asked[1]}.${word}${asked[2]}`);
    if (node === NONE || !suits(walk, node) || !index.isFile(node)) continue;
    if (only !== NONE) return 'several';
    only = node;
  }
  return only === NONE ? null : { node: only, step: 'extension', score: 0.92 };
};

const WORD = /^[a-z0-9]{1,10}$/;

/** The same stem in the same folder under another extension; one of the same family is preferred. */
const extension: Step = ({ walk }) => {
  const { index, parts, spine } = walk;
  const name = foldName(parts[parts.length - 1]!);
  const stem = stemOf(name);
  if (walk.folder || parts.length < 2 || spine.length < parts.length || stem === name || !WORD.test(extensionOf(name))) return null;
  const candidates: number[] = [];
  for (let id = index.names.firstStem(stemKey(name)); id !== NONE; id = index.names.nextStem(id)) {
    if (stemOf(index.names.folded(id)) !== stem) continue;
    const node = index.childNamed(spine[parts.length - 1]!, id);
    if (suits(walk, node) && index.isFile(node)) candidates.push(node);
  }
  if (candidates.length === 0) return null;
  const wrong = extensionOf(name);
  const kin = candidates.filter((node) => sameFamily(wrong, extensionOf(index.name(node))));
  const best = kin.length > 0 ? kin : candidates;
  if (best.length > 1) return 'several';
  return { node: best[0]!, step: 'extension', score: kin.length === 0 ? 0.75 : candidates.length > 1 ? 0.85 : 0.95 };
};

/** One component mistyped, or two slips in it. A lone name is looked for in the whole tree. */
const typing: Step = (question) => {
  const { walk } = question;
  if (walk.parts.length === 1) return loneTyping(walk);
  const found = slips(walk);
  if (found.length === 0) return null;
  const unique = uniqueName(walk);
  if (found.length > 1) return 'several';
  const slip = found[0]!;
  if (unique !== null && unique !== slip.node) return 'several';
  const last = slip.component === walk.parts.length - 1;
  // The asked word is a name elsewhere in the tree, so it may well be meant.
  const meant = last && walk.index.names.firstStem(stemKey(foldName(walk.parts[slip.component]!))) !== NONE;
  return { node: slip.node, step: stepOf(slip), score: meant ? 0.75 : scoreOf(slip, last) };
};

function stepOf(slip: Pick<Slip, 'rank'>): PathStep {
  return slip.rank === 0 ? 'transposed_letters' : slip.rank === 1 ? 'one_edit' : 'two_edits';
}

function scoreOf(slip: Pick<Slip, 'rank' | 'letters' | 'firstLetter'>, last: boolean): number {
  const { rank, letters } = slip;
  if (rank === 0) return letters >= 5 ? 0.96 : 0.9;
  if (rank === 1) return letters >= 8 ? 0.95 : letters >= 5 || !last ? 0.92 : 0.85;
  if (slip.firstLetter) return 0.7;
  return letters >= 9 ? 0.92 : letters >= 7 ? 0.88 : last ? 0.75 : 0.85;
}

function loneTyping(walk: Walk): Found | 'several' | null {
  const { index, parts } = walk;
  const folded = foldName(parts[0]!);
  let best: { id: number; slip: NonNullable<ReturnType<typeof measure>> } | null = null;
  let several = false;
  index.names.near(folded, 1, (id) => {
    const slip = measure(folded, index.names.folded(id), true);
    if (slip === null || slip.rank > 1 || slip.letters < 5) return;
    if (best !== null && slip.rank > best.slip.rank) return;
    several = best !== null && slip.rank === best.slip.rank;
    best = { id, slip };
  });
  if (best === null) return null;
  if (several) return 'several';
  const { id, slip } = best as { id: number; slip: NonNullable<ReturnType<typeof measure>> };
  let node = index.firstNamed(id);
  while (node !== NONE && !(suits(walk, node) && index.isFile(node))) node = index.nextNamed(node);
  if (node === NONE) return null;
  return { node, step: stepOf(slip), score: Math.min(scoreOf(slip, true), 0.9), shown: index.name(node) };
}

/** The only file of the tree that has the asked name; null where there is none, or more, or the name says nothing. */
function uniqueName(walk: Walk): number | null {
  const { index, parts } = walk;
  const name = parts[parts.length - 1]!;
  if (walk.folder || parts.length < 2 || isGenericName(foldName(name))) return null;
  const id = index.names.find(name);
  if (id === NONE) return null;
  const node = index.firstNamed(id);
  if (node === NONE || index.nextNamed(node) !== NONE) return null;
  return index.isFile(node) && !index.isIgnored(node) ? node : null;
}

const elsewhere: Step = ({ walk }) => {
  const node = uniqueName(walk);
  if (node === null) return null;
  const asked = new Set(walk.parts.slice(0, -1));
  const real = walk.index.path(node).split('/').slice(0, -1);
  const shared = real.filter((part) => asked.has(part)).length;
  const apart = Math.max(asked.size, real.length) - shared;
  // One folder apart is the usual slip. In the top folder a name is easily another file's.
  const score = real.length === 0 ? 0.78 : apart <= 1 ? 0.93 : shared > 0 ? 0.9 : 0.78;
  return { node, step: 'unique_name', score };
};

/** The real path that ends so, where a top folder was left out. */
const topLeftOut: Step = ({ ending }) => ending;

/** One folder missing, surplus or swapped. A name that says nothing needs two folders that agree, and its own among them. */
const directory: Step = ({ walk }) => {
  const { parts, index } = walk;
  const name = foldName(parts[parts.length - 1]!);
  if (parts.length < 2) return null;
  const generic = isGenericName(name);
  const says = (way: Detour): boolean =>
    !generic || (way.agree >= (way.how === 'surplus' ? 2 : 3) && index.name(index.parent(way.node)) === parts[parts.length - 2]);
  const fit = detours(walk, 16).filter((way) => index.isFile(way.node) && says(way));
  if (fit.length === 0) return null;
  if (fit.length > 1) return 'several';
  // Two words and a slash are seldom a file without an extension.
  const bare = parts.length === 2 && extensionOf(name) === '';
  return { node: fit[0]!.node, step: 'directory', score: bare ? 0.6 : generic ? 0.75 : 0.82 };
};

// More folders of one name than this say nothing about which of them is meant.
const MOST_BASES = 256;

/** A path written below a package of the tree, where the top has no such folder: the plainest steps from there. */
const belowPackage: Step = (question) => {
  const { index, parts, spine } = question.walk;
  if (parts.length < 2 || spine.length > 1) return null;
  const id = index.names.find(parts[0]!);
  if (id === NONE) return null;
  let only: Found | null = null;
  let visits = 0;
  for (let node = index.firstNamed(id); node !== NONE; node = index.nextNamed(node)) {
    visits += 1;
    if (visits > MOST_BASES) return 'several';
    const base = index.parent(node);
    if (!index.isFolder(node) || index.isIgnored(node) || !isPackage(index, base)) continue;
    const found = below(question, base);
    if (found === null) continue;
    if (found === 'several' || only !== null) return 'several';
    only = found;
  }
  return only;
};

/** The plainest steps from a folder of the tree, answered as a path from there. */
export function below(question: Question, base: number): Found | 'several' | null {
  const { index, parts, folder } = question.walk;
  const found = firstOf([spelling, style, extension, typing], { ...question, walk: startWalk(index, base, parts, folder) });
  if (found === null || found === 'several' || parts.length < 2) return found;
  const shown = index.path(found.node).slice(base === ROOT ? 0 : index.path(base).length + 1);
  return { ...found, score: Math.min(found.score, 0.9), shown };
}

/** The answer of the first step that has one. */
export function firstOf(steps: readonly Step[], question: Question): Found | 'several' | null {
  for (const step of steps) {
    const found = step(question);
    if (found !== null) return found;
  }
  return null;
}

export function isPackage(index: PathIndex, folder: number): boolean {
  return MANIFESTS.some((name) => index.child(folder, name) !== NONE);
}

/** The order in which a wrong path is mended. Separators are put right before the first of them. */
export const STEPS: readonly Step[] = [spelling, ownName, style, testWord, extension, typing, elsewhere, topLeftOut, directory, belowPackage];
