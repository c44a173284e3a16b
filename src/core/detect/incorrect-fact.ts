import { checkArithmetic, checkSpelled, mayBeExpression, mayBeResult } from './arithmetic-check.js';
import { readConnector } from './arithmetic-connector.js';
import { beginsNumberWord, NUMBER_WORDS, readWords } from './arithmetic-words.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView } from './detector.js';
import { checkRegistered, mayBeRegistered } from './fact-claims.js';
import { checkCode, mayBeCode } from './fact-codes.js';
import { checkDate, checkWeekday, mayBeDate } from './fact-dates.js';
import { checkStatus, mayBeStatus } from './fact-http.js';
import { checkMime } from './fact-mime.js';
import { NamedFacts, nextNamed } from './fact-named.js';
import { checkNode } from './fact-node.js';
import { PassageNumbers } from './fact-passage.js';
import { WrongResults } from './fact-repeats.js';
import { TriggerScan } from './fact-scan.js';
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
/** Units of text that the trigger's own end of it may grow to. */
const MOST_RECENT = 512;
/** Units of the request's newest text that are asked which half of a claim is meant. */
const MOST_ASKED = 8_192;

/** One kind of fact that a number may state, in the order in which they are asked. */
interface NumberCheck {
  /**
   * Whether it has something to say of a number that begins with `digits` and goes on with `next` (empty: not known yet), by what stands
   * before it. It may be wrong by saying yes; where it says no, it says no to everything that goes on from there.
   */
  readonly may: (window: FactWindow, digits: string, next: string) => boolean;
  readonly check: (window: FactWindow, numberEnd: number) => Claim | null;
}

class FactRun implements DetectorRun {
  readonly #hold: number;
  /** Every number is waited for. */
  readonly #waits: boolean;
  readonly #fences = new FenceTracker();
  readonly #checks: readonly NumberCheck[];
  readonly #wrong = new WrongResults();
  #text = '';
  #base = 0;
  /** Index of the first unit that has not been looked at. */
  #at = 0;
  /** The end of the text: with it the trigger reads a new piece without joining all of the text. */
  #recent = '';
  readonly #scan = new TriggerScan();
  /** Values in words; null: nothing says any. Read when the first place comes where one may stand. */
  #named: (() => NamedFacts) | null;
  /** Index behind the last unit whose fences have been read. */
  #fenced = 0;

  constructor(context: ExchangeContext, waits: boolean) {
    this.#waits = waits;
    const asked = once(() => (context.request.texts?.() ?? []).map(({ text }) => text.slice(-MOST_ASKED)).join('\n').slice(-MOST_ASKED));
    const facts = new StatedFacts(context.rules.facts);
    const { facts: stated } = context.rules;
    this.#named = stated.length === 0 && context.request.texts === undefined ? null : once(() => new NamedFacts(stated, context.request.texts?.() ?? []));
    const passage = once(() => new PassageNumbers(context.request.texts?.() ?? []));
    this.#checks = [
      { may: (window) => facts.mayCheck(window), check: (window, end) => facts.check(window, end) },
      { may: mayBeResult, check: checkArithmetic },
      { may: mayBeStatus, check: (window, end) => checkStatus(window, end, asked) },
      { may: mayBeDate, check: checkDate },
      { may: mayBeRegistered, check: checkRegistered },
      { may: mayBeVersion, check: checkVersion },
      { may: mayBeCode, check: checkCode },
      { may: (window, digits) => this.#wrong.mayRepeat(window, digits), check: (window, end) => this.#wrong.check(window, end) },
      { may: (window, digits) => passage().mayCheck(window, digits), check: (window, end) => passage().check(window, end) },
    ];
    this.#hold = Math.min(MOST_HELD, context.holdChars);
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    const { fresh, ended } = view;
    if (fresh !== '') {
      const idle = this.#at === this.#text.length;
      this.#text += fresh;
      this.#recent += fresh;
      const first = this.#scan.read(fresh);
      if (idle) this.#pass(fresh.length, first);
      if (this.#recent.length > MOST_RECENT) this.#recent = this.#recent.slice(-TRIGGER_BACK);
    }
    if (this.#at < this.#text.length) this.#read(ended, found);
    const frontier = this.#base + this.#at;
    const surplus = this.#at - KEPT;
    if (surplus >= KEPT) {
      this.#readFences();
      this.#fenced -= surplus;
      this.#text = this.#text.slice(surplus);
      this.#base += surplus;
      this.#at -= surplus;
    }
    return frontier;
  }

  letGo(offset: number): void {
    this.#at = Math.min(this.#text.length, Math.max(this.#at, offset - this.#base));
  }

  /** Passes over as much of a new piece as holds no trigger; `first`: where in it the scan saw something. */
  #pass(length: number, first: number): void {
    const back = this.#recent.length - length;
    const place = earlier(first < 0 ? -1 : nextTrigger(this.#recent, back + first), this.#named === null ? -1 : this.#nextNamed(this.#recent, back));
    this.#at += place < 0 ? length : place - back;
  }

  /** The next place where a value in words may stand; what is known is read at the first, and where nothing is, none is looked for again. */
  #nextNamed(text: string, from: number): number {
    const place = nextNamed(text, from);
    if (place >= 0 && this.#named?.().empty === true) this.#named = null;
    return this.#named === null ? -1 : place;
  }

  /** Fences are read when somebody asks for them, or text is let go: most tokens of prose need not be looked at. */
  #readFences(): void {
    if (this.#fenced < this.#text.length) this.#fences.push(this.#text.slice(this.#fenced));
    this.#fenced = this.#text.length;
  }

  #read(ended: boolean, found: (finding: Finding) => void): void {
    const text = this.#text;
    this.#readFences();
    // Where one of the two is rare it stands far ahead: it is not looked for again before it is reached.
    let [trigger, named] = [UNSOUGHT, UNSOUGHT];
    while (this.#at < text.length) {
      if (trigger !== -1 && trigger < this.#at) trigger = nextTrigger(text, this.#at);
      if (this.#named === null) named = -1;
      else if (named !== -1 && named < this.#at) named = this.#nextNamed(text, this.#at);
      const place = earlier(trigger, named);
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
  }

  #examine(window: FactWindow): Claim | null {
    const { text, at } = window;
    if (!isDigit(text.charCodeAt(at))) return this.#word(window);
    if (continues(text, at)) return null;
    const end = window.numberEnd(at);
    const open = window.short;
    const digits = text.slice(at, end);
    const next = end < window.limit ? text.charAt(end) : '';
    for (const { may, check } of this.#checks) {
      // Most numbers of prose can be nothing that is checked, however they go on: nobody waits for those.
      if (!this.#waits && !may(window, digits, next)) continue;
      // A number that is not complete decides nothing.
      if (open) return null;
      // What a check still waits for decides before the next is asked.
      const claim = check(window, end);
      if (claim !== null || window.short) return claim;
    }
    window.settle();
    return null;
  }

  #word(window: FactWindow): Claim | null {
    const { text, at } = window;
    const named = this.#named?.().check(window) ?? null;
    if (named !== null || window.short) return named;
    if (beginsWeekday(text, at)) return checkWeekday(window);
    if (text.charAt(at) === 'N') return checkNode(window);
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

/** Not looked for yet; -1 is that there is none. */
const UNSOUGHT = -2;

/** The place that comes first; -1: none. */
function earlier(a: number, b: number): number {
  return a < 0 ? b : b < 0 ? a : Math.min(a, b);
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
