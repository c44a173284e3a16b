import { type Connector, readConnector } from './arithmetic-connector.js';
import { checkConversion, mayConvert } from './arithmetic-conversions.js';
import { doubtedBefore, takenBack } from './arithmetic-doubt.js';
import { cutLeftSide, type LeftSide } from './arithmetic-left.js';
import { divide, equal, isInteger, less, negate, rational, type Rational, readNumber, type Written } from './arithmetic-number.js';
import { evaluate, READINGS } from './arithmetic-parse.js';
import { readPhrase } from './arithmetic-phrases.js';
import { type Equation, expectedText, isRight, readBehind, ungrouped } from './arithmetic-result.js';
import { type Token, tokenize } from './arithmetic-tokens.js';
import { conflictingUnits } from './arithmetic-units.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Whether the number at hand may be the result of something. */
export function mayBeResult(window: FactWindow): boolean {
  const connector = readConnector(window.left);
  return connector !== null && (OPERATION.test(window.left.slice(0, connector.start)) || mayConvert(window, connector) || readPhrase(window.left.slice(0, connector.start)) !== null);
}

/** What every expression has beside its numbers. */
const OPERATION = /[-+−–*×·⋅∙/✕✖⨯∗÷∕⁄^√²³⁰¹⁴-⁹!=]|\\[a-z]|(?:[\d)\]%]\s?|\p{L}\s)[xX]\s?[\d($\\]|[¼-¾⅐-⅞]|\b(?:plus|minus|times|multiplied|divided|squared|cubed)\b|(?:%|percent|\d\)?) ?of\b/iu;

/** An equation whose result is the number at hand, and whether it is wrong. */
export function checkArithmetic(window: FactWindow, numberEnd: number): Claim | null {
  const connector = readConnector(window.left);
  if (connector === null) return null;
  const written = readNumber(window.text.slice(window.at, numberEnd));
  if (written === null) return null;
  return checkResult(window, numberEnd, connector, written, false) ?? (window.short ? null : checkConversion(window, numberEnd, connector, written));
}

/** The same of a result in words; nothing is held unless an expression stands before it. */
export function checkSpelled(window: FactWindow, connector: Connector, end: number, value: number): Claim | null {
  const written = { value: rational(BigInt(value)) as Rational, decimals: 0, grouped: false };
  return checkResult(window, end, connector, written, true);
}

/** Whether the text before a connector can be an expression at all. */
export function mayBeExpression(window: FactWindow, connector: Connector): boolean {
  const tail = window.left.slice(Math.max(0, connector.start - 140), connector.start);
  return readPhrase(tail) !== null || /\b(?:plus|minus|times|multiplied by|divided by|squared|cubed)\b|[+×÷=*]/.test(tail);
}

interface Expression {
  readonly side: LeftSide;
  /** Where in the line the offsets of `side` count from. */
  readonly from: number;
  readonly value: Rational;
  /** Other values that would be right as well; reckoned only where `value` is not what stands there. */
  readonly others: () => readonly Rational[];
}

const NONE = (): readonly Rational[] => [];

function checkResult(window: FactWindow, end: number, connector: Connector, written: Written, spelled: boolean): Claim | null {
  const line = window.left.slice(0, connector.start);
  const expression = phraseOf(line) ?? expressionOf(window, line, connector.word);
  if (expression === null) return null;
  // What is right as it stands needs no further look.
  const { value } = expression;
  if (!connector.fraction && !connector.negative && equal(value, written.value)) return null;
  if (!placeAllows(window, line.slice(0, expression.from + expression.side.start))) return null;
  const byWord = connector.word !== null && !/^equals?|^(?:is )?equal to/.test(connector.word);
  const equation: Equation = { side: expression.side, from: expression.from, negative: connector.negative, about: connector.about, line, written, byWord, spelled, percent: false, unit: null };
  const accepted = [value, ...expression.others()];
  if (connector.fraction || /^\/\d/.test(window.text.slice(end, end + 2))) return fractionResult(window, end, equation, accepted, connector);
  return judge(window, end, equation, accepted);
}

function phraseOf(line: string): Expression | null {
  const phrase = readPhrase(line);
  const [value, ...others] = phrase?.values ?? [];
  return phrase === null || value === undefined ? null : { side: { tokens: [], start: phrase.start, chained: false }, from: 0, value, others: () => others };
}

function expressionOf(window: FactWindow, before: string, word: string | null): Expression | null {
  if (word === 'of') return null;
  // `&=` aligns, in LaTeX.
  const line = before.endsWith('&') || before.endsWith('& ') ? before.replace(/ ?& ?$/, '') : before;
  // No expression reaches over an equal sign, so what stands before the last one need not be read.
  const from = Math.max(0, line.lastIndexOf('=') - 2);
  const piece = line.slice(from);
  const side = cutLeftSide(piece, tokenize(piece), window.leftCut && from === 0);
  if (side === null) return null;
  if (isOperation(side.tokens, word !== null && !/^equals?|^(?:is )?equal to/.test(word))) {
    const value = evaluate(side.tokens, 'standard');
    const others = (): readonly Rational[] => [...READINGS.slice(1).map((reading) => evaluate(side.tokens, reading)), ...ungrouped(side)].filter((one) => one !== null);
    return value === null ? null : { side, from, value, others };
  }
  return word === null ? chainOf(line, side, from) : null;
}

