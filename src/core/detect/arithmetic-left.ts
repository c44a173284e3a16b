import type { Token } from './arithmetic-tokens.js';

/** The left side of an equation, cut out of its line. */
export interface LeftSide {
  readonly tokens: readonly Token[];
  /** Index of its first token in the line. */
  readonly start: number;
  /** It begins right behind another `=`: its first number may belong to a list before it. */
  readonly chained: boolean;
}

/** Words of which no number is a unit. */
const NO_UNIT = new Set(
  'is are was were be and or the a an we so then thus hence therefore which that this these those it he she they you if when where with in on at to from by for as because since i.e ie e.g eg gives give get gets makes equals equal answer total now also but let step case option choice not than'.split(' '),
);
/** A number taken "of" one of these is not the number itself. */
const FUNCTIONS = /(?:\b(?:digits?(?:['’]s)?|remainders?|roots?|averages?|mean|median|half|thirds?|quarters?|fourths?|fifths?|tenths?|log|ln|logarithm|squares?|cubes?|factors?|multiples?|divisors?|powers?|out|lcm|gcd|hcf|ratio|units?|ones|tens|hundreds|percent(?:age)?|twice|double|triple|thrice|square|reciprocal|inverse|complement|fraction|portion|rest|\d+|logs|mod)|%|\d(?:st|nd|rd|th))\s*$/i;
/** Functions and operations in words right before a number. */
const OPERATING = /(?:^|[^\p{L}])(?:sqrt|root|log\d*|ln|sin|cos|tan|max|min|lcm|gcd|hcf|mod|modulo|abs|floor|ceil|round|exp|plus|minus|times|over|by|squared|cubed|half|twice|double|triple|remainder|rem|base|0x|nCr|nPr|version|v|pages?|chapters?|verses?)\s*$/iu;
const FILLERS = /\b(?:the|a|an|those|these|their|its|our|his|her|that|this|all)\s*$/i;

/**
 * The longest end of the tokens that can be one expression, where it is certain that it begins there: no variable, no
 * operation and no function reaches into it from the left.
 * @param leftCut the line goes on further to the left than what was tokenized.
 */
export function cutLeftSide(line: string, tokens: readonly Token[], leftCut: boolean): LeftSide | null {
  let end = tokens.length;
  // `**3 × 4** = 12`: the marks that close bold text.
  if (isMark(tokens[end - 1], '^') && isBold(line, tokens[end - 1] as Token)) end -= 1;
  let start = end;
  while (start > 0) {
    const token = tokens[start - 1] as Token;
    if (token.kind === 'word') {
      const run = unitRun(tokens, start, end);
      if (run === null) break;
      start = run;
    } else if (token.kind === 'other' || token.kind === 'bad') break;
    else start -= 1;
  }
  start = skipOpening(line, tokens, start, end);
  if (start >= end || (start === 0 && leftCut)) return null;
  // "A total of 20 * 20": the preposition, not a share.
  if (isMark(tokens[start], 'of')) start += 1;
  const first = tokens[start];
  if (first === undefined || start >= end || (first.kind === 'op' && first.op !== '-')) return null;
  const before = tokens[start - 1];
  return beginsHere(line, before, first) ? { tokens: tokens.slice(start, end), start: first.start, chained: before?.kind === 'other' && before.char === '=' } : null;
}

/** Up to three words behind a number and before an operation (or the `=`) are its unit; the index of the first of them. */
function unitRun(tokens: readonly Token[], start: number, end: number): number | null {
  const next = tokens[start];
  if (start !== end && next?.kind !== 'op' && next?.kind !== 'close') return null;
  const tight = start !== end && next?.start === (tokens[start - 1] as Token).end;
  let from = start;
  while (from > 0 && start - from < 3) {
    const token = tokens[from - 1] as Token;
    if (token.kind !== 'word') break;
    if (NO_UNIT.has(token.word.toLowerCase()) || isVariable(token.word)) return null;
    from -= 1;
  }
  const before = tokens[from - 1];
  // `7 people total/7` divides an unknown, and `1st` is no quantity.
  if ((tight && start - from > 1) || /^(?:st|nd|rd|th)$/.test((tokens[from] as Token & { word: string }).word)) return null;
  return before?.kind === 'number' || before?.kind === 'close' || before?.kind === 'percent' ? from : null;
}

/** Units of one letter; any other letter is an unknown. */
function isVariable(word: string): boolean {
  return [...word].length === 1 && !/^[mgslhLW]$/.test(word);
}

/** Leaves out list bullets, numbering and the marks that open bold text or a bracket that closes behind the result. */
function skipOpening(line: string, tokens: readonly Token[], from: number, end: number): number {
  let start = from;
  const first = tokens[start];
  if (first === undefined) return start;
  const atLineStart = line.slice(0, first.start).trim() === '';
  if (first.kind === 'op' && !first.word) {
    const spaced = /\s/.test(line.charAt(first.end));
    if (atLineStart && spaced) start += 1;
    else if (isBold(line, first) && !spaced && /^$|[\s(:>]$/.test(line.slice(0, first.start))) start += 1;
  }
  // `1) 3 * 4 = 12`
  if (atLineStart && tokens[start]?.kind === 'number' && tokens[start + 1]?.kind === 'close') start += 2;
  let depth = 0;
  for (let at = end - 1; at >= start; at -= 1) {
    const { kind } = tokens[at] as Token;
    if (kind === 'close') depth += 1;
    else if (kind === 'open') {
      if (depth === 0) return at + 1;
      depth -= 1;
    }
  }
  return start;
}

function beginsHere(line: string, before: Token | undefined, first: Token): boolean {
  if (before === undefined) return true;
  const text = line.slice(0, first.start);
  const adjacent = before.end === first.start;
  if (before.kind === 'other') {
    if (/[\p{L}\p{N}√∛∑∫|^%<@#_\\?~!≠≤≥]/u.test(before.char) && before.char !== '|' && !/(?:<<|-->|=>)$/.test(text.trimEnd())) return false;
    if (before.char === '=' && /[=<>!:+\-*/]=\s*$/.test(text)) return false;
    if (before.char === '>' && /[^=-]>\s*$/.test(text) && adjacent) return false;
    if ((before.char === ':' || before.char === ',') && /\d[:,]\s*$/.test(text) && adjacent) return false;
    return !(first.kind === 'op' && before.char !== '=' && before.char !== ':');
  }
  if (before.kind === 'open') {
    // `f(3 + 4)` is what the function makes of it.
    return !/[\p{L}\p{N}_)\]^]\s?[([{]\s*$/u.test(text) || /\p{L}{2,}\s[([{]\s*$/u.test(text);
  }
  if (before.kind === 'close' || (before.kind === 'op' && /^\s*(?:[-*+•]|\*\*)\s*$/.test(text))) return true;
  if (before.kind === 'op' && before.op === 'of') return wordsAllow(text.slice(-80));
  if (before.kind === 'op') return isBold(line, before) && /(?:^|[\s(:>])\*\*$/.test(text);
  if (before.kind !== 'word' || adjacent) return false;
  if (isVariable(before.word) && !/(?:^|\s)[aAI]$|\b(?:i\.\s?e|e\.\s?g)$/.test(text.trimEnd())) return false;
  if (first.kind === 'op') return first.op === '-' && !/\s/.test(line.charAt(first.end)) && /\s$/.test(text);
  return wordsAllow(text.slice(-80));
}

function wordsAllow(text: string): boolean {
  let rest = text.trimEnd();
  while (FILLERS.test(rest)) rest = rest.replace(FILLERS, '').trimEnd();
  if (/\bof$/i.test(rest)) {
    rest = rest.replace(/\bof$/i, '').trimEnd();
    return !FUNCTIONS.test(rest);
  }
  return !OPERATING.test(rest);
}

function isMark(token: Token | undefined, op: string): boolean {
  return token?.kind === 'op' && token.op === op;
}

function isBold(line: string, token: Token): boolean {
  return line.slice(token.start, token.end) === '**';
}
