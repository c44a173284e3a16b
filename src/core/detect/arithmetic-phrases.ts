import { add, divide, equal, isInteger, less, magnitude, multiply, power, rational, type Rational, readNumber, subtract } from './arithmetic-number.js';
import { NUMBER_WORD, NUMBER_WORDS, readWords } from './arithmetic-words.js';

/** An operation said in words, at the end of a text. */
export interface Phrase {
  /** Index of its first unit. */
  readonly start: number;
  /** The value meant, then others that an honest reading gives. */
  readonly values: readonly Rational[];
}

const MARK = String.raw`(?:\*\*|[$€£¥₹]|\\\$|\\\(|\$)?`;
const NUMBER = String.raw`${MARK}[-−]?(?:\d[\d,]*(?:\.\d+)?|${NUMBER_WORDS})(?:\*\*|\\\))?`;
/** One word that says what is counted. */
const UNIT = String.raw`(?: (?!(?:and|is|by|or|from|to|of|with|on|in|the|a|plus|minus|times|equals?|gives|you|we|increased|decreased|reduced|squared|cubed)\b)\p{L}{2,})?`;
const N = String.raw`(${NUMBER})${UNIT}`;
const LIST = String.raw`((?:${NUMBER}${UNIT}, ?)*${NUMBER}${UNIT},? and ${NUMBER})${UNIT}`;
const PERCENT = String.raw`(${NUMBER})(?:\s?%|\\%| percent)`;
const FRACTIONS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  half: [1n, 2n], third: [1n, 3n], quarter: [1n, 4n], fourth: [1n, 4n], fifth: [1n, 5n], sixth: [1n, 6n], eighth: [1n, 8n], tenth: [1n, 10n], twice: [2n, 1n], double: [2n, 1n], triple: [3n, 1n], thrice: [3n, 1n], quadruple: [4n, 1n],
};
const COUNTS: Readonly<Record<string, bigint>> = { a: 1n, one: 1n, two: 2n, three: 3n, four: 4n, five: 5n, seven: 7n };

type Reckon = (parts: readonly Rational[]) => readonly (Rational | null)[];
interface Template {
  readonly pattern: RegExp;
  readonly reckon: Reckon;
}

const ONE = rational(1n) as Rational;
const share = (a: Rational, percent: Rational): Rational | null => multiply(a, { n: percent.n, d: percent.d * 100n });
const both = (a: Rational | null, b: Rational | null, op: (x: Rational, y: Rational) => Rational | null): Rational | null => (a === null || b === null ? null : op(a, b));
const first = (reckon: (a: Rational, b: Rational) => Rational | null): Reckon => ([a, b]) => (a === undefined || b === undefined ? [] : [reckon(a, b)]);
const whole = (reckon: (a: bigint, b: bigint) => bigint | null): Reckon => first((a, b) => {
  const value = isInteger(a) && isInteger(b) && a.n >= 0n && b.n >= 0n ? reckon(a.n, b.n) : null;
  return value === null ? null : rational(value);
});
const total: Reckon = (parts) => [parts.reduce<Rational | null>((sum, one) => both(sum, one, add), rational(0n))];
const product: Reckon = (parts) => [parts.reduce<Rational | null>((sum, one) => both(sum, one, multiply), ONE)];
const apart = first((a, b) => { const value = subtract(a, b); return value === null ? null : magnitude(value); });
const mean: Reckon = (parts) => [both(total(parts)[0] ?? null, rational(BigInt(parts.length)), divide)];
const median: Reckon = (parts) => {
  const sorted = [...parts].sort((a, b) => (equal(a, b) ? 0 : less(a, b) ? -1 : 1));
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? [] : [both(add(low, high), rational(2n), divide)];
};
const more = first((a, percent) => both(a, share(a, percent), add));
const less_ = first((a, percent) => both(a, share(a, percent), subtract));
const swap = (reckon: Reckon): Reckon => ([a, b]) => (a === undefined || b === undefined ? [] : reckon([b, a]));
/** What is left, or what is taken off: both are said so. */
const eitherOff: Reckon = ([a, percent]) => (a === undefined || percent === undefined ? [] : [both(a, share(a, percent), subtract), share(a, percent)]);
const remainder = whole((a, b) => (b === 0n ? null : a % b));
const gcd = (a: bigint, b: bigint): bigint => { let [x, y] = [a, b]; while (y !== 0n) [x, y] = [y, x % y]; return x; };
const folded = (reckon: (a: bigint, b: bigint) => bigint): Reckon => (parts) => (parts.every((one) => isInteger(one) && one.n > 0n) ? [rational(parts.map(({ n }) => n).reduce(reckon))] : []);
const divisor = folded(gcd);
const common = folded((a, b) => (a / gcd(a, b)) * b);
const raised = first(power);
const squared: Reckon = ([a]) => (a === undefined ? [] : [multiply(a, a)]);
const cubed: Reckon = ([a]) => (a === undefined ? [] : [power(a, { n: 3n, d: 1n })]);
const factorial: Reckon = ([a]) => (a === undefined || !isInteger(a) || a.n < 0n || a.n > 60n ? [] : [factorialOf(a.n)]);
const choose = whole((a, b) => (b > a || a > 200n ? null : binomial(a, b)));
const extreme = (least: boolean): Reckon => (parts) => [parts.reduce((a, b) => (less(a, b) === least ? a : b))];

