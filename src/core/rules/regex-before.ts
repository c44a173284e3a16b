import { complement, DIGITS, hasChar, LINE_ENDS, rangesOf, SPACES, unite, WORD, type CharSet } from './regex-chars.js';
import type { Program } from './regex-program.js';

/** What stands before a position. */
export interface Before {
  /** The text begins here. */
  readonly start: boolean;
  readonly word: boolean;
  readonly lineEnd: boolean;
  /** Whether the character there is in a set of the program; null: not known from this alone. */
  has(set: number): boolean | null;
}

/** Kinds of places where a match may begin, told apart by the character before. */
export const AT_START = 0;
const AFTER_LINE_END = 1;
const AFTER_SPACE = 2;
const AFTER_DIGIT = 3;
const AFTER_WORD = 4;
/** After U+017F or U+212A: a word character to patterns with `iu` only. */
const AFTER_FOLDED = 5;
const AFTER_OTHER = 6;
export const KINDS = 7;

const FOLDED: CharSet = [0x17f, 0x17f, 0x212a, 0x212a];
const BLANKS = without(SPACES, LINE_ENDS);
const LETTERS = without(WORD, DIGITS);

const MEMBERS: readonly CharSet[] = [
  [], LINE_ENDS, BLANKS, DIGITS, LETTERS, FOLDED,
  complement(unite([LINE_ENDS, BLANKS, DIGITS, LETTERS, FOLDED].flatMap(rangesOf))),
];

const ASCII = Uint8Array.from({ length: 128 }, (_, char) => search(char));

function without(set: CharSet, less: CharSet): CharSet {
  return complement(unite([...rangesOf(complement(set)), ...rangesOf(less)]));
}

function search(char: number): number {
  const kind = MEMBERS.findIndex((members) => hasChar(members, char));
  return kind < 0 ? AFTER_OTHER : kind;
}

/** What a character is to a position behind it. */
export function kindOf(char: number): number {
  if (char < 128) return ASCII[char] ?? AFTER_OTHER;
  if (char > 0x3000 && char < 0xfe00) return AFTER_OTHER;
  if (char === 0x2028 || char === 0x2029) return AFTER_LINE_END;
  if (char === 0x17f || char === 0x212a) return AFTER_FOLDED;
  return hasChar(BLANKS, char) ? AFTER_SPACE : AFTER_OTHER;
}

/** What a program can know of a place of this kind. */
export function beforeKind(program: Program, kind: number): Before {
  const members = MEMBERS[kind] ?? [];
  return {
    start: kind === AT_START,
    word: kind === AFTER_DIGIT || kind === AFTER_WORD || (kind === AFTER_FOLDED && hasChar(program.word, 0x17f)),
    lineEnd: kind === AFTER_LINE_END,
    has: (set) => (kind === AT_START ? false : holdsAll(program.sets[set] ?? [], members)),
  };
}

/** Whether a set has all of some characters, none (false), or a part of them (null). */
function holdsAll(set: CharSet, members: CharSet): boolean | null {
  let shared = 0;
  let all = 0;
  const ranges = rangesOf(set);
  for (const [low, high] of rangesOf(members)) {
    all += high - low + 1;
    for (const [first, last] of ranges) shared += Math.max(0, Math.min(high, last) - Math.max(low, first) + 1);
  }
  return shared === 0 ? false : shared === all ? true : null;
}
