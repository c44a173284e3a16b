import { opposition } from './claim-antonyms.js';
import { type ClaimWord, type Statement, unitOf } from './claim-parse.js';
import { CONDITIONS, EXISTENTIAL, MONTHS, NUMBERED, POSSIBLE, WEEKDAYS } from './claim-words.js';

/** In what two statements that are otherwise the same differ. */
export type Conflict = 'negation' | 'antonym' | 'number' | 'value';

/** How far apart two statements stand: the further, the more words must agree. */
export type Distance = 'near' | 'far' | 'parallel';

/** Content words that must agree, besides the difference itself. Short sentences recur under other headings and in other cases. */
const NEEDED: Readonly<Record<Distance, Readonly<Record<Conflict, number>>>> = {
  near: { negation: 2, antonym: 2, number: 3, value: 2 },
  far: { negation: 4, antonym: 5, number: 5, value: 3 },
  parallel: { negation: 8, antonym: 9, number: 9, value: 9 },
};
/** An opposite that may tell two things apart instead of denying one of them. */
const NEEDED_DOUBTFUL = 7;
/** What is said of `it` or `this` depends on where it is said. */
const NEEDED_ANAPHORIC = 7;

/**
 * Whether `later` contradicts `earlier`: the same words in the same order but for one negation, one pair of opposites, one
 * number of the same unit, or one name where only one can be right. Null: it does not, or may not.
 */
export function compare(earlier: Statement, later: Statement, distance: Distance): Conflict | null {
  const labels = earlier.label === later.label ? 'same' : earlier.label === '' || later.label === '' ? 'one' : 'other';
  if (labels === 'other') return null;
  const surplus = earlier.words.length - later.words.length;
  const how = { earlier, later, distance, labels } as const;
  const whole = aligned(how, earlier.words, later.words, 0);
  if (whole !== null || surplus === 0) return whole;
  const [short, long] = surplus > 0 ? [later.words, earlier.words] : [earlier.words, later.words];
  if (givesReason(long[short.length])) {
    const main = long.slice(0, short.length);
    return surplus > 0 ? aligned(how, main, short, NEEDED_MAIN) : aligned(how, short, main, NEEDED_MAIN);
  }
  if (Math.abs(surplus) > MAX_SURPLUS) return null;
  // One of the two begins with some words more: an introduction, or a beginning that an abbreviation cut off.
  return surplus > 0 ? aligned(how, earlier.words.slice(surplus), later.words, NEEDED_SURPLUS) : aligned(how, earlier.words, later.words.slice(-surplus), NEEDED_SURPLUS);
}

/** A clause begins here that only explains what was said before it. */
function givesReason(word: ClaimWord | undefined): boolean {
  return word !== undefined && word.breaks && REASONS.has(word.raw);
}

const REASONS = new Set(['because', 'since', 'which']);

interface Pair {
  readonly earlier: Statement;
  readonly later: Statement;
  readonly distance: Distance;
  readonly labels: 'same' | 'one';
}

const MAX_SURPLUS = 6;
const NEEDED_SURPLUS = 8;
const NEEDED_MAIN = 4;

function aligned({ earlier, later, distance, labels }: Pair, a: readonly ClaimWord[], b: readonly ClaimWord[], least: number): Conflict | null {
  const head = sameFrom(a, b);
  const tail = sameBack(a, b, Math.min(a.length, b.length) - head);
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  if (left.length > 4 || right.length > 4) return null;
  const denied = denials(a, b, head, tail);
  const conflict = difference(left, right, a, head, tail, denied);
  if (conflict === null) return null;
  const at = conflict === 'negation' ? (denied[0] as number) : head;
  let needed = Math.max(least, NEEDED[distance][conflict]);
  if (labels === 'one') needed = Math.max(needed, NEEDED.far[conflict]);
  if (earlier.anaphoric || later.anaphoric) needed = distance === 'near' || later.label !== '' ? Math.max(needed, NEEDED_ANAPHORIC) : Infinity;
  if (doubtful(conflict, left, right, b, head) || (conflict === 'number' && years(left, right))) needed = Math.max(needed, NEEDED_DOUBTFUL);
  return agreeing(b, head, tail) < needed || excused(conflict, left, b, at) ? null : conflict;
}

function sameFrom(a: readonly ClaimWord[], b: readonly ClaimWord[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && (a[count] as ClaimWord).key === (b[count] as ClaimWord).key) count += 1;
  return count;
}

