import { PATH_TAG } from './path-chars.js';
import { EXTENSIONS, isDomain, isMimeType, isProduct, isRef, isVague, SYSTEM_ROOTS } from './path-words.js';

/** A word that may be a path, read on its own. */
export interface Mention {
  /** Where the path begins and ends within the word, without emphasis, punctuation and line suffix. */
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** With `\` and `/` as separators, empty ones left out. */
  readonly components: readonly string[];
  /** The extension of the last component in lower case; empty where it has none. */
  readonly extension: string;
  /** The extension is one that sources, documents or data have. */
  readonly familiar: boolean;
  readonly form: 'relative' | 'dotted' | 'absolute';
  readonly backslashes: boolean;
  /** Ends in a separator: a folder is meant. */
  readonly folder: boolean;
  /** Some component is a placeholder, or belongs to what is built or fetched. */
  readonly vague: boolean;
}

/** Characters no path has that a text names a file by: globs, templates, tags, options of patterns. */
const FOREIGN = /[*{}<>|^$%"=,;…?!&]|^-|@\d|^@|\/@|@$|\+\+|~/;
const NO_LETTER = /^[^\p{L}]*$/u;
const BRACKETED = /[[\]()]/;

/**
 * Reads a word as a path.
 * @param word the word with whatever is glued to it
 * @param before the last units before it, empty at the start of the text
 * @returns null where it is none, or one of the many things that only look like one.
 */
export function readMention(word: string, before: string): Mention | null {
  // An ellipsis leaves something out, wherever it stands.
  if (word.includes('...')) return null;
  const [start, stop] = bare(word);
  if (stop - start < 3) return null;
  const inner = word.slice(start, stop);
  const end = start + pathLength(inner);
  const path = word.slice(start, end);
  if (path.length < 3 || isLookAlike(path) || isContinuation(path, before)) return null;
  const components = path.split(/[\\/]+/).filter((component) => component !== '' && component !== '.' && component !== '..');
  const [first] = components;
  const last = components.at(-1);
  if (first === undefined || last === undefined) return null;
  const slashed = /[\\/]/.test(path);
  const extension = extensionOf(last);
  const familiar = EXTENSIONS.has(extension) || /^(?:Makefile|Dockerfile|LICENSE|Gemfile|Rakefile|Procfile|Jenkinsfile|CODEOWNERS)$/.test(last);
  if (!slashed && (!familiar || extension === '' || isProduct(path) || !isFileName(path))) return null;
  if (slashed && !isSlashedPath(path, components, familiar)) return null;
  const form = /^(?:[\\/]|[A-Za-z]:)/.test(path) ? 'absolute' : /^\.{1,2}[\\/]/.test(path) ? 'dotted' : 'relative';
  return {
    start,
    end,
    path,
    components,
    extension,
    familiar,
    form,
    backslashes: path.includes('\\'),
    folder: /[\\/]$/.test(path),
    vague: components.some((component, index) => isVague(component, index < components.length - 1)),
  };
}

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  if (dot < 0 || dot === name.length - 1) return '';
  const extension = name.slice(dot + 1).toLowerCase();
  return /^[a-z][a-z0-9]{0,11}$/.test(extension) ? extension : '';
}

/** The word without emphasis around it and punctuation behind it. */
function bare(word: string): readonly [number, number] {
  let start = 0;
  let end = word.length;
  while (end > start && '.,;:!?'.includes(word[end - 1] as string)) end -= 1;
  const marks = /^(?:\*{1,3}|_{1,3}(?!_*init|_*main))(?=[^*_.])/.exec(word);
  if (marks !== null) {
    const [mark] = marks;
    if (mark.startsWith('*')) start = mark.length;
    else if (word.slice(0, end).endsWith(mark)) [start, end] = [mark.length, end - mark.length];
  }
  while (end > start && word[end - 1] === '*' && !'/*'.includes(word[lastNot(word, end, '*')] ?? '/')) end -= 1;
  while (end > start && '.,;:!?'.includes(word[end - 1] as string)) end -= 1;
  if (word[end - 1] === '\\' && end - start > 1 && /[^\\/]/.test(word[end - 2] as string) && /\.[A-Za-z]+\\$/.test(word.slice(start, end))) end -= 1;
  return [start, end];
}

function lastNot(word: string, end: number, letter: string): number {
  let at = end - 1;
  while (at >= 0 && word[at] === letter) at -= 1;
  return at;
}

/** How much of it is the path: line numbers, fragments, queries, symbols and closing tags behind it are not. */
function pathLength(word: string): number {
  let end = word.length;
  const cut = (at: number): void => {
    if (at > 0 && at < end) end = at;
  };
  cut(word.indexOf('</'));
  cut(word.search(/<(?:br|p|li|td|code|b|i)\b/));
  cut(word.search(/\((?:\d|L\d)[\d, L:-]*\)?$/));
  const drive = /^[A-Za-z]:[\\/]/.test(word) ? 2 : 0;
  const colon = word.indexOf(':', drive);
  if (colon > 0 && !word.startsWith('://', colon) && /[\\/]|\.[a-z]\w*$/i.test(word.slice(0, colon))) cut(colon);
  const mark = word.search(/[#?]/);
  if (mark > 0 && /\.\w+$/.test(word.slice(0, mark))) cut(mark);
  return end;
}

/** What is no path whatever stands around it. */
function isLookAlike(path: string): boolean {
  return FOREIGN.test(path) || BRACKETED.test(path) || NO_LETTER.test(path) || /^[\\/]{2}/.test(path) || /^(?:[A-Za-z]:)?[^\\/]*:/.test(path.replace(/^[A-Za-z]:(?=[\\/])/, '')) || path.includes('#');
}

/** How many units before a word `readMention` looks at. */
export const TAG_REACH = 16;

/** The rest of a template, a variable or an expression that the word scanner cut off before it. */
function isContinuation(path: string, before: string): boolean {
  if (before === '' || !/[)\]}>$%*@&\p{L}\p{N}\p{So}\p{Cs}]$/u.test(before)) return false;
  return !before.endsWith('>') || (/^[\\/.]/.test(path) && !PATH_TAG.test(before));
}

/** A bare name that can only be a file: no method chain, version, or capitalised sentence end. */
function isFileName(path: string): boolean {
  if (isDomain(path) && !/\.(?:sh|rs|me|so|app)$/.test(path)) return false;
  return /^[\p{L}\p{N}_@.+-]+$/u.test(path) && !/^\d+(?:\.\d+)*\.?[a-z]?$/.test(path) && !/^\.[a-z]{1,4}$/i.test(path);
}

function isSlashedPath(path: string, components: readonly string[], familiar: boolean): boolean {
  const [first = ''] = components;
  if (/^[A-Za-z]:/.test(path)) return familiar && !/^[A-Za-z]:[\\/]+(?:Windows|Program|ProgramData|Users[\\/]+[^\\/]+[\\/]+AppData)/i.test(path);
  // Of another machine's place only what is below it can be known: then any extension will do.
  if (path.startsWith('/')) return (familiar || extensionOf(components.at(-1) as string) !== '') && components.length > 1 && !SYSTEM_ROOTS.has(first.toLowerCase());
  if (path.startsWith('\\')) return false;
  if (isDomain(first) && components.length > 1) return false;
  // A subtype is seldom named like a file: `model/user.py`, but `application/vnd.ms-excel`.
  if (isMimeType(first, components.length) && (!familiar || /^(?:vnd|prs|x)[.-]/.test(components[1] as string))) return false;
  // Two products side by side, or an owner's repository that is named like a file: `JavaScript/Node.js`.
  if (components.some(isProduct) && (components.length === 2 || components.every((part) => isProduct(part) || /^[A-Z]/.test(part)))) return false;
  if (isRef(first) && (!familiar || isRef(components[1] as string))) return false;
  // A date, a fraction, a version in front: `2024/01`, `1/2-inch`, `v1/users`.
  if (/^v?\d+(?:\.\d+)*$/.test(first) && !familiar) return false;
  return components.every((component) => component.length <= 128);
}
