import { numberWords } from './arithmetic-words.js';
import { BEFORE_NODE, BEFORE_VALUE, MEDIA_TOPS, OPENS_VALUE, SIGNS_VALUE } from './fact-trigger.js';
import { WEEKDAYS } from './fact-weekdays.js';

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const BLANK = 3;

const CLASSES = new Uint8Array(128);
for (let unit = 0x41; unit <= 0x5a; unit += 1) CLASSES[unit] = CLASSES[unit | 32] = LETTER;
for (let unit = 0x30; unit <= 0x39; unit += 1) CLASSES[unit] = DIGIT;
CLASSES[0x20] = BLANK;

/** Signs right behind which a value may stand, and those behind which it may after a blank. */
const OPENS = marks(OPENS_VALUE);
const SIGNS = marks(SIGNS_VALUE);
/** First and second letters of what may begin a value. */
const PAIRS = new Uint8Array(128 * 128);
for (const word of [...numberWords(), ...MEDIA_TOPS, ...WEEKDAYS]) PAIRS[word.charCodeAt(0) * 128 + word.charCodeAt(1)] = 1;
const FIRST = new Uint8Array(128);
for (const word of [...numberWords(), ...MEDIA_TOPS, ...WEEKDAYS]) FIRST[word.charCodeAt(0)] = 1;

const MASK = 4_095;
/** Where something may begin: nothing, only `Node`, or a value too. */
const NOTHING = 0;
const NODE = 1;
const VALUE = 3;
const LETTER_N = 0x4e;
const WORDS = new Uint8Array(MASK + 1);
for (const word of BEFORE_NODE) WORDS[hashOf(word)] = NODE;
for (const word of BEFORE_VALUE) WORDS[hashOf(word)] = VALUE;

function marks(signs: string): ReadonlySet<number> {
  return new Set([...signs].map((sign) => sign.charCodeAt(0)));
}

function step(hash: number, unit: number): number {
  return (hash * 33 + (unit | 32)) & MASK;
}

function hashOf(word: string): number {
  return [...word].reduce((hash, letter) => step(hash, letter.charCodeAt(0)), 0);
}

/**
 * The cheap half of the trigger: it reads each unit once, keeps a few numbers, and neither cuts nor joins text. Where it sees nothing,
 * `nextTrigger` would not either; where it sees something, that one is asked.
 */
export class TriggerScan {
  /** What may begin at the next unit. */
  #place = VALUE;
  /** The letters of the word at hand, as one small number, and whether there is one. */
  #hash = 0;
  #inWord = false;
  /** The last unit that was no letter. */
  #sign = 0;

  /** The first index in the next piece of text where `nextTrigger` may see something; -1: it sees nothing there. */
  read(piece: string): number {
    let first = -1;
    for (let at = 0; at < piece.length; at += 1) {
      const unit = piece.charCodeAt(at);
      const kind = unit < 128 ? CLASSES[unit] : OTHER;
      if (kind === LETTER) {
        if (this.#place !== NOTHING) {
          if (first < 0 && (unit === LETTER_N || (this.#place === VALUE && FIRST[unit] === 1 && (at + 1 === piece.length || isPair(unit, piece.charCodeAt(at + 1)))))) first = at;
          this.#place = NOTHING;
        }
        this.#hash = step(this.#hash, unit);
        this.#inWord = true;
        continue;
      }
      if (kind === DIGIT) {
        if (first < 0) first = at;
        this.#place = NOTHING;
      } else if (kind === BLANK) this.#place = this.#inWord ? (WORDS[this.#hash] ?? NOTHING) : SIGNS.has(this.#sign) || this.#sign === 0 ? VALUE : NOTHING;
      else this.#place = OPENS.has(unit) ? VALUE : NOTHING;
      this.#sign = unit;
      this.#hash = 0;
      this.#inWord = false;
    }
    return first;
  }
}

function isPair(first: number, second: number): boolean {
  return second < 128 && PAIRS[first * 128 + second] === 1;
}
