import type { GroundTruth, PathAnswer, PathQuestion } from './ground-truth.js';
import type { WorkspaceNames } from './path-form.js';
import { NONE, PathIndex, ROOT } from './path-index.js';
import { resolvePath } from './path-resolve.js';

/** The value stored for an attribute of a subject; null: unknown. */
export type FactLookup = (subject: string, attribute: string) => string | null;

export interface TruthOptions {
  /** Absolute paths of the workspace's folder; none by default. */
  readonly roots?: readonly string[];
  /** The folder's own name. Default: the last component of the first root. */
  readonly name?: string;
  /** Relative posix paths that exist but are never suggested. */
  readonly ignored?: readonly string[];
  readonly facts?: FactLookup;
}

// Answers kept until the index changes. A stream asks for the same few paths again and again.
const MOST_KEPT = 2_048;

/** Truth from one index, with its answers kept. `confirm` is the caller's, since only it can see a disk. */
export class IndexTruth implements GroundTruth {
  readonly #index: PathIndex;
  readonly #names: WorkspaceNames;
  readonly #facts: FactLookup;
  readonly #confirm: (wrong: string, right: string) => boolean;
  readonly #kept = new Map<string, PathAnswer>();
  #keptVersion = -1;
  #top: readonly string[] = [];
  #topVersion = -1;

  constructor(index: PathIndex, names: WorkspaceNames, facts: FactLookup = () => null, confirm: (wrong: string, right: string) => boolean = () => true) {
    this.#index = index;
    this.#names = names;
    this.#facts = facts;
    this.#confirm = confirm;
  }

  path(question: PathQuestion): PathAnswer {
    if (this.#keptVersion !== this.#index.version || this.#kept.size >= MOST_KEPT) {
      this.#kept.clear();
      this.#keptVersion = this.#index.version;
    }
    const key = (question.backslashes ? '\\' : '/') + question.path;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const answer = resolvePath(this.#index, question, this.#names);
    this.#kept.set(key, answer);
    return answer;
  }

  namesRoot(text: string): boolean {
    return this.#names.roots.some((root) => namesFolder(text, root));
  }

  beginsTop(prefix: string): boolean {
    if (this.#topVersion !== this.#index.version) {
      this.#top = namesAtTop(this.#index);
      this.#topVersion = this.#index.version;
    }
    const names = this.#top;
    let low = 0;
    let high = names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (names[middle]! < prefix) low = middle + 1;
      else high = middle;
    }
    return names[low]?.startsWith(prefix) ?? false;
  }

  fact(subject: string, attribute: string): string | null {
    return this.#facts(subject, attribute);
  }

  confirm(wrong: string, right: string): boolean {
    return this.#confirm(wrong, right);
  }
}

function namesAtTop(index: PathIndex): readonly string[] {
  const names = new Set<string>();
  for (const first of [index.firstFolder(ROOT), index.firstFile(ROOT)]) {
    for (let node = first; node !== NONE; node = index.sibling(node)) if (!index.isIgnored(node)) names.add(index.name(node).toLowerCase());
  }
  return [...names].sort();
}

const NAME_GOES_ON = /[\p{L}\p{N}_-]/u;

function namesFolder(text: string, root: string): boolean {
  // `/` and `/a` stand in any text.
  if (root.length < 4) return false;
  for (let at = text.indexOf(root); at >= 0; at = text.indexOf(root, at + 1)) {
    const before = text[at - 1] ?? '';
    const after = text[at + root.length] ?? '';
    if (!NAME_GOES_ON.test(after) && !NAME_GOES_ON.test(before) && before !== '/') return true;
  }
  return false;
}

const indexes = new WeakMap<readonly string[], PathIndex>();

/**
 * Truth from a list of files in place of a disk; `confirm` then agrees. The index is kept for as long as the list is:
 * the same array, unchanged, is indexed once.
 */
export function truthOfFiles(files: readonly string[], options: TruthOptions = {}): GroundTruth {
  let index = indexes.get(files);
  if (index === undefined) {
    index = new PathIndex();
    for (const file of files) index.add(file, file.endsWith('/') ? 'folder' : 'file');
    indexes.set(files, index);
  }
  // Ignored paths are the question's, not the list's: an index that has them is not shared.
  if (options.ignored !== undefined && options.ignored.length > 0) index = withIgnored(files, options.ignored);
  const roots = options.roots ?? [];
  const name = options.name ?? roots[0]?.split(/[\\/]/).at(-1) ?? '';
  return new IndexTruth(index, { roots, name }, options.facts);
}

function withIgnored(files: readonly string[], ignored: readonly string[]): PathIndex {
  const index = new PathIndex();
  for (const file of files) index.add(file);
  for (const path of ignored) index.add(path.replace(/\/$/, ''), path.endsWith('/') ? 'folder' : 'file', true);
  return index;
}
