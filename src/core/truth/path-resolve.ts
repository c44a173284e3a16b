import type { PathAnswer, PathKnown, PathQuestion, PathStep, PathUnknown } from './ground-truth.js';
import { isContainerRoot, isSystemPath } from './path-foreign.js';
import { readForm, writeForm, type PathForm, type WorkspaceNames } from './path-form.js';
import { NONE, ROOT, type PathIndex } from './path-index.js';
import { resembling } from './path-resemble.js';
import { below, firstOf, isPackage, STEPS, type Found, type Question } from './path-steps.js';
import { endingWith, follow, startWalk } from './path-walk.js';
import { isGenericName, isOutputFolder, foldName } from './path-words.js';

const FILE: PathKnown = Object.freeze({ known: true, is: 'file' });
const FOLDER: PathKnown = Object.freeze({ known: true, is: 'folder' });
const IGNORED: PathKnown = Object.freeze({ known: true, is: 'ignored' });

/** Steps that may be believed of an exchange that is not tied to the workspace. */
const UNTIED: ReadonlySet<PathStep> = new Set<PathStep>(['unicode_form', 'separators', 'letter_case', 'transposed_letters', 'one_edit']);

// Globs, placeholders, variables: what looks like a path but stands for many.
const PATTERN = /[*?<>|{}$"`]/;

/**
 * What an index knows of a written path. The steps run in order and the first clear counterpart wins; two as good mean
 * none. A path that is the end of real ones is right as written below some folder, and known: unless just one folder is
 * missing before it, that folder is no package of its own, and only one real path ends so.
 */
export function resolvePath(index: PathIndex, question: PathQuestion, names: WorkspaceNames): PathAnswer {
  if (index.files === 0) return 'unknown';
  const form = readForm(question.path, question.backslashes, names);
  if (form === null) return 'unknown';
  if (form.place === 'outside') return resolveOutside(index, form, names);
  const base = form.prefix === '' || form.prefix === './' ? baseOf(index, names, form.up) : NONE;
  if (base !== NONE) {
    const node = follow(index, base, form.parts, 0);
    if (node !== NONE && !form.oddSeparators) return known(index, node);
  }
  if (form.up > 0) return resolveUpward(index, form);
  const parts = form.parts;
  const walk = startWalk(index, ROOT, parts, form.folder);
  if (parts.length === 0) return FOLDER;
  if (walk.spine.length > parts.length) {
    const node = walk.spine[parts.length]!;
    return form.oddSeparators && !index.isIgnored(node) ? answer(index, form, { node, step: 'separators', score: 0.98 }) : known(index, node);
  }
  if (question.path.includes('%') && decodes(index, question.path)) return FILE;
  const ending = endOf(index, form);
  if (ending !== null && ending.found === null) return ending.is;
  if (PATTERN.test(question.path) || parts[0]!.startsWith('@') || GIT_REF.test(question.path)) return 'unknown';
  if (isUnindexed(index, walk.spine, parts)) return 'unknown';
  const asked: Question = { walk, names, form, ending: ending?.found ?? null };
  const near = base === NONE || base === ROOT ? null : below(asked, base);
  const found = near !== null && near !== 'several' ? near : firstOf(STEPS, asked);
  if (found !== null && found !== 'several') return answer(index, form, found);
  if (names.ignores?.(parts.join('/')) === true) return 'unknown';
  return { known: false, nearest: null, step: null, score: 0, needsTie: false, resembles: resembling(index, parts) };
}

const GIT_REF = /^refs\/(?:heads|tags|remotes)\//;

function known(index: PathIndex, node: number): PathKnown {
  if (index.isIgnored(node)) return IGNORED;
  return index.isFolder(node) ? FOLDER : FILE;
}

/** The folder that relative paths of a stated working directory start from, after so many `../`. */
function baseOf(index: PathIndex, names: WorkspaceNames, up: number): number {
  if (names.base === undefined || names.base === '') return NONE;
  let node = index.find(names.base);
  for (let i = 0; i < up && node !== NONE; i += 1) node = node === ROOT ? NONE : index.parent(node);
  return node;
}

function answer(index: PathIndex, form: PathForm, found: Found): PathUnknown {
  const relative = found.shown ?? index.path(found.node);
  const nearest = writeForm(form, relative);
  // Whoever can name a file must not be able to write a command into an answer.
  if (isHostile(nearest, form.parts.join('/'))) return { known: false, nearest: null, step: null, score: 0, needsTie: false, resembles: true };
  // A name without a folder, or below a package, may be any project's.
  const needsTie = !UNTIED.has(found.step) || relative !== index.path(found.node) || form.parts.length === 1;
  return { known: false, nearest, step: found.step, score: found.score, needsTie, resembles: true };
}

/** What a shell, a terminal or Markdown could take for more than a name. */
const ODD = /[^\p{L}\p{M}\p{N}._+@#=~,()[\]$:/\\-]/gu;

/** Whether a path holds what may be more than a name and was not in the path that was asked for. */
function isHostile(path: string, asked: string): boolean {
  if ((path.match(ODD) ?? []).some((odd) => !asked.includes(odd))) return true;
  return /\$[({]/.test(path) || (/(?:^|[\\/])-/.test(path) && !/(?:^|[\\/])-/.test(asked));
}

function decodes(index: PathIndex, path: string): boolean {
  try {
    return index.find(decodeURIComponent(path)) !== NONE;
  } catch {
    return false;
  }
}

/** A lone name is known wherever it stands; of longer endings see above. `found` is a correction, else `is` the answer. */
function endOf(index: PathIndex, form: PathForm): { readonly is: PathKnown; readonly found: Found | null } | null {
  const { parts } = form;
  const { count, node } = endingWith(index, parts, 2);
  if (count === 0) return null;
  if (node === NONE) return { is: FILE, found: null };
  const is = known(index, node);
  // An absolute path says itself where it begins.
  if (parts.length === 1 || count > 1 || is !== FILE || form.prefix === './') return { is, found: null };
  let above = node;
  for (let i = 0; i < parts.length; i += 1) above = index.parent(above);
  if (index.parent(above) !== ROOT || isGenericName(foldName(parts[parts.length - 1]!)) || isPackage(index, above)) return { is, found: null };
  return { is, found: { node, step: 'directory', score: 0.88 } };
}

/** Below an ignored folder, or in one that tools fill and the index does not hold, nothing can be told. */
function isUnindexed(index: PathIndex, spine: readonly number[], parts: readonly string[]): boolean {
  const deepest = spine[spine.length - 1]!;
  if (deepest !== ROOT && index.isIgnored(deepest)) return true;
  for (let i = spine.length - 1; i < parts.length; i += 1) {
    const folded = foldName(parts[i]!);
    if (isOutputFolder(folded)) return true;
  }
  return false;
}

/** Leading `../` leaves the workspace; only what is there without them says that they are surplus. */
function resolveUpward(index: PathIndex, form: PathForm): PathAnswer {
  const node = form.parts.length === 0 ? NONE : startWalk(index, ROOT, form.parts, form.folder).spine[form.parts.length];
  if (node === undefined || node === NONE || index.isIgnored(node) || !index.isFile(node)) return 'unknown';
  const plain: PathForm = { ...form, prefix: '' };
  return answer(index, plain, { node, step: 'relative_prefix', score: isGenericName(foldName(index.name(node))) && form.parts.length === 1 ? 0.6 : 0.9 });
}

/** An absolute path elsewhere: wrong only if, without a foreign root, it is a file of this workspace. */
function resolveOutside(index: PathIndex, form: PathForm, names: WorkspaceNames): PathAnswer {
  const { parts } = form;
  if (parts.length === 0 || form.folder) return 'unknown';
  if (isSystemPath(parts)) return 'unknown';
  for (let cut = 0; cut < parts.length; cut += 1) {
    const rest = parts.slice(cut);
    const node = startWalk(index, ROOT, rest, false).spine[rest.length];
    if (node === undefined || !index.isFile(node)) continue;
    if (cut === 0) return known(index, node);
    if (index.isIgnored(node)) return 'unknown';
    const generic = isGenericName(foldName(rest[rest.length - 1]!));
    const own = names.name !== '' && parts[cut - 1] === names.name;
    const container = isContainerRoot(parts.slice(0, cut));
    if (!own && !container && (generic || rest.length < 2)) return 'unknown';
    return answer(index, form, { node, step: 'foreign_root', score: (own || container ? 0.95 : 0.85) - (rest.length === 1 ? 0.1 : 0) });
  }
  return 'unknown';
}
