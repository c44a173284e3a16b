import { isOpener } from './path-chars.js';
import { isShellFence } from './path-cues.js';

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
  /** Reads what stands before it in its line. */
  readonly line: () => string;
}

/** A shorter word is no path. */
export const LEAST_PATH = 3;

/** Without a character that only paths have, a word this long is let go. */
const MOST_PLAIN = 16;
/** A capital behind a small letter tells a name in code, from here on. */
const LEAST_HUMP = 7;
const MOST_LABEL = 32;
const LABEL = /^#{1,6}\s$|^[\s#>*-]*(?:File|Path|Location|Filename|Source|Edit|Update|Modified|Updated|Changed)(?: path| name)?\**:\**\s$/;
/** The marks of a comment, and a label behind them. */
const COMMENT_START = /^\s*(?:\/\/|#|--|;|\/?\*+|<!--|%)[\s#*/-]*(?:[\p{L} ]{1,20}:\s*)?$/u;

const SPACE = 0x20;
const HASH = 0x23;
const QUOTE = 0x27;
const BRACKET = 0x28;
const STAR = 0x2a;
const SLASH = 0x2f;
const COLON = 0x3a;
const TAG = 0x3c;
const BACKSLASH = 0x5c;

const units = (letters: string): ReadonlySet<number> => new Set([...letters].map((letter) => letter.charCodeAt(0)));
const COMMENT = units('#/<;-*%');
/** No path is read from a word that begins with one of these: options, packages, variables, homes, shell comments. */
const NO_BEGINNING = units('@-$%^~?#:');
/** No path that a text names a file by has one of these, where nothing before it may end the path. */
const NO_PART = units('{}[]$%^~');

/** A path may end before one of these: what follows says nothing of it. */
const CUTS = units(':#?(<');

/** Whether a path may begin with this unit. */
export function begins(code: number): boolean {
  return !NO_BEGINNING.has(code);
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
  return length >= MOST_PLAIN || (length >= LEAST_HUMP && code >= 0x41 && code <= 0x5a && last >= 0x61 && last <= 0x7a);
}

/**
 * Straight behind a quote or bracket, behind a label, in a heading, at the start of a shell line, in the comment that heads a
 * block: a word there is likely enough a path to be held from its first letter.
 */
export function isApart({ last, lastButOne, fence, heads, lead, column, line }: WordStart): boolean {
  if (isOpener(last)) return opens(last, lastButOne);
  if (fence !== null) return (heads && COMMENT.has(lead) && column < MOST_LABEL && COMMENT_START.test(line())) || (column === 0 && isShellFence(fence));
  // `File: ` and the like at the start of a line name a path next.
  if (last !== SPACE || column >= MOST_LABEL) return false;
  return (lastButOne === COLON || lastButOne === STAR || lastButOne === HASH) && LABEL.test(line());
}

/** An apostrophe or the bracket of a call, straight behind a letter, opens nothing; nor does a tag. */
function opens(last: number, before: number): boolean {
  if (last === TAG) return false;
  return (last !== QUOTE && last !== BRACKET) || !isLetter(before);
}

function isLetter(code: number): boolean {
  return code >= 0x80 ? /\p{L}/u.test(String.fromCharCode(code)) : (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
