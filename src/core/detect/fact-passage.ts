import type { RequestText } from '../truth/request-texts.js';
import type { Claim, FactWindow } from './fact-window.js';

interface Stands {
  readonly value: string;
  readonly before: string;
  readonly behind: string;
  readonly words: ReadonlySet<string>;
}

/** Units of passage that are read. */
const MOST_PASSAGE = 65_536;
/** A shorter request is a question, not a source. */
const LEAST_PASSAGE = 300;
const SOURCE = /\b(?:passages?|context|documents?|articles?|excerpts?|summari[sz]e|summary|sources?|according to|based on|following (?:text|paragraph|information|report|data|content))\b/i;
/** Where an answer reckons, compares or rounds, its numbers are its own. */
const OWN = /\b(?:total|sum|altogether|combined|remain\w*|left|difference|average|mean|more|less|fewer|than|each|per|approximately|about|around|roughly|nearly|almost|over|under|estimated?|calculat\w*|therefore|thus|would|could|should|if|step|example|e\.g|not|instead|incorrect|wrong|increase\w*|decrease\w*|doubl\w*|half|twice|points?|first|second|third)\b|[=≈~×÷+<>]/i;
const STOP = new Set('the a an of in on at to from by for with and or is are was were be been has have had it its this that these those as which who their his her they he she also will can into during while'.split(' '));
const NUMBER = /(?<![\p{L}\p{N}_.,/:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\p{N}_/:-]|[.,]\d)/gu;

/** What the request's own text says of a number: the same words around it, another value. */
export class PassageNumbers {
  readonly #values: ReadonlySet<string>;
  readonly #stands: readonly Stands[];

  constructor(texts: readonly RequestText[]) {
    const passage = texts.flatMap(({ role, text }) => (role === 'assistant' || role === 'system' ? [] : [text])).join('\n').slice(-MOST_PASSAGE);
    const usable = passage.length >= LEAST_PASSAGE && SOURCE.test(passage);
    this.#values = new Set(usable ? [...passage.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([value]) => plain(value)) : []);
    this.#stands = usable ? standsOf(passage) : [];
  }

  get empty(): boolean {
    return this.#stands.length === 0;
  }

  check(window: FactWindow, numberEnd: number): Claim | null {
    if (this.empty || window.fenced || window.inline) return null;
    const { left, text, at } = window;
    const written = text.slice(at, numberEnd);
    const value = plain(written);
    if (this.#values.has(value) || value.length < 2 || /[\p{L}\p{N}_./:#-]$/u.test(left)) return null;
    const sentence = left.slice(Math.max(0, ...[...left.matchAll(/[.!?]\s+(?=\S)/g)].map((match) => match.index + match[0].length)));
    const words = contentWords(sentence);
    if (words.length < 3 || OWN.test(sentence)) return null;
    const candidates = this.#stands.filter((one) => alike(value, one.value) && shared(words, one.words) >= Math.max(3, words.length * 0.6));
    if (candidates.length === 0) return null;
    const behind = firstWord(window.ahead(numberEnd, 24));
    const before = lastWord(sentence);
    const near = candidates.filter((one) => one.behind === behind && (one.before === before || shared(words, one.words) >= words.length * 0.8) && (behind !== '' || one.before === before));
    const values = new Set(near.map((one) => one.value));
    const [expected] = near;
    if (values.size !== 1 || expected === undefined) return null;
    // A rounded number is no other number.
    const [own, given] = [Number(value), Number(plain(expected.value))];
    if (Math.abs(own - given) < 0.5 || (Math.abs(own / given - 1) < 0.03 && /0$/.test(value))) return null;
    return { start: at, end: numberEnd, expected: expected.value, confidence: 0.8, strategy: 'replace', reason: 'request' };
  }
}

function standsOf(passage: string): Stands[] {
  const stands: Stands[] = [];
  for (const sentence of passage.split(/(?<=[.!?])\s+|\n+/)) {
    if (sentence.length > 1_000) continue;
    const words = new Set(contentWords(sentence));
    if (words.size < 3) continue;
    for (const match of sentence.matchAll(NUMBER)) {
      stands.push({ value: match[0], before: lastWord(sentence.slice(0, match.index)), behind: firstWord(sentence.slice(match.index + match[0].length)), words });
    }
  }
  return stands;
}

function contentWords(text: string): string[] {
  return [...new Set([...text.toLowerCase().matchAll(/\p{L}[\p{L}'’-]{2,}/gu)].map(([word]) => word).filter((word) => !STOP.has(word)).map(stem))];
}

const stem = (word: string): string => word.replace(/(?:['’]s|ing|ed|es|s)$/, '');
const plain = (value: string): string => value.replace(/,/g, '');
const firstWord = (text: string): string => stem(/^[*_]{0,2}\s?(%|\p{L}[\p{L}'’-]*)/u.exec(text)?.[1]?.toLowerCase() ?? '');
const lastWord = (text: string): string => /([\p{L}'’-]+|[$€£])\s?[*_]{0,2}$/u.exec(text)?.[1]?.toLowerCase() ?? '';
const shared = (words: readonly string[], others: ReadonlySet<string>): number => words.filter((word) => others.has(word)).length;

/** Of one kind: years with years, whole numbers with whole numbers. */
function alike(value: string, other: string): boolean {
  const year = (text: string): boolean => /^(?:1[5-9]|20)\d\d$/.test(text);
  return year(value) === year(other) && value.includes('.') === other.includes('.') && plain(other).length >= 2;
}