export function factorialOf(n: bigint): Rational | null {
  let value = 1n;
  for (let at = 2n; at <= n; at += 1n) value *= at;
  return rational(value);
}

function binomial(n: bigint, k: bigint): bigint {
  let value = 1n;
  for (let at = 1n; at <= k; at += 1n) value = (value * (n - k + at)) / at;
  return value;
}

/** The root as a fraction with nine decimals, exact where it is whole. */
export function root(degree: 2n | 3n): Reckon {
  return ([a]) => {
    if (a === undefined || a.n < 0n || a.n > 10n ** 18n) return [];
    const scale = 10n ** 9n;
    const target = (a.n * scale ** degree) / a.d;
    let [low, high] = [0n, target + 1n];
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** degree <= target) low = middle;
      else high = middle;
    }
    return [rational(low, scale)];
  };
}

const template = (source: string, reckon: Reckon): Template => ({ pattern: new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${source})$`, 'iu'), reckon });
const IF = String.raw`(?:(?:if|when) (?:you|we|i|one) )?`;
const args = String.raw`\(\s*(-?\d[\d.]*(?:, ?-?\d[\d.]*)*)\s*\)`;

const TEMPLATES: readonly Template[] = [
  template(`(?:sum|total) of ${LIST}`, total),
  template(`${IF}add(?:ing|s)? ${LIST}(?: together)?,?`, total),
  template(`${IF}add(?:ing|s)? ${N} (?:to|with) ${N},?`, total),
  template(`${N} added to ${N}`, total),
  template(`product of ${LIST}`, product),
  template(`${IF}multiply(?:ing)? ${N} (?:by|and|with) ${N},?`, product),
  template(`difference (?:between|of) ${N} and ${N}`, apart),
  template(`${IF}subtract(?:ing)? ${N} from ${N},?`, swap(first(subtract))),
  template(`${N} subtracted from ${N}`, swap(first(subtract))),
  template(`quotient of ${N} and ${N}`, first(divide)),
  template(`${IF}divid(?:e|ing) ${N} by ${N},?`, first(divide)),
  template(`(?:(?:arithmetic )?mean|average) (?:value )?of (?:the numbers )?${LIST}`, mean),
  template(`median of (?:the numbers )?${LIST}`, median),
  template(String.raw`square of (${NUMBER})`, squared),
  template(String.raw`(${NUMBER}) squared`, squared),
  template(String.raw`cube of (${NUMBER})`, cubed),
  template(String.raw`(${NUMBER}) cubed`, cubed),
  template(String.raw`square root of (${NUMBER})`, root(2n)),
  template(String.raw`cube root of (${NUMBER})`, root(3n)),
  template(String.raw`factorial of (${NUMBER})`, factorial),
  template(String.raw`(${NUMBER}) factorial`, factorial),
  template(String.raw`(${NUMBER}) (?:raised )?to the power(?: of)? (${NUMBER})`, raised),
  template(String.raw`(${NUMBER}) (?:raised )?to the (\d+)(?:th|rd|nd|st)(?: power)?`, raised),
  template(String.raw`remainder (?:when|of|from|if) (?:dividing )?(${NUMBER})(?: is)? (?:divided by|÷|\/|by) (${NUMBER}),?`, remainder),
  template(String.raw`(${NUMBER}) (?:divided by|÷|\/) (${NUMBER}),? (?:leaves|gives|has|with|yields) (?:a |the )?remainder(?: of)?`, remainder),
  template(String.raw`(${NUMBER}) (?:mod(?:ulo)?|\\(?:b?mod)) (${NUMBER})`, remainder),
  template(`${N} (?:is )?(?:increased|raised) by ${PERCENT}`, more),
  template(`${PERCENT} (?:more|greater|higher) than ${N}`, swap(more)),
  template(`(?:increas|rais)(?:e|ing) ${N} by ${PERCENT}`, more),
  template(`an? increase of ${PERCENT} (?:on|over|to|from) ${N}`, swap(more)),
  template(`${N} (?:is )?(?:decreased|reduced|lowered) by ${PERCENT}`, less_),
  template(`${PERCENT} (?:less|lower|smaller|fewer) than ${N}`, swap(less_)),
  template(`(?:decreas|reduc)(?:e|ing) ${N} by ${PERCENT}`, less_),
  template(`${N} (?:with|after|at|minus) an? ${PERCENT} (?:discount|reduction)`, less_),
  template(`an? ${PERCENT} (?:discount|reduction) (?:on|off|of|from) ${N}`, swap(eitherOff)),
  template(`${PERCENT} off(?: of)? ${N}`, swap(eitherOff)),
  template(`(?:gcd|hcf|greatest common (?:divisor|factor)|highest common factor) of ${LIST}`, divisor),
  template(`(?:lcm|least common multiple|lowest common multiple) of ${LIST}`, common),
  template(String.raw`(\d+) choose (\d+)`, choose),
  template(String.raw`\\d?binom\{(\d+)\}\{(\d+)\}`, choose),
  template(String.raw`(?:gcd|hcf)${args}`, divisor),
  template(String.raw`lcm${args}`, common),
  template(String.raw`(?:max|maximum)${args}`, extreme(false)),
  template(String.raw`(?:min|minimum)${args}`, extreme(true)),
];

/** A fraction or a multiple of one number: `half of 50`, `two thirds of 90`, `twice 35`. */
const FRACTION = new RegExp(String.raw`(?<![\p{L}\p{N}_-])(?:(?:exactly |(a|one|two|three|four|five|seven)[ -])?(half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?) of|(twice|double|triple|thrice|quadruple)) (?:the |these |those )?${N}$`, 'iu');
/** A root sign, or a sign behind a number, that nothing before it takes part in. */
const ROOT = /(?<![\p{L}\p{N}_)\]}^*/×·+−-]\s?)(?:√\(?(\d[\d,]*(?:\.\d+)?)\)?|\\sqrt\{(\d[\d,]*(?:\.\d+)?)\}|\bsqrt\((\d[\d,]*(?:\.\d+)?)\))$/u;
const BANG = /(?<![\p{L}\p{N}_)\]}^*/×·+−.,-]\s?)(\d{1,2})!$/u;
/** What every phrase has: the cheap question. */
const KEY = /\b(?:sum|total|add|adding|adds|added|product|multipl|difference|subtract|quotient|divid|mean|average|median|squared?|cubed?|root|factorial|power|to the|remainder|mod|modulo|increas|rais|decreas|reduc|lowered|discount|than|off|gcd|hcf|lcm|common|choose|half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?|twice|double|triple|thrice|quadruple|max|min)|binom|sqrt|√|\d!$/i;
/** Every phrase has a number near its end. */
const ENDS = new RegExp(String.raw`(?:[\d½]|\b${NUMBER_WORD}\b)\D{0,28}$`, 'i');
/** Units before a result in which a phrase has room. */
const MOST_PHRASE = 140;
/** What before a phrase makes it part of something larger, or of something else. */
const REACHES = /(?:[-+*/×÷·^=<>]|\b(?:plus|minus|times|than|by|over|of|squares?|cubes?|weighted|moving|log|ln|sin|cos|tan|approximately|digits?|per|every|each|running|not|harmonic|geometric|half|twice|double|square|remainder|sum|product|difference))\s*(?:the\s*|a\s*)?$/i;

/** The phrase that a text ends with; null: none, or it is part of more. */
export function readPhrase(before: string): Phrase | null {
  const from = Math.max(0, before.length - MOST_PHRASE);
  const tail = before.slice(from).trimEnd();
  if (!/[A-Za-z√!]/.test(tail) || !ENDS.test(tail.slice(-44)) || !KEY.test(tail)) return null;
  const read = signed(tail) ?? fractionOf(tail) ?? templated(tail);
  if (read === null || (read.start === 0 && from > 0) || REACHES.test(from === 0 ? tail.slice(0, read.start).replace(/^\s*(?:[-*+•]|\d{1,2}[.)])\s+/, '') : tail.slice(0, read.start))) return null;
  return { start: from + read.start, values: read.values };
}

function templated(tail: string): Phrase | null {
  for (const { pattern, reckon } of TEMPLATES) {
    const match = pattern.exec(tail);
    if (match === null) continue;
    const parts = match.slice(1).flatMap((part) => splitList(part)).map(readPart);
    if (parts.some((part) => part === null)) return null;
    return found(match.index, reckon(parts as readonly Rational[]));
  }
  return null;
}

function fractionOf(tail: string): Phrase | null {
  const match = FRACTION.exec(tail);
  if (match === null) return null;
  const [, count = 'a', part = '', times = '', number = ''] = match;
  const ratio = FRACTIONS[(times === '' ? part.replace(/s$/i, '') : times).toLowerCase()];
  const value = readPart(number);
  if (ratio === undefined || value === null) return null;
  return found(match.index, [multiply(value, { n: ratio[0] * (COUNTS[count.toLowerCase()] ?? 1n), d: ratio[1] })]);
}

function signed(tail: string): Phrase | null {
  const match = ROOT.exec(tail);
  if (match !== null) {
    const value = readPart(match[1] ?? match[2] ?? match[3] ?? '');
    return value === null ? null : found(match.index, root(2n)([value]));
  }
  const bang = BANG.exec(tail);
  const value = bang === null ? null : readPart(bang[1] ?? '');
  return bang === null || value === null ? null : found(bang.index, factorial([value]));
}

function found(start: number, values: readonly (Rational | null)[]): Phrase | null {
  const usable = values.filter((one) => one !== null);
  return usable.length === 0 ? null : { start, values: usable };
}

const ITEM = new RegExp(NUMBER, 'iu');

function splitList(part: string | undefined): string[] {
  if (part === undefined) return [];
  if (/,? and |, /.test(part)) return part.split(/,? and |, /).map((one) => ITEM.exec(one)?.[0] ?? one);
  return /^-?\d[\d.]*(?:,-?\d[\d.]*)+$/.test(part) && !/^\d{1,3}(?:,\d{3})+$/.test(part) ? part.split(',') : [part];
}

function readPart(text: string): Rational | null {
  const bare = text.replace(/\*\*|[$€£¥₹\\()]/g, '').trim();
  const negative = /^[-−]/.test(bare);
  const digits = negative ? bare.slice(1) : bare;
  const words = /^\d/.test(digits) ? null : readWords(digits);
  const value = words === null ? (readNumber(digits)?.value ?? null) : rational(BigInt(words));
  return value !== null && negative ? { n: -value.n, d: value.d } : value;
}

