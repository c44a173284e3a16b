import { opposition } from './claim-antonyms.js';
import type { ClaimWord, Statement } from './claim-parse.js';
import { CONDITIONS, EXISTENTIAL, POSSIBLE } from './claim-words.js';

/** Longer statements have too many parts to tell which of them differs. */
const MAX_WORDS = 22;
/** Content words of the earlier statement that the later one may leave out. */
const MAX_LEFT_OUT = 4;
/** Those that the later statement may add where it affirms what was denied. */
const MAX_ADDED = 2;
const BE = new Set(['is', 'are', 'was', 'were', 'be', 'remains', 'become', 'becomes']);
/** A statement with one of these holds in one respect, at one time or for one part. */
const LIMITING = new Set('only necessarily just merely simply solely yet entirely fully completely exactly until more less than later limited longer other another else also still already now currently previously originally initially sometimes partially partly mostly mainly especially particularly version versions unlike instead rather some many several certain usually typically generally often could would should may might respectively both either neither alone directly itself too enough even'.split(' '));
const TIMES = /^(?:1\d{3}|20\d{2})$/;

function plain(statement: Statement): boolean {
  const { words } = statement;
  if (words.length > MAX_WORDS || statement.anaphoric || EXISTENTIAL.has(words[0]?.raw ?? '')) return false;
  return words.every((word) => !word.quoted && !CONDITIONS.has(word.raw) && !LIMITING.has(word.raw) && !TIMES.test(word.raw));
}

/**
 * Whether `later` contradicts `earlier` in another order of words: everything it says was said, but for one negation or one pair of
 * opposites. What the earlier statement says besides may be left out, and not the other way round: "X has no nested Y" does not deny
 * "X has Y".
 */
export function compareLoose(earlierWhole: Statement, laterWhole: Statement): 'negation' | 'antonym' | null {
  if (!plain(earlierWhole) || !plain(laterWhole)) return null;
  const earlier = mainPart(earlierWhole);
  const later = mainPart(laterWhole);
  if (earlier.label !== later.label) return null;
  const extra: string[] = [];
  for (const key of later.content) if (!earlier.content.has(key)) extra.push(key);
  if (extra.length > MAX_ADDED) return null;
  const missing: string[] = [];
  for (const key of earlier.content) if (!later.content.has(key)) missing.push(key);
  const denials = (words: readonly ClaimWord[]): number => words.reduce((sum, word) => sum + (word.denied ? 1 : 0), 0);
  const [one, other] = [denials(earlier.words), denials(later.words)];
  if (one > 1 || other > 1 || !sameNumbers(earlier, later)) return null;
  const shared = later.content.size - extra.length;
  if (one !== other) return negated(earlier, later, extra, missing, shared);
  return extra.length === 1 ? opposed(earlier, later, extra[0] as string, missing, shared) : null;
}

/** The statement up to its first comma, if it says something by then. */
function mainPart(statement: Statement): Statement {
  const end = statement.words.findIndex((word, at) => at >= MIN_MAIN && word.breaks);
  if (end < 0) return statement;
  const words = statement.words.slice(0, end);
  return { ...statement, words, content: new Set(words.filter((word) => word.content && word.number === null).map((word) => word.key)) };
}

const MIN_MAIN = 4;

function sameNumbers(earlier: Statement, later: Statement): boolean {
  const numbers = (statement: Statement): string => statement.words.filter((word) => word.number !== null).map((word) => word.key).sort().join(' ');
  return numbers(earlier) === numbers(later);
}

function negated(earlier: Statement, later: Statement, extra: readonly string[], missing: readonly string[], shared: number): 'negation' | null {
  const positive = later.words.some((word) => word.denied) ? earlier : later;
  const negative = positive === earlier ? later : earlier;
  // The negative statement may not say more than the positive one.
  if (positive === later ? missing.length > 0 : extra.length > 0 || missing.length > MAX_LEFT_OUT) return null;
  const denied = negative.words.find((word) => word.denied);
  if (denied === undefined || denied.raw === '' || /^(?:all|every|always|everyone|everything)$/.test(denied.raw)) return null;
  if (positive.words.some((word) => POSSIBLE.has(word.raw)) !== negative.words.some((word) => POSSIBLE.has(word.raw))) return null;
  const same = inOrder(earlier, later);
  if (!same && !turned(earlier, later)) return null;
  return shared >= (same && negative.words.length <= SHORT ? NEEDED_SHORT : NEEDED) && beginsAlike(earlier, later, same) ? 'negation' : null;
}

const NEEDED = 3;
/** A short denial, as "Penguins cannot fly", says all of what it denies. */
const NEEDED_SHORT = 2;
const SHORT = 5;
const NEEDED_OPPOSED = 2;

function contentKeys(statement: Statement, among: Statement): string[] {
  const keys: string[] = [];
  for (const word of statement.words) if (word.content && word.number === null && among.content.has(word.key) && !keys.includes(word.key)) keys.push(word.key);
  return keys;
}

function inOrder(earlier: Statement, later: Statement): boolean {
  return contentKeys(earlier, later).join(' ') === contentKeys(later, earlier).join(' ');
}

/** One is the passive of the other. */
function turned(earlier: Statement, later: Statement): boolean {
  const by = (statement: Statement): boolean => statement.words.some((word) => word.raw === 'by');
  return by(earlier) !== by(later);
}

/** The subjects are the same: the first content words, or, turned, the last of the passive. */
function beginsAlike(earlier: Statement, later: Statement, same: boolean): boolean {
  if (!same) return true;
  const first = (statement: Statement): string => statement.words.find((word) => word.content)?.key ?? '';
  return first(earlier) === first(later);
}

function opposed(earlier: Statement, later: Statement, extra: string, missing: readonly string[], shared: number): 'antonym' | null {
  const opposite = missing.find((key) => opposition(key, extra) !== null);
  if (opposite === undefined || missing.length - 1 > MAX_LEFT_OUT || shared < NEEDED_OPPOSED) return null;
  const [at, subject] = predicate(earlier, opposite);
  const [to, other] = predicate(later, extra);
  if (at < 0 || to < 0 || subject.size === 0 || subject.size !== other.size) return null;
  for (const key of subject) if (!other.has(key)) return null;
  return 'antonym';
}

/** Where `key` stands as what its subject is said to be, and the content of that subject. */
function predicate(statement: Statement, key: string): readonly [number, ReadonlySet<string>] {
  const { words } = statement;
  const at = words.findIndex((word) => word.key === key);
  const be = words.findIndex((word, k) => k < at && BE.has(word.raw));
  // Between the verb and the word nothing else is said: "is required", "is always required".
  if (be < 0 || at - be > 2 || words.slice(be + 1, at).some((word) => word.content && !/^(?:always|never|thread)$/.test(word.raw))) return [-1, EMPTY];
  const subject = new Set<string>();
  const from = Math.max(0, words.findIndex((word, k) => word.breaks && k > 0 && k < be));
  for (const word of words.slice(from, be)) if (word.content && !/^(?:default|python|all)$/.test(word.raw)) subject.add(word.key);
  return [at, subject];
}

const EMPTY: ReadonlySet<string> = new Set();
