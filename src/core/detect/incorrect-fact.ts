import { checkArithmetic, checkSpelled, mayBeExpression, mayBeResult } from './arithmetic-check.js';
import { readConnector } from './arithmetic-connector.js';
import { beginsNumberWord, NUMBER_WORDS, readWords } from './arithmetic-words.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView } from './detector.js';
import { checkRegistered, mayBeRegistered } from './fact-claims.js';
import { checkCode, mayBeCode } from './fact-codes.js';
import { checkDate, checkWeekday, mayBeDate } from './fact-dates.js';
import { checkStatus, mayBeStatus } from './fact-http.js';
import { checkMime } from './fact-mime.js';
import { PassageNumbers } from './fact-passage.js';
import { WrongResults } from './fact-repeats.js';
import { StatedFacts } from './fact-stated.js';
import { nextTrigger, TRIGGER_BACK } from './fact-trigger.js';
import { checkVersion, mayBeVersion } from './fact-versions.js';
import { beginsWeekday } from './fact-weekdays.js';
import { type Claim, FactWindow, isDigit, LEFT_CHARS } from './fact-window.js';
import { FenceTracker } from './fences.js';

/** Wrong values that can be checked without guessing: arithmetic, dates, registered numbers, the operator's facts, what the request states. */
export const incorrectFact: Detector = {
  type: 'incorrect_fact',
  kinds: ['prose', 'reasoning'],
  start(context: ExchangeContext): DetectorRun | null {
    return new FactRun(context, false);
  },
};

/** The same without asking whether a number can be a fact at all: what the detector is held against in tests. */
export function startWaitingRun(context: ExchangeContext): DetectorRun {
  return new FactRun(context, true);
}

/** Units behind the beginning of a candidate that may be held for it. */
const MOST_HELD = 160;
/** Units of text kept behind the cursor: a line's beginning, and sentences before it. */
const KEPT = 4 * LEFT_CHARS;
/** Units of the request's newest text that are asked which half of a claim is meant. */
const MOST_ASKED = 8_192;

class FactRun implements DetectorRun {
  readonly #hold: number;
  /** Every number is waited for. */
  readonly #waits: boolean;
  readonly #fences = new FenceTracker();
  /** What the request says, its newest end. */
  readonly #asked: () => string;
  readonly #facts: StatedFacts;
  readonly #passage: () => PassageNumbers;
  readonly #wrong = new WrongResults();
  #text = '';
  #base = 0;
  /** Index of the first unit that has not been looked at. */
  #at = 0;
  /** The last units looked at: with them the trigger reads a new piece without joining all of the text. */
  #tail = '';

  constructor(context: ExchangeContext, waits: boolean) {
    this.#waits = waits;
    this.#asked = once(() => (context.request.texts?.() ?? []).map(({ text }) => text.slice(-MOST_ASKED)).join('\n').slice(-MOST_ASKED));
    this.#facts = new StatedFacts(context.rules.facts);
    this.#passage = once(() => new PassageNumbers(context.request.texts?.() ?? []));
    this.#hold = Math.min(MOST_HELD, context.holdChars);
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    const { fresh, ended } = view;
    if (fresh !== '') {
      const idle = this.#at === this.#text.length;
      this.#text += fresh;
      this.#fences.push(fresh);
      if (idle) this.#pass(fresh);
    }
    if (this.#at < this.#text.length) this.#read(ended, found);
    const frontier = this.#base + this.#at;
    const surplus = this.#at - KEPT;
    if (surplus >= KEPT) {
      this.#text = this.#text.slice(surplus);
      this.#base += surplus;
      this.#at -= surplus;
    }
    return frontier;
  }

  letGo(offset: number): void {
    this.#at = Math.min(this.#text.length, Math.max(this.#at, offset - this.#base));
    this.#tail = this.#text.slice(Math.max(0, this.#at - TRIGGER_BACK), this.#at);
  }

  /** Passes over a piece in which nothing begins. */
  #pass(fresh: string): void {
    const piece = this.#tail + fresh;
    const back = this.#tail.length;
    const place = nextTrigger(piece, back);
    this.#at += place < 0 ? fresh.length : place - back;
    this.#tail = piece.slice(-TRIGGER_BACK);
  }

