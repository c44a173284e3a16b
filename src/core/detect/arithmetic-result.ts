import type { LeftSide } from './arithmetic-left.js';
import { add, decimalsOf, equal, formatNumber, isInteger, less, magnitude, multiply, negate, rational, type Rational, readNumber, subtract, toNumber, type Written } from './arithmetic-number.js';
import { evaluate } from './arithmetic-parse.js';
import type { Token } from './arithmetic-tokens.js';
import { scaled } from './arithmetic-units.js';
import { formatWords } from './arithmetic-words.js';
import type { FactWindow } from './fact-window.js';

const HUNDRED = rational(100n) as Rational;

/** An equation as it is written, and what surrounds its result. */
export interface Equation {
  /** The line before the connector, and where in it the offsets of `side` count from. */
  readonly line: string;
  readonly from: number;
  readonly side: LeftSide;
  readonly written: Written;
  readonly negative: boolean;
  readonly about: boolean;
  /** `is` joins it, which much else does as well. */
  readonly byWord: boolean;
  /** The result is written in words. */
  readonly spelled: boolean;
  readonly percent: boolean;
  readonly unit: string | null;
}

const SCALE = /^(?:k|K|M|B|T|m(?:illions?|n)|billions?|trillions?|thousands?|hundreds?|lakhs?|crores?|dozens?|bn|[KMGT]i?B|[kKMG]b|MP|Mpx|mega\w*|giga\w*|kilo(?:bytes?|bits?)|[KMG]|am|pm|AM|PM|a\.m|p\.m|o)$/;

