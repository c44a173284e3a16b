import { cutLeftSide, type LeftSide } from './arithmetic-left.js';
import { add, decimalsOf, equal, formatNumber, isInteger, less, magnitude, multiply, negate, rational, type Rational, readNumber, subtract, toNumber, type Written } from './arithmetic-number.js';
import { evaluate, READINGS } from './arithmetic-parse.js';
import { type Token, tokenize } from './arithmetic-tokens.js';
import { conflictingUnits, scaled } from './arithmetic-units.js';
import type { Claim, FactWindow } from './fact-window.js';

/** What joins an expression to its result, directly before the result: signs, words, then marks and a currency. */
const CONNECTOR =
  /(?<sign>(?<![=<>!:+*/~≈≠^&|-])=\s*~|(?<![=<>!:+*/~≈≠^&|-])=(?![=>])|≈|≅|~=|\\approx)\s*(?<mark>\*\*|__|\\boxed\{|\\\(|`)?\s*(?<about>(?:about|approximately|approx\.?|roughly|around|nearly|almost|circa|~)\s+)?(?:[$€£¥₹]\s?|\\\$\s?|(?:Rs\.?|USD|INR|EUR|GBP)\s?)?(?<minus>[-−]\s?)?$|(?<word>\b(?:equals|is equal to|equal to|is|gives(?: us)?|makes))\s+(?:\*\*|__)?(?<about2>(?:about|approximately|approx\.?|roughly|around|nearly|almost|circa)\s+|~)?(?:[$€£¥₹]|\\\$)?(?<minus2>[-−])?$/;
/** What may end a connector: the cheap question asked of every number. */
const MAY_CONNECT = /[=≈≅~x{*_$€£¥₹`(.\-−\s\w]$/;
const CUE = /[=≈≅]|\\approx|\b(?:equals?|is|gives|makes)\b/;

/** What takes an equation back, or says that it is not meant: in the sentence before it. */
const DOUBT = /\b(?:not|n['’]t|never|wrong(?:ly)?|incorrect(?:ly)?|mistaken(?:ly)?|mistakes?|errors?|false(?:ly)?|suppos(?:e|ing)|assum(?:e|ing)|pretend|imagine|what if|instead|myth|jokes?|absurd|claims?|claimed|if (?:[^,]*$)|whether|invalid|bug|buggy|example of|unlike|versus|vs|typo|misprint|contradiction|impossible|says?|said|orwell|mod|modulo|modular|modulus|remainders?|digits?|binary|hex(?:adecimal)?|octal|base[- ]?\d|bases?|xor|bitwise|concat\w*|strings?|vectors?|matrix|quotient|floor|ceil(?:ing)?|boolean|clock|o['’]clock|dates?|score|odds)\b/i;
/** The same behind it. */
const DENIED = /^\W{0,6}(?:(?:is|are|was|would be|which is|that['’]?s|but that['’]?s|looks?|seems?|but)\b.{0,24}?\b(?:wrong|incorrect|not|false|mistake|mistaken|error|invalid|impossible|absurd|actually|should|really|untrue|nonsense)\b|\(?(?:mod|in base|base|in (?:binary|hex|octal|modular|mod|base)|wrong|incorrect|not|false|sic|remainder|rem|r)\b|[rR]\s?\d|✗|❌|✘)/;
/** Units of text behind a wrong result that may take it back. */
const BEHIND = 40;

const HUNDRED = rational(100n) as Rational;

/** An equation whose result is the number at hand, and whether it is wrong. */
export function checkArithmetic(window: FactWindow, numberEnd: number): Claim | null {
  const { left } = window;
  if (!MAY_CONNECT.test(left.slice(-1)) || !CUE.test(left.slice(-40))) return null;
  const connector = CONNECTOR.exec(left.length > 64 ? left.slice(-64) : left);
  const groups = connector?.groups;
  if (connector === null || groups === undefined) return null;
  const written = readNumber(window.text.slice(window.at, numberEnd));
  if (written === null) return null;
  const before = left.slice(0, left.length - connector[0].length);
  // No expression reaches over an equal sign, so what stands before the last one need not be read.
  const from = Math.max(0, before.lastIndexOf('=') - 2);
  const line = before.slice(from);
  const side = cutLeftSide(line, tokenize(line), window.leftCut && from === 0);
  if (side === null || !isOperation(side.tokens, groups['word'] !== undefined)) return null;
  if (!placeAllows(window, line, side)) return null;
  const negative = (groups['minus'] ?? groups['minus2']) !== undefined;
  const about = (groups['sign'] ?? '=').trim() !== '=' || groups['about'] !== undefined || groups['about2'] !== undefined;
  return judge(window, numberEnd, { line: before, from, side, written, negative, about, byWord: groups['word'] === 'is', percent: false, unit: null });
}

interface Equation {
  /** The line before the connector, and where in it the offsets of `side` count from. */
  readonly line: string;
  readonly from: number;
  readonly side: LeftSide;
  readonly written: Written;
  readonly negative: boolean;
  readonly about: boolean;
  readonly byWord: boolean;
  readonly percent: boolean;
  readonly unit: string | null;
}

function judge(window: FactWindow, numberEnd: number, bare: Equation): Claim | null {
  const { side, written, negative } = bare;
  const values = READINGS.map((reading) => evaluate(side.tokens, reading));
  const [value] = values;
  if (value === null || value === undefined) return null;
  const stated = negative ? negate(written.value) : written.value;
  const accepted = [...values, ...ungrouped(side)].filter((one) => one !== null);
  // What is right as it stands is not held for what follows.
  if (accepted.some((one) => isRight(one, stated, bare))) return null;
  const behind = readBehind(window, numberEnd);
  if (behind === null) return null;
  const equation = { ...bare, ...behind };
  if (accepted.some((one) => isRight(one, stated, equation))) return null;
  if (doubted(equation.line.slice(0, equation.from + side.start))) return null;
  if (conflictingUnits(side.tokens, equation.unit, equation.percent, value, stated)) return null;
  const rest = window.ahead(numberEnd, BEHIND);
  if (DENIED.test(rest) || /^[^.;]{0,12}\?/.test(rest)) return null;
  const expected = expectedText(value, stated, equation);
  if (expected === null) return null;
  const exact = isInteger(value) && written.decimals === 0;
  return {
    start: window.at,
    end: numberEnd,
    expected,
    confidence: equation.byWord ? 0.9 : exact ? 0.97 : 0.93,
    strategy: window.fenced || window.inline ? 'report' : 'replace',
    reason: 'arithmetic',
  };
}

function isOperation(tokens: readonly Token[], byWord: boolean): boolean {
  let operations = 0;
  let certain = false;
  let numbers = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'bad') return false;
    if (token.kind === 'number') numbers += 1;
    if (token.kind !== 'op') continue;
    if (at > 0) operations += 1;
    if (token.op === 'of' && tokens[at - 1]?.kind !== 'percent' && !endsFraction(tokens, at)) return false;
    if (token.op === '+' || token.op === '*' || token.op === 'of' || token.op === '^' || token.word) certain = true;
  }
  if (operations === 0 || numbers < 1 || (byWord && !certain)) return false;
  if (numbers === 1 && !tokens.some(({ kind }) => kind === 'square' || kind === 'cube')) return false;
  return !isRange(tokens);
}

/** `3/4 of 200`, `(3/4) of 200`: a share. `2 of 5` is a count. */
function endsFraction(tokens: readonly Token[], at: number): boolean {
  const end = tokens[at - 1]?.kind === 'close' ? at - 1 : at;
  const [number, slash, below] = [tokens[end - 3], tokens[end - 2], tokens[end - 1]];
  return number?.kind === 'number' && slash?.kind === 'op' && slash.op === '/' && below?.kind === 'number';
}

/** `1-5 = 1 point`: written close together and ascending, it is a range, as `3/4 = 2` may be a date or a label. */
function isRange(tokens: readonly Token[]): boolean {
  const [a, op, b] = tokens;
  if (tokens.length !== 3 || a?.kind !== 'number' || b?.kind !== 'number' || op?.kind !== 'op' || op.op !== '-') return false;
  return op.start === a.end && b.start === op.end && less(a.written.value, b.written.value);
}

/** In code only an equation that stands alone is a statement; between backticks only one that fills them. */
function placeAllows(window: FactWindow, line: string, side: LeftSide): boolean {
  const before = line.slice(0, side.start);
  if (window.fenced) return /^\s*(?:(?:\/\/|#|--|;|%|\*)\s*)?$/.test(before);
  if (window.inline) return /`\s*$/.test(before);
  return true;
}

const SCALE = /^(?:k|K|M|B|T|m(?:illions?|n)|billions?|trillions?|thousands?|hundreds?|lakhs?|crores?|dozens?|bn|[KMGT]i?B|[kKMG]b|MP|Mpx|mega\w*|giga\w*|kilo(?:bytes?|bits?)|[KMG]|am|pm|AM|PM|a\.m|p\.m|o)$/;

/** The text directly behind the result: its unit and percent sign; null where the number is not the whole result. */
function readBehind(window: FactWindow, end: number): { readonly percent: boolean; readonly unit: string | null } | null {
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

function doubted(before: string): boolean {
  if (!DOUBT.test(before)) return false;
  const stop = Math.max(...['. ', '; ', '? ', '! ', ': '].map((mark) => before.lastIndexOf(mark)));
  return DOUBT.test(before.slice(stop + 1)) || /\b(?:suppose|assume|pretend|imagine|remainders?|digits?|mod|modulo|binary|hex\w*|wrong|incorrect|error|mistake)\b[^.]*$/i.test(before);
}

/** Readings in which a comma separates items of a list: `105/3=35,105/5=21`. */
function ungrouped(side: LeftSide): (Rational | null)[] {
  const [first, ...rest] = side.tokens;
  if (first?.kind !== 'number' || !first.written.grouped) return [];
  const text = formatNumber(first.written.value, first.written.decimals, true);
  const written = readNumber(text.slice(text.lastIndexOf(',') + 1).replace(/^0+(?=\d)/, ''));
  return written === null ? [] : [evaluate([{ ...first, written }, ...rest], 'standard')];
}

function isRight(value: Rational, stated: Rational, equation: Equation): boolean {
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

function expectedText(value: Rational, stated: Rational, equation: Equation): string | null {
  const { written, percent } = equation;
  let shown = value;
  if (percent) {
    const up = multiply(value, HUNDRED);
    const near = (one: Rational): number => Math.abs(Math.log(Math.max(toNumber(magnitude(one)), 1e-9) / Math.max(toNumber(magnitude(stated)), 1e-9)));
    if (up !== null && near(up) < near(value)) shown = up;
  }
  if (equation.negative) {
    if (shown.n >= 0n) return null;
    shown = negate(shown);
  } else if (shown.n < 0n && /[$€£¥₹]\s?$/.test(equation.line)) return null;
  const needed = decimalsOf(shown, 4);
  const decimals = needed === null ? Math.max(written.decimals, 2) : Math.max(written.decimals, needed);
  const big = !less(magnitude(shown), rational(1000n) as Rational);
  const grouped = written.grouped || (big && less(magnitude(stated), rational(1000n) as Rational) && equation.side.tokens.some((token) => token.kind === 'number' && token.written.grouped));
  const text = formatNumber(shown, Math.min(decimals, 12), grouped);
  return text.length > 40 ? null : text;
}