/** `12 x 7 = 84 = 90`: what equals a right result must be it. */
function chainOf(line: string, side: LeftSide, from: number): Expression | null {
  const [only] = side.tokens;
  if (!side.chained || side.tokens.length !== 1 || only?.kind !== 'number') return null;
  const prior = line.slice(0, line.lastIndexOf('='));
  const start = Math.max(0, prior.lastIndexOf('=') - 2);
  const piece = prior.slice(start);
  const expression = cutLeftSide(piece, tokenize(piece), start === 0 && line.length >= MOST_LINE);
  if (expression === null || !isOperation(expression.tokens, false)) return null;
  const value = evaluate(expression.tokens, 'standard');
  if (value === null || !equal(value, only.written.value) || expression.tokens.some(({ kind }) => kind === 'word' || kind === 'percent')) return null;
  return { side, from, value, others: NONE };
}

/** A line of which so much is known may be cut at its beginning. */
const MOST_LINE = 390;

function judge(window: FactWindow, numberEnd: number, bare: Equation, accepted: readonly Rational[]): Claim | null {
  const { side, written, negative } = bare;
  const [value] = accepted;
  if (value === undefined) return null;
  const stated = negative ? negate(written.value) : written.value;
  // What is right as it stands is not held for what follows.
  if (accepted.some((one) => isRight(one, stated, bare))) return null;
  const behind = readBehind(window, numberEnd);
  if (behind === null) return null;
  // A share of one is said as a part of a hundred: `1.1025 = 10.25%`.
  if (side.tokens.length === 1 && side.chained && behind.percent) return null;
  const equation = { ...bare, ...behind };
  if (accepted.some((one) => isRight(one, stated, equation))) return null;
  if (doubtedBefore(equation.line.slice(0, equation.from + side.start))) return null;
  if (conflictingUnits(side.tokens, equation.unit, equation.percent, value, stated)) return null;
  if (takenBack(window, numberEnd)) return null;
  const expected = expectedText(value, stated, equation);
  if (expected === null) return null;
  // The sign has left already, and the right value has another: only a note can say so.
  const signed = negative && value.n >= 0n;
  const exact = isInteger(value) && written.decimals === 0;
  return {
    start: signed ? window.at - 1 : window.at,
    end: numberEnd,
    expected,
    confidence: equation.byWord ? 0.9 : exact ? 0.97 : 0.93,
    strategy: window.fenced || window.inline ? 'report' : signed ? 'insert' : 'replace',
    reason: 'arithmetic',
  };
}

/** `1/2 + 1/3 = 2/5`, also with a fraction of LaTeX: the right result is a fraction too. */
function fractionResult(window: FactWindow, end: number, equation: Equation, values: readonly Rational[], connector: Connector): Claim | null {
  const { written, side } = equation;
  if (!isInteger(written.value) || equation.negative || equation.spelled) return null;
  const next = window.text.charAt(end);
  if (!connector.fraction && next !== '/') return null;
  const behind = (connector.fraction ? /^\s?\}\{(\d{1,6})\}(?!\s*(?:[\d(+*/^-]|\\(?:times|cdot)))/ : /^\/(\d{1,6})(?![\d.,]*\d|\s*[\d(+*/^×·-]|[\p{L}])/u).exec(window.ahead(end, 16));
  const [value] = values;
  const below = behind?.[1] === undefined ? null : rational(BigInt(behind[1]));
  const stated = below === null ? null : divide(written.value, below);
  const operations = side.tokens.filter(({ kind }) => kind === 'op').length;
  const sums = side.tokens.filter((token) => token.kind === 'op' && (token.op === '+' || token.op === '-')).length;
  const divisions = side.tokens.filter((token) => token.kind === 'op' && token.op === '/').length;
  if (value === undefined || stated === null || behind === null || sums !== operations - divisions || sums < 1) return null;
  // A sum of fractions: a quotient of larger terms is often cut short on its way.
  if (side.tokens.some(({ kind }) => kind === 'open' || kind === 'close') && !/frac/.test(equation.line)) return null;
  if (side.tokens.some((token) => token.kind === 'word' || token.kind === 'percent' || (token.kind === 'number' && token.written.decimals > 0))) return null;
  if (values.some((one) => equal(one, stated)) || value.n < 0n || value.d > 1_000_000n) return null;
  const last = end + behind[0].length - (connector.fraction ? 1 : 0);
  if (doubtedBefore(equation.line.slice(0, equation.from + side.start)) || takenBack(window, last)) return null;
  const expected = `${value.n}${connector.fraction ? '}{' : '/'}${value.d}`;
  return { start: window.at, end: last, expected: value.d === 1n && !connector.fraction ? String(value.n) : expected, confidence: 0.93, strategy: window.fenced || window.inline ? 'report' : 'replace', reason: 'arithmetic' };
}

function isOperation(tokens: readonly Token[], byWord: boolean): boolean {
  let operations = 0;
  let certain = false;
  let numbers = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'bad') return false;
    if (token.kind === 'number') numbers += 1;
    if (token.kind === 'square' || token.kind === 'cube' || token.kind === 'root' || token.kind === 'bang') certain = true;
    if (token.kind !== 'op') continue;
    if (at > 0) operations += 1;
    if (token.op === 'of' && tokens[at - 1]?.kind !== 'percent' && !endsFraction(tokens, at)) return false;
    if (token.op === '+' || token.op === '*' || token.op === 'of' || token.op === '^' || token.word) certain = true;
  }
  const unary = tokens.some(({ kind }) => kind === 'square' || kind === 'cube' || kind === 'root' || kind === 'bang');
  if ((operations === 0 && !unary) || numbers < 1 || (byWord && !certain)) return false;
  if (numbers === 1 && !unary) return false;
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
function placeAllows(window: FactWindow, before: string): boolean {
  if (window.fenced) return /^\s*(?:(?:\/\/|#|--|;|%|\*)\s*)?$/.test(before);
  if (window.inline) return /`\s*$/.test(before);
  return true;
}

