/** Years with years, shares with shares, sums of money with such, days of a month with days. */
export type NumberKind = 'year' | 'percent' | 'money' | 'day' | 'decimal' | 'count';

const STOP = new Set('the a an of in on at to from by for with and or is are was were be been has have had it its this that these those as which who whom whose their his her they he she him them also will can into during while when where there then than but so such only very most some any all both other another took take takes place happened one two three our your you we not no do does did up out off'.split(' '));
const MONTH = /\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b/;
const SENTENCE = /(?<=[.!?]["'”’)]?)\s+(?=[^a-z])|\n+/;
/** A text whose lines are fields, as tools answer. */
const FIELDS = /^\s*[[{]/;

/** The sentences of a text, or its fields where it is data. */
export function sentences(text: string): string[] {
  return text.split(FIELDS.test(text) ? /[{},\n]+/ : SENTENCE).filter((one) => one.length > 3 && one.length <= 1_000);
}

export function contentWords(text: string): string[] {
  const words: string[] = [];
  const seen = new Set<string>();
  for (const [word] of text.toLowerCase().replaceAll('_', ' ').matchAll(/\p{L}[\p{L}'’-]{2,}/gu)) {
    const own = STOP.has(word) ? '' : stem(KEY_WORDS[word] ?? word);
    if (own === '' || seen.has(own)) continue;
    seen.add(own);
    words.push(own);
  }
  return words;
}

/** Word endings and a few verbs aside. */
export function stem(word: string): string {
  return word.replace(/['’]s$/, '').replace(/(?:ations?|ings?|edly|ed|ies|es|ers?|s|e|y)$/, (ending) => (word.length - ending.length >= 3 ? '' : ending)).replace(/([bdgmnprt])\1$/, '$1');
}

export const plain = (value: string): string => value.replace(/,/g, '');
export const lastWord = (text: string): string => /([\p{L}'’-]+|[$€£])\s?[*_"']{0,3}(?:[$€£]\s?)?$/u.exec(text)?.[1]?.toLowerCase() ?? '';

/** What a number counts: a sign, or the word behind it. */
export function firstUnit(text: string): string {
  const match = /^[*_]{0,2}(?:\s?(%|°\s?[CF]?|km\/h|mph)|[ -]?(\p{L}[\p{L}'’]*))/u.exec(text);
  const word = match?.[1] ?? match?.[2]?.toLowerCase() ?? '';
  if (word === 'percent' || word === 'per' && /^[ -]?per cent\b/i.test(text)) return '%';
  return STOP.has(word) || MONTH.test(match?.[2] ?? '') ? '' : (UNITS[word] ?? stem(word));
}

/** The words of a field's name: `maxConnections`, `POOL_SIZE`, `hub height`. */
export function splitKey(name: string): string[] {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '').map((word) => word.toLowerCase()).map((word) => KEY_WORDS[word] ?? word);
}

const KEY_WORDS: Readonly<Record<string, string>> = { max: 'maximum', min: 'minimum', avg: 'average', mem: 'memory', conn: 'connections', conns: 'connections', num: 'number', qty: 'quantity', pct: 'percent', secs: 'seconds', sec: 'seconds', mins: 'minutes', hrs: 'hours', msec: 'ms' };

/** The unit that a field's name ends with: `ttl_seconds`, `latency_ms`, `usage_percent`; empty: none. */
export function unitOfKey(name: string): string {
  const last = splitKey(name).at(-1) ?? '';
  if (last === 'percent' || last === 'percentage') return '%';
  return /^(?:ms|seconds?|minutes?|hours?|days?|weeks?|months?|years?|bytes?|kb|mb|gb|tb|km|kg|meters?|metres?|miles?|usd|eur|dollars?|euros?|pixels?|px)$/.test(last) && name !== last ? (UNITS[last] ?? stem(last)) : '';
}

const UNITS: Readonly<Record<string, string>> = { s: 'second', secs: 'second', sec: 'second', second: 'second', seconds: 'second', ms: 'ms', millisecond: 'ms', milliseconds: 'ms', mins: 'minut', min: 'minut',  m: 'met', metre: 'met', meters: 'met', metres: 'met', meter: 'met', km: 'kilomet', kilometres: 'kilomet', kilometers: 'kilomet', kilometre: 'kilomet', kilometer: 'kilomet', kg: 'kilogram', ft: 'feet', foot: 'feet', bn: 'billion', mn: 'million' };

export function kindOf(value: string, before: string, behind: string): NumberKind {
  if (/^[*_]{0,2}\s?(?:%|percent\b|per cent\b)/.test(behind)) return 'percent';
  if (/(?:[$€£¥₹]|\b(?:USD|EUR|GBP|Rs\.?))\s?[*_]{0,2}$/.test(before)) return 'money';
  if (/^(?:1[0-9]|20)\d\d$/.test(value) && !/^[*_]{0,2} ?(?:%|(?:km|m|kg|miles?|met\w+|feet|people|dollars|tons?|tonnes?|pounds|seats|employees|workers|ms|[kmgt]b|bytes|minutes|seconds|hours|days|euros|units|items|users|requests|rpm)\b)/i.test(behind)) return 'year';
  if (value.length <= 2 && (MONTH.test(before.slice(-12)) || MONTH.test(behind.slice(0, 14)))) return 'day';
  return value.includes('.') ? 'decimal' : 'count';
}

/** Of one kind; a count and a decimal may be of one measure. */
export function isKin(a: NumberKind, b: NumberKind): boolean {
  return a === b || ((a === 'decimal' || a === 'count') && (b === 'decimal' || b === 'count'));
}

/** Whether the sentence names somebody or something the request does not: then its numbers may be of that. */
export function unknownName(sentence: string, known: ReadonlySet<string>): boolean {
  for (const match of sentence.matchAll(/(?<=[\p{L}\p{N},)] )\p{Lu}[\p{L}]{2,}/gu)) {
    if (!known.has(match[0].toLowerCase()) && !MONTH.test(match[0])) return true;
  }
  return false;
}

/** The content word nearest before a number, months aside. */
export function lastContent(text: string): string {
  const words = contentWords(text.slice(-48).replace(new RegExp(MONTH.source, 'g'), ''));
  return words[words.length - 1] ?? '';
}

/** The word right behind a number's unit: `high` of `85 cm high`. */
export function afterUnit(text: string): string {
  const word = /^[*_]{0,2}(?:\s?%|[ -]?\p{L}+)[ -](\p{L}{3,})/u.exec(text)?.[1]?.toLowerCase() ?? '';
  return STOP.has(word) ? '' : stem(word);
}