function sameBack(a: readonly ClaimWord[], b: readonly ClaimWord[], most: number): number {
  let count = 0;
  while (count < most && (a[a.length - 1 - count] as ClaimWord).key === (b[b.length - 1 - count] as ClaimWord).key) count += 1;
  return count;
}

/** Positions, counted in `b`, where one of the two says no and the other does not. */
function denials(a: readonly ClaimWord[], b: readonly ClaimWord[], head: number, tail: number): number[] {
  const at: number[] = [];
  for (let k = 0; k < head; k += 1) if ((a[k] as ClaimWord).denied !== (b[k] as ClaimWord).denied) at.push(k);
  const middle = (words: readonly ClaimWord[]): boolean => words.slice(head, words.length - tail).some((word) => word.denied);
  if (middle(a) !== middle(b)) at.push(head);
  for (let k = tail; k > 0; k -= 1) {
    if ((a[a.length - k] as ClaimWord).denied !== (b[b.length - k] as ClaimWord).denied) at.push(b.length - k);
  }
  return at;
}

function agreeing(words: readonly ClaimWord[], head: number, tail: number): number {
  const keys = new Set<string>();
  words.forEach((word, at) => {
    if (word.content && (at < head || at >= words.length - tail)) keys.add(word.key);
  });
  return keys.size;
}

function difference(left: readonly ClaimWord[], right: readonly ClaimWord[], a: readonly ClaimWord[], head: number, tail: number, denied: readonly number[]): Conflict | null {
  if (left.length === 0 && right.length === 0) return denied.length === 1 && mayBeDenied(a, denied[0] as number) ? 'negation' : null;
  const [one] = left;
  const [other] = right;
  if (left.length + right.length === 1) {
    // "always" against "never", "all" against "no": the one word is gone and the negation stands instead.
    const extra = (one ?? other) as ClaimWord;
    return denied.length === 1 && Math.abs((denied[0] as number) - head) <= 1 && UNIVERSAL.has(extra.raw) ? 'negation' : null;
  }
  if (denied.length > 0 || one === undefined || other === undefined) return null;
  // Half full is half empty.
  if (PARTS.has(a[head - 1]?.raw ?? '')) return null;
  if (left.length === 1 && right.length === 1) {
    if (one.number !== null && other.number !== null) return unitOf(one.key) === unitOf(other.key) && differ(one.number, other.number) ? 'number' : null;
    if (sameClass(one.raw, other.raw)) return 'number';
    if (one.raw === 'none' ? PARTIAL.has(other.raw) : other.raw === 'none' && PARTIAL.has(one.raw)) return 'antonym';
    if (opposition(one.key, other.key) !== null) return 'antonym';
  }
  return oneRightName(left, right, a, head, tail) ? 'value' : null;
}

const PARTS = new Set(['half', 'partly', 'partially']);
const PARTIAL = new Set(['some', 'many', 'most', 'several', 'all', 'both']);
const UNIVERSAL = new Set(['always', 'all', 'every', 'everyone', 'everything', 'both', 'each']);

/** "may not", "not all", "not only" deny nothing that the sentence without them claims. */
function mayBeDenied(words: readonly ClaimWord[], at: number): boolean {
  const denied = words[at];
  const before = words[at - 1];
  if (denied !== undefined && PARTLY.has(denied.raw)) return false;
  if (before !== undefined && POSSIBLE.has(before.raw) && before.raw !== 'can' && before.raw !== 'could') return false;
  return true;
}

const PARTLY = new Set('only just merely simply solely yet exactly until both less more than later limited'.split(' '));

function sameClass(one: string, other: string): boolean {
  if (one === other) return false;
  return (MONTHS.has(one) && MONTHS.has(other)) || (WEEKDAYS.has(one) && WEEKDAYS.has(other));
}

/** Two roundings of one number do not differ. */
function differ(one: number, other: number): boolean {
  const digits = (value: number): number => (String(value).split('.')[1] ?? '').length;
  const coarse = Math.min(digits(one), digits(other));
  return Math.abs(one - other) >= 10 ** -coarse;
}

/** Verbs whose doer is one, and relations that have one value. */
const ONE_DOER = /^(?:won|written|directed|founded|invented|discovered|composed|painted|authored|co-?founded|designed|coined|proposed|assassinated|succeeded|preceded|owned|headed|painted|sculpted|first)$/;

