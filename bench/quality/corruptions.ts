/** Ways in which a real path is written wrongly, each with a check that only one real path can be meant. */
import { editDistance } from '../../src/core/truth/path-distance.js';
import type { Random } from './random.js';

export interface Corrupted {
  readonly wrong: string;
  /** Tier of the case. */
  readonly tier: string;
}

/** A tree with the look-ups that labels need. */
export class Tree {
  readonly files: readonly string[];
  readonly name: string;
  readonly #all: Set<string>;
  readonly #folded = new Map<string, number>();
  readonly #bases = new Map<string, number>();
  readonly #folders = new Set<string>();
  readonly #stems = new Map<string, number>();
  readonly #keys = new Map<string, number>();

  constructor(name: string, files: readonly string[]) {
    this.name = name;
    this.files = files;
    this.#all = new Set(files);
    for (const file of files) {
      count(this.#folded, file.toLowerCase());
      count(this.#bases, baseOf(file).toLowerCase());
      count(this.#stems, stem(file));
      count(this.#keys, letters(baseOf(file)));
      const parts = file.split('/');
      for (let i = 1; i < parts.length; i += 1) this.#folders.add(parts.slice(0, i).join('/'));
    }
  }

  has(path: string): boolean {
    return this.#all.has(path) || this.#folders.has(path);
  }

  /** Written below some folder it is right. */
  isEnding(path: string): boolean {
    return this.files.some((file) => file.endsWith(`/${path}`));
  }

  isOnlyBase(path: string): boolean {
    return this.#bases.get(baseOf(path).toLowerCase()) === 1;
  }

  isOnlyStem(path: string): boolean {
    return this.#stems.get(stem(path)) === 1;
  }

  isOnlyFolded(path: string): boolean {
    return this.#folded.get(path.toLowerCase()) === 1;
  }

  isOnlyKey(path: string): boolean {
    return this.#keys.get(letters(baseOf(path))) === 1;
  }

  hasBase(name: string): boolean {
    return this.#bases.has(name.toLowerCase());
  }

  hasStemLike(name: string): boolean {
    const key = letters(name);
    return this.files.some((file) => {
      const other = letters(baseOf(file));
      return other === key || editDistance(other, key, 2) <= 2;
    });
  }

  /** No other real path is as near as `right`. */
  isNearest(wrong: string, right: string): boolean {
    const most = editDistance(wrong, right, 4);
    return this.files.every((file) => file === right || editDistance(wrong, file, most) > most);
  }
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function stem(path: string): string {
  const name = path.toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot > name.lastIndexOf('/') + 1 ? name.slice(0, dot) : name;
}

/** The letters of a name without its extension, whatever the style. */
function letters(name: string): string {
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? name.slice(0, dot) : name).toLowerCase().replace(/[-_. ]/g, '');
}

type Corrupt = (path: string, random: Random, tree: Tree) => string | null;

const ALPHABET = 'abcdefghijklmnoprstuvwy';
const FAMILIES = ['ts tsx js jsx mjs cjs mts', 'py pyi', 'md mdx rst txt', 'json yaml yml toml', 'c h cc cpp hpp', 'css scss less', 'sh bash', 'png jpg svg', 'java kt', 'html htm'].map((list) => list.split(' '));
const FOREIGN_ROOTS = ['/workspace/', '/app/', '/testbed/', '/repo/', '/mnt/data/', '/home/user/project/', '/Users/dev/code/', '/workspace/NAME/', '/home/kim/NAME/', 'C:\\Users\\dev\\NAME\\', 'D:\\work\\NAME\\'];
const SURPLUS = ['src', 'lib', 'core', 'utils', 'common', 'internal', 'main', 'app'];

/** Replaces one component; the last without its extension. */
function inComponent(path: string, random: Random, change: (name: string) => string | null, least = 4): string | null {
  const parts = path.split('/');
  const at = random.below(3) === 0 ? random.below(parts.length) : parts.length - 1;
  const name = parts[at] as string;
  const dot = at === parts.length - 1 ? name.lastIndexOf('.') : -1;
  const cut = dot > 0 ? dot : name.length;
  if (cut < least) return null;
  const changed = change(name.slice(0, cut));
  if (changed === null) return null;
  parts[at] = changed + name.slice(cut);
  return parts.join('/');
}

function edit(name: string, random: Random): string | null {
  const spots = [...name].map((_letter, at) => at).filter((at) => /[a-zA-Z]/.test(name[at] ?? ''));
  if (spots.length < 3) return null;
  const at = random.pick(spots);
  const letter = ALPHABET[random.below(ALPHABET.length)] as string;
  const kind = random.below(4);
  if (kind === 0) return name.slice(0, at) + name.slice(at + 1);
  if (kind === 1) return name.slice(0, at) + letter + name.slice(at);
  if (kind === 2) return name.slice(0, at) + letter + name.slice(at + 1);
  return at + 1 < name.length && name[at] !== name[at + 1] && /[a-zA-Z]/.test(name[at + 1] as string) ? name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2) : null;
}

function twice(name: string, random: Random): string | null {
  const once = edit(name, random);
  const both = once === null ? null : edit(once, random);
  return both !== null && editDistance(name, both, 2) === 2 ? both : null;
}

function restyle(name: string, random: Random): string | null {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[-_ ]+/).filter((word) => word !== '');
  if (words.length < 2) return null;
  const upper = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
  const styles = [words.join('-').toLowerCase(), words.join('_').toLowerCase(), words.map(upper).join(''), words.map((word, i) => (i === 0 ? word.toLowerCase() : upper(word))).join('')];
  const style = random.pick(styles);
  return style.toLowerCase() === name.toLowerCase() ? null : style;
}

function replaceDir(path: string, random: Random, change: (parts: string[], at: number) => boolean): string | null {
  const parts = path.split('/');
  if (parts.length < 2) return null;
  return change(parts, random.below(parts.length - 1)) ? parts.join('/') : null;
}

const single = (path: string, tree: Tree): boolean => tree.isOnlyBase(path);

export const CORRUPTIONS: Readonly<Record<string, Corrupt>> = {
  typo1: (path, random, tree) => near(path, inComponent(path, random, (name) => edit(name, random)), tree),
  typo2: (path, random, tree) => near(path, inComponent(path, random, (name) => twice(name, random), 7), tree),
  case: (path, random, tree) => {
    const upper = (name: string): string => random.pick([name.toUpperCase(), name.slice(0, 1).toUpperCase() + name.slice(1), name.toLowerCase()]);
    const wrong = inComponent(path, random, upper, 2);
    return wrong !== null && tree.isOnlyFolded(path) ? wrong : null;
  },
  style: (path, random, tree) => {
    if (!tree.isOnlyKey(path)) return null;
    const parts = path.split('/');
    const name = parts.at(-1) as string;
    const dot = name.lastIndexOf('.');
    const style = dot > 0 ? restyle(name.slice(0, dot), random) : null;
    return style === null ? null : [...parts.slice(0, -1), style + name.slice(dot)].join('/');
  },
  ext: (path, random, tree) => {
    const dot = path.lastIndexOf('.');
    const family = FAMILIES.find((one) => one.includes(path.slice(dot + 1)));
    if (family === undefined || !tree.isOnlyStem(path) || !path.includes('/')) return null;
    return path.slice(0, dot + 1) + random.pick(family);
  },
  wrongdir: (path, random, tree) => (single(path, tree) ? replaceDir(path, random, (parts, at) => ((parts[at] = random.pick(tree.files.filter((file) => file.includes('/'))).split('/')[0] as string), !parts[at].startsWith('.'))) : null),
  missingdir: (path, random, tree) => (single(path, tree) && path.split('/').length > 2 ? replaceDir(path, random, (parts, at) => parts.splice(at, 1).length > 0) : null),
  surplusdir: (path, random, tree) => (single(path, tree) ? replaceDir(path, random, (parts, at) => parts.splice(at + random.below(2), 0, random.pick(SURPLUS)).length === 0) : null),
  plural: (path, random, tree) => {
    const wrong = replaceDir(path, random, (parts, at) => {
      const name = parts[at] as string;
      if (!/^[a-zA-Z]{3,}$/.test(name)) return false;
      parts[at] = name.endsWith('s') ? name.slice(0, -1) : `${name}s`;
      return true;
    });
    return near(path, wrong, tree);
  },
  backslash: (path, random) => {
    const at = [...path].flatMap((letter, i) => (letter === '/' ? [i] : []));
    if (at.length === 0) return null;
    if (random.below(2) === 0) return path.replaceAll('/', '\\');
    const one = random.pick(at);
    return `${path.slice(0, one)}\\${path.slice(one + 1)}`;
  },
  dblslash: (path, random) => {
    const at = [...path].flatMap((letter, i) => (letter === '/' ? [i] : []));
    if (at.length === 0) return null;
    const one = random.pick(at);
    return `${path.slice(0, one)}/${path.slice(one)}`;
  },
  root: (path, random, tree) => {
    const root = random.pick(FOREIGN_ROOTS).replace('NAME', tree.name.replace(/^@.*\//, ''));
    return path.includes('/') ? (root.includes('\\') ? root + path.replaceAll('/', '\\') : root + path) : null;
  },
  dotdot: (path, random) => (path.includes('/') ? `${'../'.repeat(1 + random.below(2))}${path}` : null),
  nfd: (path) => (path.normalize('NFD') === path ? null : path.normalize('NFD')),
};

function near(path: string, wrong: string | null, tree: Tree): string | null {
  return wrong !== null && tree.isNearest(wrong, path) ? wrong : null;
}

/** One wrong writing of a real path; null where this kind of slip has none that is clear. */
export function corrupt(kind: string, path: string, random: Random, tree: Tree): Corrupted | null {
  const wrong = CORRUPTIONS[kind]?.(path, random, tree) ?? null;
  if (wrong === null || wrong === path || tree.has(wrong) || tree.isEnding(wrong.replace(/^(?:\.{1,2}\/)+/, ''))) return kind === 'dotdot' && wrong !== null ? { wrong, tier: kind } : null;
  return { wrong, tier: kind };
}