  #read(ended: boolean, found: (finding: Finding) => void): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const place = nextTrigger(text, this.#at);
      if (place < 0) {
        this.#at = text.length;
        break;
      }
      this.#at = place;
      const limit = Math.min(text.length, this.#at + this.#hold);
      const window = new FactWindow(text, this.#at, limit, ended && limit === text.length, this.#fences.isCode(this.#base + this.#at));
      const claim = this.#examine(window);
      if (window.short) {
        if (limit === text.length && text.length - this.#at < this.#hold && !ended) return;
        this.#skip();
        continue;
      }
      if (claim === null) this.#skip();
      else this.#conclude(claim, found);
    }
    this.#tail = text.slice(-TRIGGER_BACK);
  }

  #examine(window: FactWindow): Claim | null {
    const { text, at } = window;
    if (!isDigit(text.charCodeAt(at))) return this.#word(window);
    if (continues(text, at)) return null;
    const end = window.numberEnd(at);
    // Most numbers of prose can be nothing that is checked, however they go on: nobody waits for those.
    if (!this.#waits && !this.#mayCheck(window, text.slice(at, end), end < window.limit ? text.charAt(end) : '')) {
      window.settle();
      return null;
    }
    // A number that is not complete decides nothing.
    if (window.short) return null;
    return this.#number(window, end);
  }

  /**
   * Whether any check has something to say of a number that begins with `digits` and goes on with `next` (empty: not known yet), by what
   * stands before it. It may be wrong by saying yes; where it says no, it says no to everything that goes on from there.
   */
  #mayCheck(window: FactWindow, digits: string, next: string): boolean {
    return mayBeStatus(window, digits, next) || mayBeDate(window, digits, next) || mayBeVersion(window) || mayBeCode(window) || mayBeResult(window)
      || mayBeRegistered(window, digits) || this.#wrong.mayRepeat(window, digits) || this.#facts.mayCheck(window) || this.#passage().mayCheck(window, digits);
  }

  #number(window: FactWindow, end: number): Claim | null {
    // What a check still waits for decides before the next is asked.
    let claim = this.#facts.check(window, end);
    if (claim !== null || window.short) return claim;
    claim = checkArithmetic(window, end);
    if (claim !== null || window.short) return claim;
    claim = checkStatus(window, end, this.#asked);
    if (claim !== null || window.short) return claim;
    claim = checkDate(window, end);
    if (claim !== null || window.short) return claim;
    claim = checkRegistered(window, end);
    if (claim !== null || window.short) return claim;
    claim = checkVersion(window, end);
    if (claim !== null || window.short) return claim;
    claim = checkCode(window, end);
    if (claim !== null || window.short) return claim;
    claim = this.#wrong.check(window, end);
    if (claim !== null || window.short) return claim;
    return this.#passage().check(window, end);
  }

  #word(window: FactWindow): Claim | null {
    const { text, at } = window;
    if (beginsWeekday(text, at)) return checkWeekday(window);
    const claim = checkMime(window);
    if (claim !== null || window.short) return claim;
    return spelled(window);
  }

  /** Goes on behind the digits or letters at hand. */
  #skip(): void {
    const text = this.#text;
    do this.#at += 1;
    while (this.#at < text.length && isDigit(text.charCodeAt(this.#at)) && continues(text, this.#at));
  }

  #conclude(claim: Claim, found: (finding: Finding) => void): void {
    const { start, end, expected, confidence, strategy, reason } = claim;
    const detected = this.#text.slice(start, end);
    if (reason === 'arithmetic' && strategy === 'replace') this.#wrong.add(detected, expected);
    const place = { start: this.#base + start, end: this.#base + end, ...(claim.noteAt === undefined ? {} : { noteAt: this.#base + claim.noteAt }) };
    found({ ...place, verdict: { type: 'incorrect_fact', confidence, detected, expected, strategy, rule: null, reason } });
    this.#at = Math.max(claim.noteAt ?? end, this.#at + 1);
  }
}

function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | null = null;
  return () => (kept ??= { value: read() }).value;
}

/** Whether the digit at `at` goes on with a number or a name that began before it. */
function continues(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (isDigit(before)) return true;
  return (before === 0x2e || before === 0x2c) && isDigit(text.charCodeAt(at - 2));
}

const WORDS = new RegExp(`^${NUMBER_WORDS}`, 'i');
/** Units that a number in words may take. */
const MOST_WORDS = 48;

/** A result in words: `twelve times seven is ninety-four`. */
function spelled(window: FactWindow): Claim | null {
  const { text, at, limit } = window;
  const connector = readConnector(window.left);
  if (connector === null || connector.negative || !mayBeExpression(window, connector)) return null;
  const letters = /^[a-z]*/.exec(text.slice(at, limit))?.[0] ?? '';
  if (!beginsNumberWord(letters) && !WORDS.test(letters)) return null;
  const match = WORDS.exec(window.ahead(at, MOST_WORDS));
  if (match === null || window.short) return null;
  const value = readWords(match[0]);
  return value === null ? null : checkSpelled(window, connector, at + match[0].length, value);
}
