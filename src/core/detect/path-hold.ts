import { isOpener, PATH_TAG } from './path-chars.js';
import { isShellFence } from './path-cues.js';
import { mayQuotePath } from './path-plain.js';

/** What stands before a word that begins. */
export interface WordStart {
  /** The unit before it, and the one before that; 0: none. */
  readonly last: number;
  readonly lastButOne: number;
  /** The info string of the fence it is in; null: prose. */
  readonly fence: string | null;
  /** It stands in the first line of its fence. */
  readonly heads: boolean;
  /** First unit of its line that is no space. */
  readonly lead: number;
  /** How far into its line it begins, in units. */
  readonly column: number;
  /** The answer is data from its first letter. */
  readonly data: boolean;
  /** The innermost open bracket is a brace. */
  readonly inObject: boolean;
  /** What stands before it in its line. */
  readonly line: string;
}

/**
 * How a word is held from its first letter: not at all; while it is no plain word; while, besides, what begins with a capital goes
 * on like something at the workspace's top.
 */
export const GRADE = { none: 0, firm: 1, weak: 2 } as const;
export type Grade = (typeof GRADE)[keyof typeof GRADE];

/** A shorter word is no path. */
export const LEAST_PATH = 3;

/** Without a character that only paths have, a word this long is let go. */
const MOST_PLAIN = 16;
/** A capital behind a small letter tells a name in code, from here on. */
const LEAST_HUMP = 7;
const MOST_LABEL = 32;
const LABEL = /^[\s#>*-]*(?:File|Path|Location|Filename|Source|Edit|Update|Modified|Updated|Changed)(?: path| name)?\**:\**\s$/;
const HEADING = /^#{1,6}\s$/;
/** What a reading command is given is a file, mostly. */
const READS = /^\s*(?:[$>]\s+)?(?:cat|less|more|head|tail|bat|ls|node|deno|bun|tsx|python3?|py|pytest|ruby|php|perl|go run|grep|rg|sed|awk|wc|diff|jest|vitest|mocha|eslint|ruff|mypy|black|open)\s/;
/** A command whose argument begins further into its line is not looked at. */
const MOST_COMMAND = 120;
/** The marks of a comment, and a label behind them. */
const COMMENT_START = /^\s*(?:\/\/|#|--|;|\/?\*+|<!--|%)[\s#*/-]*(?:[\p{L} ]{1,20}:\s*)?$/u;

const SPACE = 0x20;
const DOUBLE = 0x22;
const HASH = 0x23;
const AMPERSAND = 0x26;
const QUOTE = 0x27;
const BRACKET = 0x28;
const CLOSING = 0x29;
const STAR = 0x2a;
const SLASH = 0x2f;
const COLON = 0x3a;
const TAG = 0x3c;
const TAG_END = 0x3e;
const BACKSLASH = 0x5c;
const SQUARE_CLOSING = 0x5d;
const TICK = 0x60;
const BRACE_CLOSING = 0x7d;

const units = (letters: string): ReadonlySet<number> => new Set([...letters].map((letter) => letter.charCodeAt(0)));
const COMMENT = units('#/<;-*%');
/** No path is read from a word that begins with one of these: options, packages, variables, homes, shell comments. */
const NO_BEGINNING = units('@-$%^~?#:');
/** No path that a text names a file by has one of these, where nothing before it may end the path. */
const NO_PART = units('{}[]$%^~');
/** A quote behind one of these closes. */
const ENDS = units('.!?)]}%');

/** A path may end before one of these: what follows says nothing of it. */
const CUTS = units(':#?(<');

/** Whether a path may begin with this unit, behind that one: what follows a closing bracket goes on with what came before. */
export function begins(code: number, last: number): boolean {
  return !NO_BEGINNING.has(code) && last !== CLOSING && last !== SQUARE_CLOSING && last !== BRACE_CLOSING && last !== AMPERSAND;
}

/** Whether a quote closes what came before it. */
export function closes(last: number, lastButOne: number): boolean {
  return (last === QUOTE || last === DOUBLE || last === TICK || last === 0x2019 || last === 0x201d) && (ENDS.has(lastButOne) || isLetter(lastButOne));
}

/** Whether a word is no path from this unit on, at `length` units from its start: comment marks, templates, ellipses. */
export function isNoPath(code: number, last: number, length: number): boolean {
  if (NO_PART.has(code)) return true;
  if (length !== 1) return false;
  return (last === SLASH || last === BACKSLASH) && (code === SLASH || code === BACKSLASH || code === STAR);
}

/** Whether a path may end before this unit, inside a word. */
export function mayEnd(code: number): boolean {
  return CUTS.has(code);
}

/**
 * Whether a word is long enough, without a character that only paths have, to be a name in code: `retrieverProvider` in
 * backticks. Should a folder be called so, its first letters are seldom the wrong ones.
 */
export function isPlainName(code: number, last: number, length: number): boolean {
  return length >= MOST_PLAIN || (length >= LEAST_HUMP && isCapital(code) && last >= 0x61 && last <= 0x7a);
}

/** Whether a word that begins here may stand apart, as far as the units around it say; most do not, and are asked nothing more. */
export function mayStandApart(last: number, lastButOne: number, fenced: boolean, column: number): boolean {
  if (fenced || isOpener(last) || last === TAG_END) return true;
  return last === SPACE && column < MOST_LABEL && (lastButOne === COLON || lastButOne === STAR || lastButOne === HASH);
}

/**
 * Straight behind a quote or bracket, behind a label, in a heading, at the start of a shell line, in the comment that heads a
 * block: a word there is likely enough a path to be held from its first letter.
 */
export function gradeOf(start: WordStart): Grade {
  const { last, lastButOne, fence, heads, lead, column, line } = start;
  if (last === TAG_END && PATH_TAG.test(line)) return GRADE.firm;
  if (isOpener(last)) return opens(start) ? (fence === null && !isLink(last, lastButOne) ? GRADE.weak : GRADE.firm) : GRADE.none;
  if (fence !== null) {
    const told = heads && COMMENT.has(lead) && column < MOST_LABEL && COMMENT_START.test(line);
    const given = last === SPACE && column < MOST_COMMAND && READS.test(line);
    return told || (isShellFence(fence) && (column === 0 || given)) ? GRADE.firm : GRADE.none;
  }
  // `File: ` and the like at the start of a line name a path next.
  if (LABEL.test(line)) return GRADE.firm;
  return HEADING.test(line) ? GRADE.weak : GRADE.none;
}

/**
 * An apostrophe or the bracket of a call, straight behind a letter, opens nothing; nor does a tag, a quote that closes, or one around
 * what code would not name a file in.
 */
function opens({ last, lastButOne, fence, data, inObject, line }: WordStart): boolean {
  // A backtick that opens is told by its span.
  if (last === TAG || last === TICK) return false;
  if (last === BRACKET) return !isLetter(lastButOne);
  if (last !== QUOTE && last !== DOUBLE) return true;
  const code = fence !== null || data;
  if (ENDS.has(lastButOne) || ((last === QUOTE || !code) && isLetter(lastButOne))) return false;
  return !code || mayQuotePath(line, inObject);
}

/** The target of a Markdown link. */
function isLink(last: number, lastButOne: number): boolean {
  return last === BRACKET && lastButOne === SQUARE_CLOSING;
}

export function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return code >= 0x80 ? /\p{L}/u.test(String.fromCharCode(code)) : isDigit(code) || isCapital(code) || (code >= 0x61 && code <= 0x7a);
}
