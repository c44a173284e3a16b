import { NUMBER_WORDS, readWords } from './arithmetic-words.js';
import { afterUnit, contentWords, firstUnit, kindOf, lastContent, lastWord, type NumberKind, plain, sentences, splitKey, unitOfKey } from './fact-passage-words.js';

/** A number of what the request supplies, and what is said of it there. */
export interface Stands {
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
  /** The sentence, in small letters: what qualifies the number there may do so in the answer. */
  readonly said: string;
  /** The words of the field's own name, where it is a field of data: all it takes to speak of it. */
  readonly key: readonly string[];
}

/** Numbers of a request that are kept. */
const MOST_NUMBERS = 600;
/** Fields that a piece of JSON may have, and pieces that are parsed. */
const MOST_FIELDS = 400;
const MOST_JSON = 16;
const NUMBER = /(?<![\p{L}\p{N}_.,/:@#[-])\d+(?:,\d{3})*(?:\.\d+)?(?![\p{N}_/:]|[.,]\d|-\d)/gu;
/** `workers: 24`, `POOL_SIZE=35`, `- **Hub height**: 105 m`. */
const FIELD = /^\s*(?:[-*•]\s+|export\s+)?[*_"'`]{0,3}([A-Za-z][\w .()/-]{0,48}?)[*_"'`]{0,3}\s*(?::|=|=>)\s*[*_"'`]{0,3}([$€£¥]?\d[^\n]{0,40})$/;
const OPENS = /^\s*(?:[-*•]\s+)?[*_"'`]{0,3}([A-Za-z][\w -]{0,40}?)[*_"'`]{0,3}\s*:\s*\{?$/;
const ROW = /^\s*\|(.+)\|\s*$/;

/** Reads prose by sentences, data by fields: JSON, lines of keys and values, and tables. */
export class PassageReader {
  readonly stands: Stands[] = [];
  readonly stems = new Set<string>();

  read(text: string): void {
    const prose = this.#json(text);
    const lines = prose.split('\n');
    const rest: string[] = [];
    const above: { readonly indent: number; readonly words: readonly string[] }[] = [];
    let header: readonly string[] | null = null;
    for (const line of lines) {
      const row = ROW.exec(line)?.[1]?.split('|').map((cell) => cell.trim());
      if (row !== undefined) {
        if (header === null) header = row;
        else this.#row(header, row);
        continue;
      }
      header = null;
      const indent = line.length - line.trimStart().length;
      const opened = OPENS.exec(line)?.[1];
      const field = FIELD.exec(line);
      if (opened !== undefined || field !== null) while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
      else if (line.trim() !== '') above.length = 0;
      if (opened !== undefined) above.push({ indent, words: splitKey(opened) });
      if (field === null) rest.push(line);
      else this.#field(above.flatMap(({ words }) => words), field[1] ?? '', field[2] ?? '');
    }
    this.#prose(sentences(rest.join('\n')), []);
  }

  /** Reads the JSON in a text and returns the text without it. */
  #json(text: string): string {
    let rest = '';
    let from = 0;
    let parsed = 0;
    for (let at = text.search(OPEN); at >= 0 && parsed < MOST_JSON; at = next(text, from)) {
      const end = closing(text, at);
      const value = end < 0 ? undefined : parse(text.slice(at, end));
      if (value === undefined) {
        // What does not close is read as lines; nothing behind it closes either.
        if (end < 0) break;
        rest += text.slice(from, end);
      } else {
        rest += `${text.slice(from, at)}\n`;
        this.#leaves(value, [], { left: MOST_FIELDS });
      }
      from = end;
      parsed += 1;
    }
    return rest + text.slice(from);
  }

  #leaves(value: unknown, path: readonly string[], budget: { left: number }): void {
    if (budget.left <= 0) return;
    budget.left -= 1;
    if (Array.isArray(value)) for (const item of value as unknown[]) this.#leaves(item, path, budget);
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) this.#leaves(item, [...path, key].slice(-3), budget);
    else if (typeof value === 'number' || (typeof value === 'string' && /^[$€£¥]?\d[\d.,]*\s?(?:%|[A-Za-z]{1,12})?$/.test(value))) this.#field(path.slice(0, -1).flatMap(splitKey), path.at(-1) ?? '', String(value));
    else if (typeof value === 'string') this.#prose(sentences(value), path.flatMap(splitKey));
  }

  #row(header: readonly string[], row: readonly string[]): void {
    const label = row[0] ?? '';
    for (const [at, cell] of row.entries()) {
      if (at === 0 || !/^[*_`]{0,2}[$€£¥]?\d/.test(cell)) continue;
      const column = header[at] ?? '';
      const named = /^(?:values?|amounts?|numbers?|results?|figures?|settings?|)$/i.test(column) ? [] : splitKey(column);
      this.#field([], [label, ...named].join(' '), cell);
    }
  }

  #field(parents: readonly string[], name: string, text: string): void {
    const match = /^([*_`]{0,2}[$€£¥]?)(\d+(?:,\d{3})*(?:\.\d+)?)(?![\d:/_]|[.,-]\d)/.exec(text);
    const number = match?.[2];
    if (match === null || number === undefined || this.stands.length >= MOST_NUMBERS) return;
    const own = splitKey(name);
    const behind = text.slice(match[0].length);
    const unit = firstUnit(behind) || unitOfKey(name);
    const key = contentWords(own.join(' ')).filter((word) => word !== unit && !(unit === '%' && word === 'percent'));
    if (key.length === 0) return;
    const words = new Set([...key, ...contentWords(parents.join(' ')), ...contentWords(behind)]);
    for (const word of words) this.stems.add(word);
    if (unit !== '') this.stems.add(unit);
    const kind = unit === '%' ? 'percent' : kindOf(plain(number), match[1] ?? '', unit === '' ? behind : ` ${unit}`);
    this.stands.push({ value: number, kind, before: lastWord(own.join(' ')), unit, last: key.at(-1) ?? '', after: afterUnit(behind), words, near: words, around: [Number(plain(number))], said: `${own.join(' ')} ${behind}`.toLowerCase(), key });
  }

  #prose(all: readonly string[], above: readonly string[]): void {
    for (const sentence of all) {
      const words = new Set([...contentWords(sentence), ...contentWords(above.join(' '))]);
      if (words.size === 0) continue;
      for (const word of words) this.stems.add(word);
      const around = numbersOf(sentence);
      for (const match of sentence.matchAll(NUMBER)) {
        if (this.stands.length >= MOST_NUMBERS) return;
        const before = sentence.slice(0, match.index);
        const behind = sentence.slice(match.index + match[0].length);
        const near = new Set([...contentWords(before).slice(-5), ...contentWords(behind).slice(0, 3)]);
        this.stands.push({ value: match[0], kind: kindOf(plain(match[0]), before, behind), before: lastWord(before), unit: firstUnit(behind), last: lastContent(before), after: afterUnit(behind), words, near, around, said: sentence.toLowerCase(), key: [] });
      }
    }
  }
}

const OPEN = /[[{](?=\s*["{[])/;

function next(text: string, from: number): number {
  const at = text.slice(from).search(OPEN);
  return at < 0 ? -1 : from + at;
}

/** The index behind the bracket that closes the one at `at`; -1: none does. */
function closing(text: string, at: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = at; index < text.length; index += 1) {
    const unit = text.charAt(index);
    if (unit === '\\') index += 1;
    else if (unit === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (unit === '{' || unit === '[') depth += 1;
    else if (unit === '}' || unit === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function numbersOf(sentence: string): readonly number[] {
  return [...sentence.matchAll(NUMBER)].map(([value]) => Number(plain(value))).slice(0, 12);
}

const SPELLED = new RegExp(String.raw`\b${NUMBER_WORDS}`, 'gi');

/** Every number a text gives, in figures and in words, as it is written and without what does not count. */
export function valuesOf(text: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const [value] of text.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)) {
    const own = plain(value);
    values.add(own);
    values.add(String(Number(own)));
  }
  for (const [words] of text.matchAll(SPELLED)) {
    const value = readWords(words);
    if (value !== null) values.add(String(value));
  }
  return values;
}
