import { add, divide, less, rational, type Rational, readNumber, type Written } from './arithmetic-number.js';
import { isNumberWord, readWords } from './arithmetic-words.js';

/** What an equation is made of, as Markdown, LaTeX and plain prose write it. */
export type Token =
  | { readonly kind: 'number'; readonly start: number; readonly end: number; readonly written: Written }
  | { readonly kind: 'op'; readonly start: number; readonly end: number; readonly op: '+' | '-' | '*' | '/' | '^' | 'of'; readonly word: boolean }
  | { readonly kind: 'open' | 'close' | 'percent' | 'currency' | 'square' | 'cube' | 'bang' | 'root' | 'bad'; readonly start: number; readonly end: number }
  | { readonly kind: 'word'; readonly start: number; readonly end: number; readonly word: string }
  | { readonly kind: 'other'; readonly start: number; readonly end: number; readonly char: string };

const LEXEME = new RegExp(
  [
    String.raw`(?<space>\s+|\\(?:[,;!: ]|quad|left|right|displaystyle)(?![a-z]))`,
    String.raw`(?<frac>\\[dt]?frac\{\s*[\d.,]{1,24}\s*\}\{\s*[\d.,]{1,24}\s*\})`,
    String.raw`(?<vulgar>[¼-¾⅐-⅞])`,
    String.raw`(?<sup>[⁰¹²³⁴-⁹]+)`,
    String.raw`(?<bang>(?<=[\d)])!(?!=))`,
    String.raw`(?<text>\\(?:text|mathrm|textbf)\{[^{}\\]{0,40}\})`,
    String.raw`(?<latex>\\(?:sqrt\s*\[|times|cdot|div|ast|%|\$|\*|[a-zA-Z]+|.))`,
    String.raw`(?<number>\d(?:[\d,.]*\d)?|\.\d+)`,
    String.raw`(?<cross>(?<=[\d)\]%]\s?|\p{L}\s)[xX](?=\s?[\d($\\]))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{M}\d_'’]*(?:(?<=ty)-(?:one|two|three|four|five|six|seven|eight|nine)\b)?)`,
    String.raw`(?<mark>\*\*|.)`,
  ].join('|'),
  'yus',
);
const FRACTION = /\{\s*([\d.,]+)\s*\}\{\s*([\d.,]+)\s*\}/;
const MARKS: Readonly<Record<string, '+' | '-' | '*' | '/' | '^'>> = {
  '+': '+', '-': '-', '−': '-', '–': '-', '*': '*', '×': '*', '·': '*', '⋅': '*', '∙': '*', '/': '/', '✕': '*', '✖': '*', '⨯': '*', '∗': '*', '÷': '/', '∕': '/', '⁄': '/', '^': '^', '**': '^',
};
const LATEX: Readonly<Record<string, '*' | '/'>> = { '\\times': '*', '\\cdot': '*', '\\ast': '*', '\\*': '*', '\\div': '/' };
const KINDS: Readonly<Record<string, 'open' | 'close' | 'percent' | 'currency' | 'square' | 'cube' | 'root'>> = {
  '(': 'open', '[': 'open', '{': 'open', ')': 'close', ']': 'close', '}': 'close', '%': 'percent', '\\%': 'percent',
  $: 'currency', '\\$': 'currency', '€': 'currency', '£': 'currency', '¥': 'currency', '₹': 'currency', '√': 'root', '\\sqrt': 'root',
};
const OPERATORS: Readonly<Record<string, '+' | '-' | '*' | '/' | 'of'>> = { plus: '+', minus: '-', times: '*', multiplied: '*', divided: '/', of: 'of' };

