import type { RequestText } from '../truth/request-texts.js';
import type { Claim, FactWindow } from './fact-window.js';
import { afterUnit, contentWords, firstUnit, isKin, kindOf, lastContent, lastWord, type NumberKind, plain, sentences, unknownName } from './fact-passage-words.js';

/** A number of the passage and the sentence it stands in. */
interface Stands {
  readonly value: string;
  readonly kind: NumberKind;
  readonly before: string;
  readonly unit: string;
  /** The content words that stand nearest to it: before it, and behind its unit. */
  readonly last: string;
  readonly after: string;
  readonly words: ReadonlySet<string>;
  /** The words nearest to it. */
  readonly near: ReadonlySet<string>;
  /** The numbers of this sentence: what can be reckoned from them is no other number. */
  readonly around: readonly number[];
}

/** Units of passage that are read. */
const MOST_PASSAGE = 65_536;
/** A shorter request is a question, not a source. */
const LEAST_PASSAGE = 160;
/** Numbers of a passage that are kept. */
const MOST_NUMBERS = 600;
const SOURCE = /\b(?:passages?|context|documents?|articles?|excerpts?|summari[sz]e|summary|sources?|according to|based on|following (?:text|paragraph|information|report|data|content|news)|search results?|reference text|knowledge base|background)\b/i;
/** A task to reckon is no passage to retell. */
const TASK = /\b(?:how many|how much|how long|how far|calculate|compute|solve|find the|evaluate|what (?:is|was|will be) the (?:total|sum|average|difference|probability|ratio|cost|price|area|speed)|convert)\b/i;
/** Where an answer reckons, compares or rounds, its numbers are its own. */
const OWN = /\b(?:totals?|totalling|sum|altogether|combined|remain\w*|difference|average|mean|more than|less than|fewer than|over|under|each|approximately|about|around|roughly|nearly|almost|estimated?|calculat\w*|therefore|thus|would|could|should|if|step|example|e\.g|not|n['’]t|instead|incorrect|wrong|increase[sd]?|decrease[sd]?|rose|fell|grew|doubl\w*|half|twice|question|option|chapter|section|page|figure|table|source|passage|document|later|earlier|ago|older|younger|century|decade|version|at least|at most|up to|close to|just)\b|[=≈~×÷+<>]/i;
const NUMBER = /(?<![\p{L}\p{N}_.,/:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\p{N}_/:]|[.,]\d|-\d)/gu;
/** Units behind a number that tell what it counts. */
const MOST_BEHIND = 48;

/** What the request's own text says of a number: the same words around it, another value. */
export class PassageNumbers {
  readonly #values = new Set<string>();
  readonly #words = new Set<string>();
  readonly #stems = new Set<string>();
  readonly #stands: Stands[] = [];

  constructor(texts: readonly RequestText[]) {
    const told = texts.filter(({ role }) => role !== 'assistant');
    const prose = told.filter(({ role }) => role !== 'tool').map(({ text }) => text).join('\n').slice(-MOST_PASSAGE);
    const named = SOURCE.test(prose);
    const usable = prose.length >= LEAST_PASSAGE && named && !(TASK.test(prose) && !/\b(?:passages?|context|documents?|articles?|according to)\b/i.test(prose));
    const tools = told.filter(({ role }) => role === 'tool').map(({ text }) => text).join('\n').slice(-MOST_PASSAGE);
    // What the user says counts as known even where it is no passage.
    const all = `${prose}\n${tools}`;
    if (!usable && tools === '') return;
    for (const [value] of all.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)) this.#values.add(plain(value));
    for (const [word] of all.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) this.#words.add(word);
    if (usable) this.#read(prose);
    if (tools !== '') this.#read(tools);
  }

  get empty(): boolean {
    return this.#stands.length === 0;
  }

  /** Whether a number that begins so may contradict the passage: it retells, of what the passage is about. */
  mayCheck(window: FactWindow, digits: string): boolean {
    const { left } = window;
    if (this.empty || window.fenced || window.inline || digits.startsWith('0') || GLUED.test(left)) return false;
    const sentence = sentenceOf(left);
    return !OWN.test(sentence) && !unknownName(sentence, this.#words);
  }

  check(window: FactWindow, numberEnd: number): Claim | null {
    if (this.empty || window.fenced || window.inline) return null;
    const { left, text, at } = window;
    const written = text.slice(at, numberEnd);
    const value = plain(written);
    if (this.#values.has(value) || value.length < 2 || GLUED.test(left) || /^0/.test(value)) return null;
    const sentence = sentenceOf(left);
    const words = contentWords(sentence).slice(-MOST_WORDS);
    if (OWN.test(sentence) || unknownName(sentence, this.#words)) return null;
    const rest = window.ahead(numberEnd, MOST_BEHIND);
    if (/^(?:[-–/:]\d|[-–]\p{L}|\p{L}|\.\d)/u.test(rest)) return null;
    if (/\d[\d.,]* ?\p{L}+ (?:is|are|equals?|makes|means) [*_]{0,2}$/u.test(sentence)) return null;
    const clause = rest.split(/[.;:!?](?:\s|$)/, 1)[0] ?? '';
    const all = [...words, ...contentWords(clause).slice(0, 4)];
    if (all.length === 0 || all.filter((word) => this.#stems.has(word)).length < all.length * 0.7) return null;
    const best = this.#counterpart(value, { sentence, words: [...new Set(all)], rest, kind: kindOf(value, left, rest) });
    if (best === null) return null;
    return { start: at, end: numberEnd, expected: best.value, confidence: 0.8, strategy: 'replace', reason: 'request' };
  }

  #read(text: string): void {
    const all = sentences(text);
    const numbers = all.map((sentence) => [...sentence.matchAll(NUMBER)].map(([value]) => Number(plain(value))));
    for (const [index, sentence] of all.entries()) {
      const words = new Set(contentWords(sentence));
      if (words.size === 0) continue;
      for (const word of words) this.#stems.add(word);
      const around = (numbers[index] ?? []).slice(0, 12);
      for (const match of sentence.matchAll(NUMBER)) {
        if (this.#stands.length >= MOST_NUMBERS) return;
        const before = sentence.slice(0, match.index);
        const behind = sentence.slice(match.index + match[0].length);
        const near = new Set([...contentWords(before).slice(-5), ...contentWords(behind).slice(0, 3)]);
        this.#stands.push({ value: match[0], kind: kindOf(plain(match[0]), before, behind), before: lastWord(before), unit: firstUnit(behind), last: lastContent(before), after: afterUnit(behind), words, near, around });
      }
    }
  }

  #counterpart(value: string, own: Own): Stands | null {
    const unit = firstUnit(own.rest);
    const before = lastWord(own.sentence);
    let best: { readonly one: Stands; readonly score: number } | null = null;
    let rival = 0;
    const last = lastContent(own.sentence);
    const after = afterUnit(own.rest);
    for (const one of this.#stands) {
      if (!isKin(own.kind, one.kind) || plain(one.value) === value || plain(one.value).length < 2 || !sameUnit(own.kind, unit, one.unit)) continue;
      const shared = own.words.filter((word) => one.words.has(word)).length;
      const near = own.words.filter((word) => one.near.has(word)).length;
      if (shared === 0 || near === 0) continue;
      const ratio = shared / own.words.length;
      const [byUnit, byLast, byBefore, byAfter] = [unit !== '' && unit === one.unit, last !== '' && last === one.last, before !== '' && before === one.before, after !== '' && after === one.after];
      const score = ratio + Math.min(near, 3) * 0.15 + Number(byBefore) * 0.2 + Number(byUnit) * 0.3 + Number(byLast) * 0.6 + Number(byAfter) * 0.5;
      const enough = (shared >= 3 && ratio >= 0.5) || (shared >= 2 && ratio >= 0.6 && (byBefore || byUnit || byLast)) || (byLast && (byUnit || own.kind !== 'count')) || (byUnit && (byAfter || (byBefore && ratio >= 0.5)));
      if (enough && (best === null || score > best.score)) {
        if (best !== null && plain(best.one.value) !== plain(one.value)) rival = Math.max(rival, best.score);
        best = { one, score };
      } else if (best === null || plain(best.one.value) !== plain(one.value)) rival = Math.max(rival, score);
    }
    if (best === null || best.score < 1 || best.score - rival < 0.25) return null;
    return derivable(Number(value), Number(plain(best.one.value)), value, best.one.around, own.kind) ? null : best.one;
  }
}

/** What before a number makes it part of something else. */
const GLUED = /[\p{L}\p{N}_./:#([-]$/u;

function sentenceOf(left: string): string {
  return left.slice(Math.max(0, ...[...left.matchAll(/[.!?]["'”’)]?\s+(?=\S)|:\s+(?=[A-Z])/g)].map((match) => match.index + match[0].length)));
}

/** Content words before a number that are compared. */
const MOST_WORDS = 14;

interface Own {
  readonly sentence: string;
  readonly words: readonly string[];
  readonly rest: string;
  readonly kind: NumberKind;
}

function sameUnit(kind: NumberKind, own: string, other: string): boolean {
  if (kind === 'year' || kind === 'day') return true;
  return own === other;
}

const FACTORS = [0.3048, 3.28084, 1.609344, 0.621371, 0.453592, 2.20462, 2.54, 0.3937, 1000, 60, 100, 12, 7, 24, 3600, 365, 0.4047, 2.471, 3.785, 0.2642, 2.59, 0.3861];

/** Whether a number can be a rounded, summed or converted one of those in the passage. */
function derivable(own: number, given: number, written: string, around: readonly number[], kind: NumberKind): boolean {
  if (Math.abs(own - given) < 0.5) return true;
  if (kind === 'year') return false;
  if (/0$/.test(written) && Math.abs(own / given - 1) < 0.05) return true;
  if (!written.includes('.') && !Number.isInteger(given) && Math.abs(own - given) <= 1) return true;
  const close = (value: number): boolean => value !== 0 && Math.abs(own / value - 1) < 0.005;
  const scales = [12, 60, 7, 24, 100, 1000];
  if (around.some((one) => scales.some((scale) => close(one * scale) || close(one / scale)))) return true;
  if (FACTORS.some((factor) => Math.abs(own / (given * factor) - 1) < 0.03 || Math.abs((own * factor) / given - 1) < 0.03)) return true;
  for (const [index, a] of around.entries()) {
    for (const b of around.slice(index + 1)) {
      if ([a + b, a - b, b - a, a * b, a / b, b / a, (100 * a) / b, (100 * b) / a, (100 * (a - b)) / b, (100 * (b - a)) / a, 100 - a].some(close)) return true;
    }
  }
  return around.length > 2 && close(around.reduce((sum, one) => sum + one, 0));
}