/** The text directly behind the result: its unit and percent sign; null where the number is not the whole result. */
export function readBehind(window: FactWindow, end: number): { readonly percent: boolean; readonly unit: string | null } | null {
  const next = window.ahead(end, 24);
  if (/^(?:[\d,.]*\d|[⁰¹²³⁴-⁹₀-₉])/.test(next)) return null;
  const bare = next.replace(/^(?:\*\*|__|\s*\}|\\\)|\s?\\?\$(?!\s?\d))+/, '');
  if (/^\s*\\?%/.test(bare)) return /^\s*\\?%\s*(?:[-+*/×÷^(\d]|of\b)/.test(bare) ? null : { percent: true, unit: null };
  if (/^\s+percent\b/.test(bare)) return { percent: true, unit: null };
  // More of an expression, a ratio, a power, a unit that is raised, a clock, or another language's decimals.
  if (/^\s*(?:[+*×÷·^/∕=<>±!]|\\(?:times|cdot|div|frac|pm|pmod|mod|sqrt|pi|bmod))/.test(bare) && !/^\s*(?:=|!|\*\*?(?:\s|$)(?!\s*\d)|\*\*?[.,;:)]|>>|=>|[*]{1,2}$)/.test(bare)) return null;
  if (/^(?:[-−–—:']\s?[\d(.\w]|--|\(|\s?[-−–]\s+[\d($]|\s+[-−–][\d($]|\s*(?:°|º|′|″|π|√|!\s*[=+*/\d])|e[+-]?\d|\.\.\.?\d)/.test(bare)) return null;
  if (/^\s?x\s*[\d(]/.test(bare)) return null;
  if (/^\s*(?:or|to|plus|minus|times|divided|multiplied|over|and a|and \d|R|r|remainder|rem|mod)\b/.test(bare)) return null;
  const unit = /^\s?([\p{L}µ]+(?:\/[\p{L}]+)?)/u.exec(bare)?.[1] ?? null;
  if (unit !== null) {
    if (SCALE.test(unit)) return null;
    const close = /^[\p{L}]/u.test(bare);
    if (close && unit.length === 1 && !/^[mgslhLWCF]$/.test(unit)) return null;
    if (!close && unit.length === 1 && /^[xyznabcijk]$/.test(unit) && unit !== 'a') return null;
    // `16 min 40 s`, `5 ft 3 in`: the number is a part of the result.
    if (/^\s?[\p{L}.]+\s*(?:,|and)?\s*\d/u.test(bare) && /^(?:s|sec\w*|m|min\w*|h|hr\w*|hours?|days?|weeks?|months?|years?|ft|feet|foot|in|inch\w*|lbs?|pounds?|kg|km|cm|g|dollars?)$/.test(unit)) return null;
  }
  return { percent: false, unit };
}

/** Readings in which a comma separates items of a list: `105/3=35,105/5=21`. */
export function ungrouped(side: LeftSide): (Rational | null)[] {
  const [first, ...rest] = side.tokens;
  if (first?.kind !== 'number' || !first.written.grouped) return [];
  const text = formatNumber(first.written.value, first.written.decimals, true);
  const written = readNumber(text.slice(text.lastIndexOf(',') + 1).replace(/^0+(?=\d)/, ''));
  return written === null ? [] : [evaluate([{ ...first, written }, ...rest], 'standard')];
}

export function isRight(value: Rational, stated: Rational, equation: Equation): boolean {
  const tries = [value, scaled(value, HUNDRED)];
  const percents = equation.percent || equation.side.tokens.some(({ kind }) => kind === 'percent') || equation.unit === 'cents';
  if (percents) {
    const down = multiply(value, { n: 1n, d: 100n });
    tries.push(down);
  } else tries.length = 1;
  // A share in a sum, `20 - 15%`, is taken of the other term by some and of one by others.
  if (equation.side.tokens.some(({ kind }) => kind === 'percent') && mixesPercent(equation.side.tokens)) return true;
  return tries.some((one) => one !== null && (equal(one, stated) || within(one, stated, equation)));
}

function mixesPercent(tokens: readonly Token[]): boolean {
  const sums = tokens.filter((token) => token.kind === 'op' && (token.op === '+' || token.op === '-')).length;
  if (sums === 0) return false;
  const numbers = tokens.filter(({ kind }) => kind === 'number').length;
  const percents = tokens.filter(({ kind }) => kind === 'percent').length;
  return percents < numbers && !tokens.some((token, at) => token.kind === 'percent' && isOf(tokens[at + 1]));
}

function isOf(token: Token | undefined): boolean {
  return token?.kind === 'op' && (token.op === 'of' || token.op === '*');
}

/** Whether `stated` is `value` rounded or cut to the digits shown, or reckoned from numbers that were rounded. */
function within(value: Rational, stated: Rational, equation: Equation): boolean {
  const off = magnitude(subtract(value, stated) ?? value);
  const size = toNumber(magnitude(value));
  const distance = toNumber(off);
  if (equation.about) return distance <= Math.max(size, 1) * 0.25;
  const { decimals } = equation.written;
  const needed = decimalsOf(value, 12);
  const ulp = 10 ** -decimals;
  if ((needed === null || needed > decimals) && distance < ulp) return true;
  // Thousands and more that are given in round numbers.
  if (decimals === 0 && isInteger(stated)) {
    const zeros = /0*$/.exec(stated.n.toString())?.[0].length ?? 0;
    if (zeros >= (needed === 0 ? 3 : 1) && distance <= 10 ** zeros / 2 && size >= 100 * 10 ** (zeros - 1)) return true;
  }
  const spread = slack(equation.side.tokens);
  return spread > 0 && distance <= spread + ulp / 2;
}

/** Decimals that look rounded: thirds, sixths, sevenths, ninths and the like. */
const ROUNDED = /^(?:\d?(?:3+|6+7?|7|1(?:6+7?|7|4\d*|1+)|8(?:3+|5\d*|8*9?)|28\d*|29|42\d*|43|57\d*|71\d*|2+|4+|09|9+))$/;

/** How far a result may be off because numbers in it look rounded, each by half a unit of its last digit. */
function slack(tokens: readonly Token[]): number {
  const value = evaluate(tokens, 'standard');
  if (value === null) return 0;
  let sum = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'number' || token.written.decimals === 0) continue;
    const { decimals } = token.written;
    if (!ROUNDED.test(formatNumber(token.written.value, decimals, false).split('.')[1] ?? '')) continue;
    const moved = add(token.written.value, { n: 1n, d: 2n * 10n ** BigInt(decimals) });
    const other = moved === null ? null : evaluate([...tokens.slice(0, at), { ...token, written: { ...token.written, value: moved } }, ...tokens.slice(at + 1)], 'standard');
    const change = other === null ? null : subtract(other, value);
    if (change !== null) sum += Math.abs(toNumber(change));
  }
  return sum;
}

export function expectedText(value: Rational, stated: Rational, equation: Equation): string | null {
  const { written, percent } = equation;
  let shown = value;
  if (equation.spelled) return isInteger(value) && value.n >= 0n && value.n < 10n ** 12n ? formatWords(Number(value.n)) : null;
  if (percent) {
    const up = multiply(value, HUNDRED);
    const near = (one: Rational): number => Math.abs(Math.log(Math.max(toNumber(magnitude(one)), 1e-9) / Math.max(toNumber(magnitude(stated)), 1e-9)));
    if (up !== null && near(up) < near(value)) shown = up;
  }
  if (equation.negative) {
    if (shown.n < 0n) shown = negate(shown);
  } else if (shown.n < 0n && /[$€£¥₹]\s?$/.test(equation.line)) return null;
  const needed = decimalsOf(shown, 4);
  const decimals = needed === null ? Math.max(written.decimals, 2) : Math.max(written.decimals, needed);
  const big = !less(magnitude(shown), rational(1000n) as Rational);
  const grouped = written.grouped || (big && less(magnitude(stated), rational(1000n) as Rational) && equation.side.tokens.some((token) => token.kind === 'number' && token.written.grouped));
  const text = formatNumber(shown, Math.min(decimals, 12), grouped);
  return text.length > 40 ? null : text;
}
