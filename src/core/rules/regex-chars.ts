/** Sets of code points, exact to what the engine's own regular expressions mean by a class. */

/** Inclusive ranges, ascending and apart: [low, high, low, high, ...]. */
export type CharSet = readonly number[];

const LAST = 0x10ffff;

export const WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** With `iu`, long s and the Kelvin sign fold into letters and so are word characters. */
export const WORD_FOLDED: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a, 0x17f, 0x17f, 0x212a, 0x212a];
export const LINE_ENDS: CharSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];
export const DIGITS: CharSet = [0x30, 0x39];
export const SPACES: CharSet = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
export const ANYTHING: CharSet = [0, LAST];

export function hasChar(set: CharSet, char: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (char < (set[middle * 2] ?? 0)) high = middle - 1;
    else if (char > (set[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

export function complement(set: CharSet): CharSet {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    const low = set[i] ?? 0;
    if (low > next) result.push(next, low - 1);
    next = (set[i + 1] ?? 0) + 1;
  }
  if (next <= LAST) result.push(next, LAST);
  return result;
}

/** Sorts and joins ranges given in any order. */
export function unite(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [low, high] of sorted) {
    const last = result.length - 1;
    const end = result[last];
    if (end !== undefined && low <= end + 1) result[last] = Math.max(end, high);
    else result.push(low, high);
  }
  return result;
}

export function rangesOf(set: CharSet): [number, number][] {
  const result: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) result.push([set[i] ?? 0, set[i + 1] ?? 0]);
  return result;
}

let foldTable: ReadonlyMap<number, readonly number[]> | null = null;

/** Each code point that has case, with all that `iu` takes for equal to it, itself included. */
function folds(): ReadonlyMap<number, readonly number[]> {
  foldTable ??= buildFolds();
  return foldTable;
}

/** Pairs that no conversion of case connects, though the simple case folding of Unicode does. */
const UNCONNECTED: readonly (readonly [number, number])[] = [[0xfb05, 0xfb06], [0x1fd3, 0x390], [0x1fe3, 0x3b0]];

function buildFolds(): Map<number, readonly number[]> {
  const table = new Map<number, number[]>();
  const join = (a: number, b: number): void => {
    const one = table.get(a) ?? [a];
    const two = table.get(b) ?? [b];
    if (one === two) return;
    const all = [...new Set([...one, ...two])].sort((x, y) => x - y);
    for (const member of all) table.set(member, all);
  };
  const consider = (a: number, b: number): void => {
    if (a === b || table.get(a)?.includes(b) === true) return;
    // The engine itself is asked, as conversions of case are not the folding: dotted I is the famous exception.
    if (new RegExp(`^\\u{${a.toString(16)}}$`, 'iu').test(String.fromCodePoint(b))) join(a, b);
  };
  const cased = /[\p{Changes_When_Casemapped}\p{Changes_When_Casefolded}]/u;
  for (let char = 0; char < 0x1f000; char++) {
    const text = String.fromCodePoint(char);
    if (char >= 0x3000 && char < 0xa000) continue;
    if (!cased.test(text)) continue;
    for (const other of [text.toLowerCase(), text.toUpperCase(), text.toUpperCase().toLowerCase()]) {
      const point = other.codePointAt(0) ?? char;
      if (other.length === (point > 0xffff ? 2 : 1)) consider(char, point);
    }
  }
  for (const [a, b] of UNCONNECTED) consider(a, b);
  return table;
}

/** All code points equal to this one under `iu`, ascending. */
export function caseMates(char: number): readonly number[] {
  if (char < 0x80) {
    // Most patterns are ASCII, and need no table.
    const lower = char | 0x20;
    if (lower < 0x61 || lower > 0x7a) return [char];
    if (lower === 0x6b) return [0x4b, 0x6b, 0x212a];
    if (lower === 0x73) return [0x53, 0x73, 0x17f];
    return [lower - 0x20, lower];
  }
  return folds().get(char) ?? [char];
}

/** The set and all that `iu` takes for equal to a member. */
export function closeOverCase(set: CharSet): CharSet {
  const ranges = rangesOf(set);
  let size = 0;
  for (const [low, high] of ranges) size += high - low + 1;
  if (size <= 128) {
    for (const [low, high] of rangesOf(set)) {
      for (let char = low; char <= high; char++) for (const mate of caseMates(char)) ranges.push([mate, mate]);
    }
  } else {
    for (const [char, mates] of folds()) {
      if (hasChar(set, char)) for (const mate of mates) ranges.push([mate, mate]);
    }
  }
  return unite(ranges);
}

/** Classes that were read from the engine. Reading one takes some 10 ms, and people use the same few. */
const nativeSets = new Map<string, CharSet>();
const MAX_NATIVE_SETS = 256;

/** Reads classes that name Unicode properties from the engine itself. Lives for one compilation: its texts are large. */
export class NativeSets {
  #stretches: readonly (readonly [number, string])[] | null = null;

  /** The set of a class or escape that consumes exactly one code point. */
  get(source: string, ignoreCase: boolean): CharSet {
    const key = (ignoreCase ? 'i' : ' ') + source;
    let set = nativeSets.get(key);
    if (set === undefined) {
      if (nativeSets.size >= MAX_NATIVE_SETS) nativeSets.clear();
      set = this.#scan(source, ignoreCase ? 'iu' : 'u');
      nativeSets.set(key, set);
    }
    return set;
  }

  #scan(source: string, flags: string): CharSet {
    const ranges: [number, number][] = [];
    this.#stretches ??= [stretch(0, 0xd7ff), stretch(0xe000, 0xffff), stretch(0x10000, LAST)];
    for (const [first, text] of this.#stretches) {
      const unit = first > 0xffff ? 2 : 1;
      // Every unit of these texts is part of a class or its complement, so each search ends where it began or goes on.
      for (const run of text.matchAll(new RegExp(`(?:${source})+`, `g${flags}`))) {
        ranges.push([first + run.index / unit, first + (run.index + run[0].length) / unit - 1]);
      }
    }
    const one = new RegExp(`^(?:${source})$`, flags);
    for (let char = 0xd800; char < 0xe000; char++) if (one.test(String.fromCharCode(char))) ranges.push([char, char]);
    return unite(ranges);
  }
}

function stretch(first: number, last: number): readonly [number, string] {
  const parts: string[] = [];
  for (let at = first; at <= last; at += 4096) {
    const count = Math.min(4096, last - at + 1);
    parts.push(String.fromCodePoint(...Array.from({ length: count }, (_, i) => at + i)));
  }
  return [first, parts.join('')];
}