/** Cuts a piece of one line into tokens; blanks are dropped. `x` is an operator only between numbers; else it is an unknown. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  LEXEME.lastIndex = 0;
  for (let at = 0; at < text.length; at = LEXEME.lastIndex) {
    const found = LEXEME.exec(text);
    if (found === null) break;
    const groups = found.groups as Record<string, string | undefined>;
    const [lexeme] = found;
    const start = at;
    const end = at + lexeme.length;
    if (groups['space'] !== undefined) continue;
    if (groups['frac'] !== undefined) pushFraction(tokens, fraction(lexeme, start, end));
    else if (groups['vulgar'] !== undefined) pushFraction(tokens, vulgar(lexeme, start, end));
    else if (groups['sup'] !== undefined) tokens.push(...superscript(lexeme, start, end, tokens[tokens.length - 1]));
    else if (groups['bang'] !== undefined) tokens.push({ kind: 'bang', start, end });
    else if (groups['text'] !== undefined) tokens.push({ kind: 'word', start, end, word: lexeme.slice(lexeme.indexOf('{') + 1, -1).trim() });
    else if (groups['number'] !== undefined) {
      const written = readNumber(lexeme);
      tokens.push(written === null ? { kind: 'bad', start, end } : { kind: 'number', start, end, written });
    } else if (groups['cross'] !== undefined) tokens.push({ kind: 'op', start, end, op: '*', word: false });
    else if (groups['word'] !== undefined) tokens.push(wordToken(lexeme, start, end, tokens));
    else tokens.push(markToken(lexeme, start, end));
  }
  return mixed(wordNumbers(tokens));
}

const VULGAR: Readonly<Record<string, readonly [bigint, bigint]>> = {
  '¼': [1n, 4n], '½': [1n, 2n], '¾': [3n, 4n], '⅓': [1n, 3n], '⅔': [2n, 3n], '⅕': [1n, 5n], '⅖': [2n, 5n], '⅗': [3n, 5n], '⅘': [4n, 5n], '⅙': [1n, 6n], '⅚': [5n, 6n], '⅛': [1n, 8n], '⅜': [3n, 8n], '⅝': [5n, 8n], '⅞': [7n, 8n],
};

function vulgar(lexeme: string, start: number, end: number): Token[] {
  const [n, d] = VULGAR[lexeme] ?? [];
  const value = n === undefined || d === undefined ? null : rational(n, d);
  return value === null ? [{ kind: 'bad', start, end }] : [{ kind: 'number', start, end, written: { value, decimals: 0, grouped: false } }];
}

/** Directly behind a whole number a fraction is added to it. */
function pushFraction(tokens: Token[], parts: readonly Token[]): void {
  const last = tokens[tokens.length - 1];
  const [first] = parts;
  const [above, , below] = parts.filter(({ kind }) => kind === 'number' || kind === 'op');
  const value = first?.kind === 'number' ? first.written.value : above?.kind === 'number' && below?.kind === 'number' ? divide(above.written.value, below.written.value) : null;
  if (last?.kind !== 'number' || value === null || first === undefined || last.end !== first.start || last.written.decimals > 0) {
    tokens.push(...parts);
    return;
  }
  const sum = add(last.written.value, value);
  if (sum !== null) tokens.splice(-1, 1, { kind: 'number', start: last.start, end: first.end, written: { value: sum, decimals: 0, grouped: false } });
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A power of a number; behind a word it is a part of a unit. */
function superscript(lexeme: string, start: number, end: number, before: Token | undefined): Token[] {
  if (before?.kind === 'word') return [];
  const written = readNumber([...lexeme].map((one) => SUPERSCRIPTS.indexOf(one)).join(''));
  if (written === null || before?.end !== start || (before.kind !== 'number' && before.kind !== 'close')) return [{ kind: 'bad', start, end }];
  return [{ kind: 'op', start, end: start, op: '^', word: false }, { kind: 'number', start, end, written }];
}

/** Numbers in words count beside an operation in words only: `one` is much else besides. */
function wordNumbers(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some((token) => token.kind === 'op' && token.word)) return tokens;
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    let to = at;
    while (isNumeral(tokens[to])) to += 1;
    const words = tokens.slice(at, to).map((token) => (token.kind === 'word' ? token.word : '')).join(' ');
    const [first, last, before, behind] = [tokens[at], tokens[to - 1], out[out.length - 1], tokens[to]];
    const value = to > at && (isWordOp(before) || isWordOp(behind)) ? readWords(words) : null;
    if (value === null || first === undefined || last === undefined) out.push(tokens[at] as Token);
    else {
      out.push({ kind: 'number', start: first.start, end: last.end, written: { value: rational(BigInt(value)) as Rational, decimals: 0, grouped: false } });
      at = to - 1;
    }
  }
  return out;
}

