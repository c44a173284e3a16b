import { oppositesOf, opposition } from './claim-antonyms.js';
import { type ClaimWord, type Statement, termsOf } from './claim-parse.js';

/** An earlier statement that the sentence at hand has repeated so far. */
interface Candidate {
  readonly words: readonly ClaimWord[];
  next: number;
  content: number;
  denied: boolean;
  /** Each beginning of the word at hand was held, as it might have become one that differs. */
  open: boolean;
  /** Where the word stands that differs; -1: none has. */
  flip: number;
}

/** Earlier statements kept by their first two words. */
const MAX_KEYS = 2_048;
const MAX_SAME_BEGINNING = 6;
/** Content words that must have been repeated before a word that may differ is held. */
const MIN_REPEATED = 2;
const DENIALS = ['not', 'no', 'never', 'cannot', "can't", "won't", "isn't", "aren't", "wasn't", "weren't", "don't", "doesn't", "didn't", "hasn't", "haven't", "hadn't", "wouldn't", "couldn't", "shouldn't"];

/**
 * Says from where a sentence must be held so that a note still finds a place behind it: from the word that turns the repetition
 * of an earlier statement into its opposite, and only while everything else is repeated. Ordinary sentences are not held at
 * all. A function of the text alone; `hold` looks at the beginning of an unfinished word, and whatever may become a word that differs is held from
 * its first letter.
 */
export class LiveClaims {
  readonly #byStart = new Map<string, (readonly ClaimWord[])[]>();
  #candidates: Candidate[] = [];
  #first: string | null = null;
  #count = 0;
  #denied = false;
  #word = '';
  #wordAt = -1;
  /** Where the sentence began. */
  #from = -1;

