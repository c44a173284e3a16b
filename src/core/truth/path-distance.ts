/** How far two names are apart, as people and models mistype them. */

/**
 * Optimal string alignment distance, as far as `most`: insertions, deletions, substitutions and swaps of neighbours
 * count one each, and no letter is touched twice.
 * @returns the distance, or `most + 1` where it is more.
 */
export function editDistance(one: string, other: string, most: number): number {
  let a = one;
  let b = other;
  if (a.length > b.length) [a, b] = [b, a];
  if (b.length - a.length > most) return most + 1;
  let head = 0;
  while (head < a.length && a.charCodeAt(head) === b.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < a.length - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail += 1;
  const n = a.length - head - tail;
  const m = b.length - head - tail;
  if (n === 0) return m;
  return align(a, b, head, n, m, most);
}

const ROW = 256;
const rows = [new Uint8Array(ROW), new Uint8Array(ROW), new Uint8Array(ROW)] as const;

/** The banded table over what is left between the common head and tail: `n` letters of `a`, `m >= n` of `b`. */
function align(a: string, b: string, head: number, n: number, m: number, most: number): number {
  if (m >= ROW) return most + 1;
  const far = most + 1;
  let [before, last, row] = rows as readonly [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= m; j += 1) last[j] = Math.min(j, far);
  for (let i = 1; i <= n; i += 1) {
    let least = (row[0] = Math.min(i, far));
    const from = Math.max(1, i - most);
    const to = Math.min(m, i + most);
    if (from > 1) row[from - 1] = far;
    const ca = a.charCodeAt(head + i - 1);
    for (let j = from; j <= to; j += 1) {
      const cb = b.charCodeAt(head + j - 1);
      let cost = last[j - 1]! + (ca === cb ? 0 : 1);
      const above = j < i + most ? last[j]! + 1 : far;
      if (above < cost) cost = above;
      const left = row[j - 1]! + 1;
      if (left < cost) cost = left;
      if (i > 1 && j > 1 && ca === b.charCodeAt(head + j - 2) && a.charCodeAt(head + i - 2) === cb) {
        const swapped = before[j - 2]! + 1;
        if (swapped < cost) cost = swapped;
      }
      row[j] = cost > far ? far : cost;
      if (row[j]! < least) least = row[j]!;
    }
    if (to < m) row[to + 1] = far;
    // A swap may still come from the row before this one, so only two far rows end the search.
    if (least >= far && i > 1 && rowLeast(last, from, to) >= far) return far;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[m]!, far);
}

function rowLeast(row: Uint8Array, from: number, to: number): number {
  let least = 255;
  for (let j = Math.max(0, from - 1); j <= to; j += 1) if (row[j]! < least) least = row[j]!;
  return least;
}

/** Whether the names differ by one swap of neighbours and nothing else. */
export function isTransposition(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return (
    at + 1 < one.length &&
    one.charCodeAt(at) === other.charCodeAt(at + 1) &&
    one.charCodeAt(at + 1) === other.charCodeAt(at) &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

const DIGIT = /\d/;
const WORD_LETTER = /[\p{L}\p{N}]/u;

/** Where two names differ, widened to whole words. */
export interface Difference {
  /** A digit is part of it: `v1` and `v2` are two names, not one mistyped. */
  readonly digits: boolean;
  /** Letters of the shorter of the two stretches of whole words: `zh-CN` and `zh-TW` differ in a word of two. */
  readonly letters: number;
  /** It begins with the word's first letter. */
  readonly atStart: boolean;
  /** More letters than two lie between the first and the last that differ: no prefix was put for another, as in `encoder` and `decoder`. */
  readonly apart: boolean;
}

export function difference(one: string, other: string): Difference {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one.charCodeAt(head) === other.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail)) tail += 1;
  const digits = DIGIT.test(one.slice(head, one.length - tail)) || DIGIT.test(other.slice(head, other.length - tail));
  const apart = Math.max(one.length, other.length) - head - tail > 2;
  let from = head;
  while (from > 0 && WORD_LETTER.test(one[from - 1]!)) from -= 1;
  let after = tail;
  while (after > 0 && WORD_LETTER.test(one[one.length - after]!)) after -= 1;
  return { digits, letters: shorter - from - after, atStart: from === head, apart };
}
