import { readNumber, type Written } from './arithmetic-number.js';

/** What an equation is made of, as Markdown, LaTeX and plain prose write it. */
export type Token =
  | { readonly kind: 'number'; readonly start: number; readonly end: number; readonly written: Written }
  | { readonly kind: 'op'; readonly start: number; readonly end: number; readonly op: '+' | '-' | '*' | '/' | '^' | 'of'; readonly word: boolean }
  | { readonly kind: 'open' | 'close' | 'percent' | 'currency' | 'square' | 'cube' | 'bad'; readonly start: number; readonly end: number }
  | { readonly kind: 'word'; readonly start: number; readonly end: number; readonly word: string }
  | { readonly kind: 'other'; readonly start: number; readonly end: number; readonly char: string };

const LEXEME = new RegExp(
  [
    String.raw`(?<space>\s+|\\(?:[,;!: ]|quad|left|right|displaystyle)(?![a-z]))`,
    String.raw`(?<frac>\\[dt]?frac\{\s*[\d.,]{1,24}\s*\}\{\s*[\d.,]{1,24}\s*\})`,
    String.raw`(?<text>\\(?:text|mathrm|textbf)\{[^{}\\]{0,40}\})`,
    String.raw`(?<latex>\\(?:times|cdot|div|ast|%|\$|\*|[a-zA-Z]+|.))`,
    String.raw`(?<number>\d(?:[\d,.]*\d)?|\.\d+)`,
    String.raw`(?<cross>(?<=[\d)\]%]\s?|\p{L}\s)[xX](?=\s?[\d($\\]))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{M}\d_'’]*)`,
    String.raw`(?<mark>\*\*|.)`,
  ].join('|'),
  'yus',
);
const FRACTION = /\{\s*([\d.,]+)\s*\}\{\s*([\d.,]+)\s*\}/;
const MARKS: Readonly<Record<string, '+' | '-' | '*' | '/' | '^'>> = {
  '+': '+', '-': '-', '−': '-', '–': '-', '*': '*', '×': '*', '·': '*', '⋅': '*', '∙': '*', '/': '/', '÷': '/', '∕': '/', '^': '^', '**': '^',
};
const LATEX: Readonly<Record<string, '*' | '/'>> = { '\\times': '*', '\\cdot': '*', '\\ast': '*', '\\*': '*', '\\div': '/' };
const KINDS: Readonly<Record<string, 'open' | 'close' | 'percent' | 'currency' | 'square' | 'cube'>> = {
  '(': 'open', '[': 'open', '{': 'open', ')': 'close', ']': 'close', '}': 'close', '%': 'percent', '\\%': 'percent',
  $: 'currency', '\\$': 'currency', '€': 'currency', '£': 'currency', '¥': 'currency', '₹': 'currency', '²': 'square', '³': 'cube',
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
    if (groups['frac'] !== undefined) tokens.push(...fraction(lexeme, start, end));
    else if (groups['text'] !== undefined) tokens.push({ kind: 'word', start, end, word: lexeme.slice(lexeme.indexOf('{') + 1, -1).trim() });
    else if (groups['number'] !== undefined) {
      const written = readNumber(lexeme);
      tokens.push(written === null ? { kind: 'bad', start, end } : { kind: 'number', start, end, written });
    } else if (groups['cross'] !== undefined) tokens.push({ kind: 'op', start, end, op: '*', word: false });
    else if (groups['word'] !== undefined) tokens.push(wordToken(lexeme, start, end, tokens));
    else tokens.push(markToken(lexeme, start, end));
  }
  return tokens;
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
  const op = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
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
