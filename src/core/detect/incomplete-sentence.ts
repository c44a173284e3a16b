import { danglesAbroad, isAbroad, endsSentenceAbroad } from './incomplete-languages.js';
import { FAREWELL, HARDLY_LAST, NEVER_LAST, REMARK, SELDOM_LAST, SHORTENED, TAKES_THE_END, WANTS_OBJECT } from './incomplete-words.js';

/** How a line ends, behind quotes and emphasis. `closed`: in a delimiter, a number, a symbol: it may be all there is. */
export type LineEnd = 'stop' | 'comma' | 'colon' | 'dash' | 'opener' | 'word' | 'closed';

const WRAPPING = '*_"\'”’»›」』';
const BRACKETS = ')]}>）】';
const STOP = /^[\p{STerm}…⋯‽]$/u;
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u200d|\ufe0f|\u20e3)$/u;
const LETTER = /^[\p{L}\p{M}]$/u;
/** Units that the end of a line is known by. */
const END = 64;

/** How `text` ends. */
export function endOf(text: string): LineEnd {
  const trimmed = text.trimEnd().slice(-END);
  const plain = without(trimmed, WRAPPING);
  const last = lastOf(plain);
  if (STOP.test(last) || STOP.test(lastOf(without(plain, BRACKETS + WRAPPING)))) return /(?:^|[\s(])(?:e\.g|i\.e)\.$/.test(plain) ? 'word' : 'stop';
  if (',،，、'.includes(last) && last !== '') return 'comma';
  // What is quoted announces nothing.
  if (last === ':' || last === '：') return /["'”’»›」』]$/.test(trimmed) ? 'closed' : 'colon';
  if (/(?:\s[–—-]|\p{L}[—-])$/u.test(plain)) return 'dash';
  if (/(?:^|[\s(])[([“«「]$/.test(trimmed)) return 'opener';
  if (plain !== trimmed && /[*_]$/.test(trimmed)) return 'closed';
  if (EMOJI.test(last)) return 'stop';
  return LETTER.test(last) && plain === trimmed ? 'word' : 'closed';
}

/** A loop, as a regular expression would read a long run of such characters over and over. */
function without(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && (characters.includes(text.charAt(end - 1)) || text.charAt(end - 1) === ' ')) end -= 1;
  return text.slice(0, end);
}

function lastOf(text: string): string {
  const low = text.slice(-2);
  return (low.codePointAt(0) ?? 0) > 0xffff ? low : text.slice(-1);
}

/** The last sentence of a text, and whether another ended before it there. */
export interface LastSentence {
  readonly text: string;
  readonly words: readonly string[];
  readonly follows: boolean;
  /** How much stands before it there, in words, about. */
  readonly before: number;
}

const BOUNDARY = /(\p{L}+|\d|[)\]"”’%`*_])[.!?…]+["'”’)\]*_]*\s+(?=["'“‘(*_]*[\p{Lu}\p{Lo}`«„¿¡])|[。！？।؟۔]["'”’」』）]*\s*(?=\S)/gu;

/** Cuts the last sentence off. What follows an abbreviation is no new sentence. */
export function lastSentence(text: string): LastSentence {
  let from = 0;
  for (const match of text.matchAll(BOUNDARY)) {
    const word = match[1];
    if (word !== undefined && /^\p{L}/u.test(word) && (word.length < 2 || SHORTENED.has(word.toLowerCase()))) continue;
    from = match.index + match[0].length;
  }
  const sentence = text.slice(from).trim();
  return { text: sentence, words: sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)), follows: from > 0, before: from === 0 ? 0 : sizeOfText(text.slice(0, from)) };
}

/** A script that sets no spaces between words: its units are counted instead. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

function sizeOfText(text: string): number {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? Math.floor(text.length / 2) : text.trim().split(/\s+/).length;
}

/** How many words a sentence has, about. */
export function sizeOf(sentence: LastSentence): number {
  return UNSPACED.test(sentence.text) ? Math.floor(sentence.text.length / 2) : sentence.words.length;
}

/** Whether a sentence takes leave: it needs no stop. */
export function isFarewell(sentence: LastSentence): boolean {
  const text = sentence.text.replace(/^[*_"“]+/, '');
  return FAREWELL.test(text) || /^(?:希望|祝|谢谢|謝謝|感谢|感謝|如有|请随时|請隨時)/.test(text) || (sentence.words.length <= MOST_REMARK && REMARK.test(text));
}

/** A remark is short; what goes on is a sentence. */
const MOST_REMARK = 7;

/**
 * Whether a sentence that lacks its stop reads like one that was begun: capital first, common word last, no farewell.
 * @param anyName a name may be its last word
 */
export function readsOn(sentence: LastSentence, leastWords: number, anyName = false): boolean {
  const last = sentence.words.at(-1) ?? '';
  if (sizeOf(sentence) < leastWords || isFarewell(sentence) || endsSentenceAbroad(sentence.text)) return false;
  if (!/^["'“‘(*_`«„¿¡]*(?:\p{Lu}|\p{Lo})/u.test(sentence.text) && !UNSPACED.test(sentence.text)) return false;
  if (anyName && sentence.words.length > 3 && /^[\p{L}\p{M}’'-]+$/u.test(last)) return true;
  return /^["'“‘(*_]*(?:[\p{Ll}\p{M}’'-]+|[\p{Lo}\p{M}]+)$/u.test(last) || UNSPACED.test(last);
}

/** How surely the last word of a sentence has something to follow. */
export type Dangling = 'surely' | 'hardly' | 'likely' | 'no';

const PAIRS = /^(?:such|known|defined|described|well) as$|^(?:of|in|with|for|on|by|is|was|from) (?:a|of)$/;
/** A question word or a subject this many words before the end may have taken it along. */
const NEAR = 7;
const MODALS = /^(?:to|can|will|may|must|should|could|would|might|helps)$/;

/** Looks the last word up. */
export function dangling(sentence: LastSentence): Dangling {
  const { words } = sentence;
  const last = words.at(-1) ?? '';
  const before = (words.at(-2) ?? '').toLowerCase();
  if (last !== last.toLowerCase()) return 'no';
  if (words.length < 3) return words.length > 1 && NEVER_LAST.has(last) && /^\p{L}+$/u.test(before) ? 'likely' : 'no';
  // A list of small words is a list of words: "the, and, or".
  if (words.every((word) => isSmall(word.replace(/\P{L}/gu, '').toLowerCase()))) return 'no';
  if (danglesAbroad(words)) return 'surely';
  if (isAbroad(words)) return 'no';
  if (NEVER_LAST.has(last) || PAIRS.test(`${before} ${last}`) || /[a-z](?:['’](?:re|ve|ll|m))$|^(?:e\.g\.|i\.e\.)$/.test(last)) return 'surely';
  if (WANTS_OBJECT.has(last)) return MODALS.test(before) && words.length > 4 ? 'likely' : 'no';
  if (!SELDOM_LAST.has(last) && !HARDLY_LAST.has(last)) return 'no';
  if (words.slice(-NEAR, -1).some((word) => TAKES_THE_END.has(word.toLowerCase()))) return 'no';
  return HARDLY_LAST.has(last) ? 'hardly' : 'likely';
}

function isSmall(word: string): boolean {
  return NEVER_LAST.has(word) || SELDOM_LAST.has(word);
}

/** A quotation mark before a letter, and none behind it; an odd number of them in all. */
const OPEN_QUOTE = /^[^"]*(?:"[^"]*"[^"]*)*(?:^|[\s(])"\p{L}[^"]*$/u;
/** A formula in the line that is not closed. */
export const OPEN_MATH = /(?:^|[\s(])\\\((?![^)]*\\\)).*$/;

/** What a line opens and does not close: a bracket, code, bold letters, a quotation. Null: nothing, or not surely. */
export function unclosed(text: string): string | null {
  const ticks = text.split('`').length - 1;
  if (ticks % 2 === 1) return /(?:^|[\s("'*])`[^\s`][^`]*$/.test(text) && !/``|\\`/.test(text) ? 'code' : null;
  const plain = text.replace(/`[^`]*`/g, 'x');
  if ((plain.split('**').length - 1) % 2 === 1 && /(?:^|[\s(])\*\*[^\s*][^*]*$/.test(plain)) return 'bold letters';
  const opened = /(?:^|[\s\]\p{L}])\(([^()]*)$/u.exec(plain);
  if (opened !== null && !/[:;=8]-?\($/.test(plain.slice(0, opened.index + opened[0].length - (opened[1] ?? '').length))) return 'bracket';
  // In German the mark that opens in English closes.
  if ((!plain.includes('„') && /“[^“”]*$/.test(plain)) || OPEN_QUOTE.test(plain)) return 'quotation';
  return null;
}