function isNumeral(token: Token | undefined): boolean {
  return token?.kind === 'word' && token.word.toLowerCase().split('-').every(isNumberWord);
}

function isWordOp(token: Token | undefined): boolean {
  return (token?.kind === 'op' && token.word) || token?.kind === 'currency' || token?.kind === 'square' || token?.kind === 'cube';
}

/** `2 1/2` is two and a half. */
function mixed(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some((token) => token.kind === 'op' && token.op === '/')) return tokens;
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const [a, b, slash, c] = [tokens[at], tokens[at + 1], tokens[at + 2], tokens[at + 3]];
    const close = a?.kind === 'number' && b?.kind === 'number' && slash?.kind === 'op' && slash.op === '/' && c?.kind === 'number' && b.start === a.end + 1 && slash.start === b.end && c.start === slash.end;
    const part = close ? divide(b.written.value, c.written.value) : null;
    const sum = part === null || a?.kind !== 'number' || !less(part, rational(1n) as Rational) || a.written.decimals > 0 ? null : add(a.written.value, part);
    if (sum === null || a === undefined || c === undefined) out.push(tokens[at] as Token);
    else {
      out.push({ kind: 'number', start: a.start, end: c.end, written: { value: sum, decimals: 0, grouped: false } });
      at += 3;
    }
  }
  return out;
}

function fraction(lexeme: string, start: number, end: number): Token[] {
  const [, above = '', below = ''] = FRACTION.exec(lexeme) ?? [];
  const n = readNumber(above);
  const d = readNumber(below);
  if (n === null || d === null) return [{ kind: 'bad', start, end }];
  return [
    { kind: 'open', start, end },
    { kind: 'number', start, end, written: n },
    { kind: 'op', start, end, op: '/', word: false },
    { kind: 'number', start, end, written: d },
    { kind: 'close', start, end },
  ];
}

function wordToken(word: string, start: number, end: number, before: readonly Token[]): Token {
  const lower = word.toLowerCase();
  const op = Object.hasOwn(OPERATORS, lower) ? OPERATORS[lower] : undefined;
  if (lower === 'squared') return { kind: 'square', start, end };
  if (lower === 'cubed') return { kind: 'cube', start, end };
  if (op !== undefined) return { kind: 'op', start, end, op, word: true };
  const last = before[before.length - 1];
  // The second half of "multiplied by" and "divided by" says nothing more.
  if (word === 'by' && last?.kind === 'op' && last.word && (last.op === '*' || last.op === '/')) return { kind: 'currency', start, end };
  if (/^(?:Rs|USD|INR|EUR|GBP)$/.test(word)) return { kind: 'currency', start, end };
  if (word === 'percent') return { kind: 'percent', start, end };
  return { kind: 'word', start, end, word };
}

function markToken(mark: string, start: number, end: number): Token {
  const op = Object.hasOwn(MARKS, mark) ? MARKS[mark] : Object.hasOwn(LATEX, mark) ? LATEX[mark] : undefined;
  if (op !== undefined) return { kind: 'op', start, end, op, word: false };
  const kind = Object.hasOwn(KINDS, mark) ? KINDS[mark] : undefined;
  if (kind !== undefined) return { kind, start, end };
  // The brackets of LaTeX's own mode begin and end a formula, as a colon would.
  if (/^\\[()[\]]$/.test(mark)) return { kind: 'other', start, end, char: ':' };
  return mark.startsWith('\\') ? { kind: 'bad', start, end } : { kind: 'other', start, end, char: mark };
}
