import type { Claim, FactWindow } from './fact-window.js';

/** What announces a result that was reckoned before. */
const RESULT = /(?:\b(?:answers?|total|result|sum|product|difference|value|therefore|thus|hence|so|final(?:ly)?|altogether|in all|conclu\w+)\b[^.;:?!\d\n]{0,48}[:=]?\s*(?:[$€£¥₹]|\\\$)?|(?:\\boxed\{|####|>>)\s*(?:[$€£¥₹]|\\\$)?)(?:\*\*|\\\(|\$|`)?$/i;
/** The number goes on as a part of something else. */
const PART = /^(?:[\d,.]*\d|\s*(?:[+*/×÷·^=<>]|[-−–]\s?\d|\\(?:times|cdot|div)|plus|minus|times|divided|percent|%))/i;
/** Results that are kept; of more, the newest. */
const MOST_KEPT = 16;

/** Wrong results of this answer: where it repeats one as its result, the right one goes there too. */
export class WrongResults {
  readonly #kept = new Map<string, string>();

  add(detected: string, expected: string | null): void {
    // A number of one digit is said of too much else.
    if (expected === null || detected.length < 2) return;
    this.#kept.set(detected, expected);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
  }

  /** Whether a number that begins so may be one of them. */
  mayRepeat({ left }: FactWindow, digits: string): boolean {
    if (this.#kept.size === 0) return false;
    for (const detected of this.#kept.keys()) if (detected.startsWith(digits)) return RESULT.test(left.slice(-80));
    return false;
  }

  check(window: FactWindow, end: number): Claim | null {
    if (this.#kept.size === 0 || window.fenced) return null;
    const expected = this.#kept.get(window.text.slice(window.at, end));
    if (expected === undefined || !RESULT.test(window.left.slice(-80)) || PART.test(window.ahead(end, 12))) return null;
    return { start: window.at, end, expected, confidence: 0.85, strategy: window.inline ? 'report' : 'replace', reason: 'repeated_result' };
  }
}
