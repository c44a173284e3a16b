import { checkArithmetic } from './arithmetic-check.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView } from './detector.js';
import { type Claim, FactWindow, isDigit, LEFT_CHARS } from './fact-window.js';
import { checkRegistered } from './fact-claims.js';
import { checkStatus } from './fact-http.js';
import { checkMime } from './fact-mime.js';
import { PassageNumbers } from './fact-passage.js';
import { StatedFacts } from './fact-stated.js';
import { FenceTracker } from './fences.js';

/** Wrong values that can be checked without guessing: arithmetic, registered numbers, the operator's facts, what the request states. */
export const incorrectFact: Detector = {
  type: 'incorrect_fact',
  kinds: ['prose', 'reasoning'],
  start(context: ExchangeContext): DetectorRun | null {
    return new FactRun(context);
  },
};

/** Units behind the beginning of a candidate that may be held for it. */
const MOST_HELD = 160;
/** Units of text kept behind the cursor: a line's beginning, and sentences before it. */
const KEPT = 4 * LEFT_CHARS;

class FactRun implements DetectorRun {
  readonly #hold: number;
  readonly #fences = new FenceTracker();
  /** What the request says, its newest end. */
  readonly #asked: () => string;
  readonly #facts: StatedFacts;
  readonly #passage: () => PassageNumbers;
  #text = '';
  #base = 0;
  /** Index of the first unit that has not been looked at. */
  #at = 0;

  constructor(context: ExchangeContext) {
    this.#asked = once(() => (context.request.texts?.() ?? []).map(({ text }) => text.slice(-MOST_ASKED)).join('\n').slice(-MOST_ASKED));
    this.#facts = new StatedFacts(context.rules.facts);
    this.#passage = once(() => new PassageNumbers(context.request.texts?.() ?? []));
    this.#hold = Math.min(MOST_HELD, context.holdChars);
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    if (view.fresh !== '') {
      this.#text += view.fresh;
      this.#fences.push(view.fresh);
    }
    this.#read(view.ended, found);
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
  }

  #read(ended: boolean, found: (finding: Finding) => void): void {
    const text = this.#text;
    while (this.#at < text.length) {
      CANDIDATE.lastIndex = this.#at;
      const candidate = CANDIDATE.exec(text);
      if (candidate === null) {
        this.#at = text.length;
        return;
      }
      this.#at = candidate.index;
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
    if (continues(window.text, window.at)) return null;
    if (!isDigit(window.text.charCodeAt(window.at))) return checkMime(window);
    const end = window.numberEnd(window.at);
    const checks = [
      (): Claim | null => this.#facts.check(window, end),
      (): Claim | null => checkArithmetic(window, end),
      (): Claim | null => checkStatus(window, end, this.#asked),
      (): Claim | null => checkRegistered(window, end),
      (): Claim | null => this.#passage().check(window, end),
    ];
    for (const check of checks) {
      // What a check still waits for decides before the next is asked.
      if (window.short) return null;
      const claim = check();
      if (claim !== null) return claim;
    }
    return null;
  }

  /** Goes on behind the digits at hand. */
  #skip(): void {
    do this.#at += 1;
    while (this.#at < this.#text.length && isDigit(this.#text.charCodeAt(this.#at)) && continues(this.#text, this.#at));
  }

  #conclude(claim: Claim, found: (finding: Finding) => void): void {
    const { start, end, expected, confidence, strategy, reason } = claim;
    const detected = this.#text.slice(start, end);
    found({ start: this.#base + start, end: this.#base + end, verdict: { type: 'incorrect_fact', confidence, detected, expected, strategy, rule: null, reason } });
    this.#at = end;
  }
}

/** Units of the request's newest text that are asked which half of a claim is meant. */
const MOST_ASKED = 8_192;

function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | null = null;
  return () => (kept ??= { value: read() }).value;
}

/** A digit, or a word that may begin a media type behind a mark or a word that gives one. */
const CANDIDATE = /\d|[aftiv](?<=(?:["'`*|:=→>(]|\b(?:is|are|as|of|type|the|with|a)) ?[aftiv])(?=[a-z/]|$)/g;

/** Whether the digit at `at` goes on with a number or a name that began before it. */
function continues(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (isDigit(before)) return true;
  return (before === 0x2e || before === 0x2c) && isDigit(text.charCodeAt(at - 2));
}