/** The difference is a name, and only one name can stand there: "won by A", "the capital of X is A". */
function oneRightName(left: readonly ClaimWord[], right: readonly ClaimWord[], a: readonly ClaimWord[], head: number, tail: number): boolean {
  if (head < 3 || left.length > 4 || right.length > 4 || tail > 3) return false;
  const named = (words: readonly ClaimWord[]): boolean => words.every((word) => word.capital && word.number === null);
  if (!named(left) || !named(right) || left.some((word) => right.some((other) => other.key === word.key))) return false;
  const before = (a[head - 1] as ClaimWord).raw;
  if (before === 'by') return ONE_DOER.test((a[head - 2] as ClaimWord).raw);
  if (before !== 'is' && before !== 'was') return false;
  const subject = a.slice(0, head - 1).map((word) => word.raw);
  return subject.includes('of') && (subject.some((word) => ONE_OF_ITS_KIND.has(word)) || subject.some((word) => word.endsWith('est')));
}

const ONE_OF_ITS_KIND = new Set('capital author president inventor founder director currency birthplace winner name ceo king queen composer first last only'.split(' '));

/** The difference may tell two cases apart rather than deny one. */
function doubtful(conflict: Conflict, left: readonly ClaimWord[], right: readonly ClaimWord[], words: readonly ClaimWord[], head: number): boolean {
  if (conflict !== 'antonym') return false;
  if (left[0]?.raw === 'none' || right[0]?.raw === 'none') return false;
  const before = words[head - 1]?.raw ?? '';
  if (opposition((left[0] as ClaimWord).key, (right[0] as ClaimWord).key) === 'weak') return true;
  if (POSSIBLE.has(before) || before === 'to' || before === 'or' || head === 0) return true;
  // Before the verb the word belongs to the subject, and tells it from another; unless it is the verb.
  return !/(?:s|ed)$/.test((right[0] as ClaimWord).raw) && !words.slice(0, head).some((word) => VERBS.has(word.raw) || /(?:s|ed)$/.test(word.raw));
}

const VERBS = new Set('is are was were be been has have had will would must shall should can could may might make let'.split(' '));

/** The difference stands where it changes what is spoken of: in a condition, in a number that is a name, in another's words. */
function excused(conflict: Conflict, left: readonly ClaimWord[], words: readonly ClaimWord[], at: number): boolean {
  if (underCondition(words, at)) return true;
  if (EXISTENTIAL.has(words[0]?.raw ?? '') && conflict !== 'number' && left[0]?.raw !== 'none') return true;
  if (words[at]?.quoted === true && !words.some((word) => !word.quoted && CLAIMED.has(word.raw))) return true;
  return conflict === 'number' && ((left[0] as ClaimWord).number !== null ? namesByNumber(words, at) : framesTime(words, at));
}

/** What happened in one year may have happened in another. */
function years(left: readonly ClaimWord[], right: readonly ClaimWord[]): boolean {
  const year = (word: ClaimWord | undefined): boolean => word !== undefined && /^(?:1\d{3}|20\d{2})$/.test(word.raw);
  return year(left[0]) && year(right[0]);
}

/** Words that tell that the sentence speaks of what it quotes. */
const CLAIMED = new Set(['claim', 'statement', 'assertion', 'hypothesis', 'idea', 'notion']);

function underCondition(words: readonly ClaimWord[], at: number): boolean {
  for (let k = at; k >= 0; k -= 1) {
    const word = words[k] as ClaimWord;
    // Behind a comma, "while" sets two statements side by side.
    if (CONDITIONS.has(word.raw) && k !== at && (word.raw !== 'while' || !word.breaks || k === 0)) return true;
    if (word.breaks && k !== at) return false;
  }
  return false;
}

function framesTime(words: readonly ClaimWord[], at: number): boolean {
  return at <= 2 && FRAMES.has(words[0]?.raw ?? '');
}

const FRAMES = new Set(['in', 'on', 'at', 'by', 'since', 'during', 'from', 'for', 'within', 'around', 'over', 'through', 'to']);

/** `step 3`, `Python 3`, `In 2011, …`: another number, another thing. */
function namesByNumber(words: readonly ClaimWord[], at: number): boolean {
  const before = words[at - 1];
  if (before === undefined) return false;
  if (NUMBERED.has(before.raw) || framesTime(words, at)) return true;
  return before.capital && !MONTHS.has(before.raw) && !(words[at] as ClaimWord).breaks;
}