  /** Keeps a statement that may be repeated. */
  add({ words }: Statement): void {
    const [one, two] = words;
    if (one === undefined || two === undefined) return;
    const key = `${one.key} ${two.key}`;
    let same = this.#byStart.get(key);
    if (same === undefined) {
      this.#byStart.set(key, (same = []));
      if (this.#byStart.size > MAX_KEYS) this.#byStart.delete(this.#byStart.keys().next().value as string);
    }
    same.push(words);
    if (same.length > MAX_SAME_BEGINNING) same.shift();
  }

  /** The next unit of the text. */
  push(unit: number, offset: number): void {
    if (this.#from < 0) this.#from = offset;
    // A label, a list marker or an introduction may stand before the statement.
    if ((unit === 58 && offset - this.#from < MAX_LABEL) || (unit === 44 && offset - this.#from < MAX_INTRODUCTION)) {
      if (this.#wordAt >= 0 && unit === 58) this.#endWord();
      if (!/\d$/.test(this.#word) && !this.#candidates.some((candidate) => candidate.content >= MIN_REPEATED)) {
        const from = this.#from;
        this.reset();
        this.#from = from;
        return;
      }
    }
    if (this.#count >= 2 && this.#candidates.length === 0) return;
    if (isWordUnit(unit)) {
      if (this.#wordAt < 0) {
        this.#wordAt = offset;
        this.#word = '';
        for (const candidate of this.#candidates) candidate.open = candidate.content >= MIN_REPEATED;
      }
      if (this.#word.length < MAX_WORD) this.#word += String.fromCharCode(unit);
      this.#narrow();
    } else if (this.#wordAt >= 0) {
      // A point or comma between digits belongs to the number; what follows decides, and until then the number is not complete.
      if ((unit === 46 || unit === 44) && /\d$/.test(this.#word)) this.#word += String.fromCharCode(unit);
      else this.#endWord();
    }
  }

  /** The sentence is over. */
  reset(): void {
    this.#from = -1;
    this.#candidates = [];
    this.#first = null;
    this.#count = 0;
    this.#denied = false;
    this.#word = '';
    this.#wordAt = -1;
  }

  /** Where the text must be held from; Infinity: nowhere. */
  hold(): number {
    let from = Infinity;
    for (const candidate of this.#candidates) {
      if (candidate.flip >= 0) from = Math.min(from, candidate.flip);
      else if (this.#wordAt >= 0 && candidate.open) from = Math.min(from, this.#wordAt);
    }
    return from;
  }

  /** Where the word stands that differs, of the sentence that has just ended; Infinity: nowhere known. */
  flip(): number {
    if (this.#wordAt >= 0) this.#endWord();
    return this.#candidates.reduce((least, { flip }) => (flip >= 0 ? Math.min(least, flip) : least), Infinity);
  }

  #narrow(): void {
    for (const candidate of this.#candidates) candidate.open &&= mayDiffer(this.#word, candidate.words[candidate.next]);
  }

  #endWord(): void {
    const at = this.#wordAt;
    const written = this.#word.replace(/[.,'’]+$/, '');
    this.#wordAt = -1;
    this.#word = '';
    if (written === '') return;
    for (const term of termsOf(written)) {
      if (term.role === 'negation') this.#denied = !this.#denied;
      else if (term.role === 'word') this.#step(term.key, term.number, at);
      if (this.#denied && this.#candidates.length > 0) this.#deny(at);
    }
  }

  #step(key: string, number: number | null, at: number): void {
    this.#count += 1;
    if (this.#count === 1) this.#first = key;
    else if (this.#count === 2) this.#begin(`${this.#first ?? ''} ${key}`);
    else this.#candidates = this.#candidates.filter((candidate) => repeats(candidate, key, number, this.#denied, at));
    this.#denied = false;
  }

  #begin(key: string): void {
    for (const words of this.#byStart.get(key) ?? []) {
      const content = words.slice(0, 2).filter((word) => word.content).length;
      this.#candidates.push({ words, next: 2, content, denied: false, open: false, flip: -1 });
    }
  }

  /** A negation has been read: it differs where the earlier statement has none at this place. */
  #deny(at: number): void {
    for (const candidate of this.#candidates) {
      const expected = candidate.words[candidate.next];
      if (candidate.flip < 0 && candidate.open && expected !== undefined && !expected.denied) {
        candidate.flip = at;
        candidate.denied = true;
      }
    }
  }
}

const MAX_WORD = 40;
/** How far into a sentence its label or introduction may reach, in UTF-16 units. */
const MAX_LABEL = 80;
const MAX_INTRODUCTION = 40;

function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 39 || unit === 0x2019 || unit === 95 || unit > 0xbf && (unit < 0x2000 || unit > 0x206f);
}

/** Whether a candidate goes on with this word, equal or as its one difference. */
function repeats(candidate: Candidate, key: string, number: number | null, denied: boolean, at: number): boolean {
  const expected = candidate.words[candidate.next];
  if (expected === undefined) return false;
  candidate.next += 1;
  if (expected.denied !== denied && !candidate.denied) {
    if (candidate.flip >= 0 || !candidate.open) return false;
    candidate.flip = at;
  }
  candidate.denied = false;
  if (expected.key === key || (number !== null && expected.number === number)) {
    if (expected.content) candidate.content += 1;
    return true;
  }
  if (candidate.flip >= 0 || !candidate.open) return false;
  const differs = (number !== null && expected.number !== null) || opposition(expected.key, key) !== null;
  if (differs) candidate.flip = at;
  return differs;
}

/** Whether what has been read of a word may become one that differs from the expected word. */
function mayDiffer(read: string, expected: ClaimWord | undefined): boolean {
  const word = read.toLowerCase().replaceAll('’', "'");
  if (expected === undefined) return false;
  if (expected.number !== null) return true;
  if (!expected.denied && DENIALS.some((denial) => denial.startsWith(word))) return true;
  if (expected.denied && (expected.raw.startsWith(word) || word.startsWith(expected.raw.slice(0, -1)))) return true;
  return oppositesOf(expected.key).some((other) => other.startsWith(word) || (word.startsWith(other.slice(0, Math.max(2, other.length - 1))) && word.length <= other.length + 4));
}
