import { CUE, cuesOf } from './claim-cues.js';
import { stem } from './claim-stem.js';
import { ANAPHORIC, FUNCTION_WORDS, NEGATIONS, NEUTRAL, numberWord, SIDES } from './claim-words.js';

/** A word of a statement as it is compared. */
export interface ClaimWord {
  /** The stem; for a number, its value and unit. */
  readonly key: string;
  /** As written, in lower case. */
  readonly raw: string;
  readonly number: number | null;
  /** Begins with a capital letter elsewhere than at the beginning of the sentence. */
  readonly capital: boolean;
  readonly content: boolean;
  readonly quoted: boolean;
  /** Stands behind a comma, a colon, a bracket or a dash: a clause may begin here. */
  readonly breaks: boolean;
  /** Negations between the word before and this one. */
  readonly denied: boolean;
  /** Offset within the sentence. */
  readonly at: number;
}

/** A sentence made comparable: neutral words dropped, words stemmed, negations taken out and marked at what they stand before. */
export interface Statement {
  readonly text: string;
  readonly words: readonly ClaimWord[];
  /** What stands before the colon at its beginning, stemmed; empty: nothing. */
  readonly label: string;
  /** Its distinct content stems. */
  readonly content: ReadonlySet<string>;
  /** What it says depends on where it stands. */
  readonly anaphoric: boolean;
  /** What its words are signs of, of `CUE`. */
  readonly cues: number;
  /** Offset of its first verb within the body; -1: none is known. */
  readonly verbAt: number;
}

const WORD = /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_'’]*(?:[.,]\d+)*/gu;
/** A URL, path, file name, identifier or formula is one word, and no other is its opposite. */
const OPAQUE = /[/\\@#=&_]|[\w)]\.[A-Za-z]|\w\(|::/;
const EDGES = /^[("'“‘[{<]+|[)"'”’\]}>.,;:!?…]+$/g;
const CONTRACTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['cannot', ['can', 'not']], ["can't", ['can', 'not']], ["won't", ['will', 'not']], ["shan't", ['shall', 'not']], ["ain't", ['is', 'not']],
]);
const SUFFIXES: ReadonlyMap<string, string> = new Map([['s', 'is'], ['re', 'are'], ['ve', 'have'], ['ll', 'will'], ['d', 'would'], ['m', 'am']]);
const PRONOUNS = new Set(['it', 'he', 'she', 'that', 'there', 'this', 'what', 'who', 'here', 'where', 'they', 'we', 'you', 'i', 'these', 'those']);

/** The words one written word stands for: `isn't` is `is not`, `it's` is `it is`. */
export function spellOut(written: string): readonly string[] {
  const word = written.toLowerCase().replaceAll('’', "'");
  const apart = CONTRACTED.get(word);
  if (apart !== undefined) return apart;
  const cut = word.indexOf("'");
  if (cut < 0) return [word];
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not'];
  const head = word.slice(0, cut);
  const full = SUFFIXES.get(word.slice(cut + 1));
  return full !== undefined && (PRONOUNS.has(head) || full !== 'is') ? [head, full] : [head];
}

/** The number a written word is; null: none. Thousands separators count, versions and ordinals do not. */
export function numberOf(word: string): number | null {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(word)) return Number(word.replaceAll(',', ''));
  return /^\d+(?:\.\d+)?$/.test(word) ? Number(word) : numberWord(word);
}

/** What may be said before a statement without changing it, to its comma. */
const PREAMBLE = /^(?:(?:yes,|no,|however|unfortunately|sadly|fortunately|luckily|as (?:shown|you can see)|clearly|also|but|and|so|thus|hence|therefore|overall|finally|lastly|again|note that|notably|indeed|in (?:summary|conclusion|short|fact|essence|addition|other words|general|brief|sum)|to (?:summarize|summarise|conclude|sum up|recap)|as (?:mentioned|noted|stated|said|explained|described|a result|such)(?: (?:earlier|above|before|previously))?|of course|additionally|furthermore|moreover|importantly|ultimately|as a result|consequently|remember that|keep in mind that|it is (?:important|worth noting|worth mentioning) (?:to note )?that),?\s+)+/i;

const MARKER = /^[\s>]*(?:(?:[-*+•–▪◦]|\d{1,3}[.)]|\(?[A-Za-z][.)]|\(\d{1,3}\))\s+|#{1,6}\s+)?/;

/** The sentence without its list marker, heading sign and emphasis; emphasis becomes white space, so offsets stay. */
export function bareText(text: string, opensLine: boolean): { readonly body: string; readonly at: number } {
  const at = opensLine ? (MARKER.exec(text)?.[0].length ?? 0) : 0;
  const body = at === 0 ? text : text.slice(at);
  return { body: EMPHASIS.test(body) ? body.replace(/\*\*|__|[*`]/g, (mark) => ' '.repeat(mark.length)) : body, at };
}

const EMPHASIS = /[*`]|__/;

/** A sentence that begins with its verb ("Returns the …", "Set your …") says it of what stands above it. */
const SUBJECTLESS = /^(?:do not |don't )?(?!\w+ing\b|(?:the|an?|this|in|on|at|by|for|from|to|of|with|as|is|are|was|were|under|over|during|through|all|both|like|unlike|despite|among|between|without|within|about|after|before|since|while|because|if|when|that|not|although|per|via)\b)[a-z]+ +(?:the|an?|your|this|its|any) |^(?:\w+ly )?(?:returns|writes|reads|sets|gets|creates|generates|adds|removes|deletes|enables|disables|allows|prevents|checks|specifies|indicates|expects|emitted|called|used|defaults) /i;

const MAX_LABEL_WORDS = 8;
const MAX_LABEL = 120;

function labelEnd(body: string): number {
  const first = body.indexOf(':');
  if (first < 0 || first > MAX_LABEL) return 0;
  const colon = /:(?=\s)/.exec(body.slice(0, MAX_LABEL));
  if (colon === null) return 0;
  const words = body.slice(0, colon.index).match(WORD) ?? [];
  return words.length <= MAX_LABEL_WORDS ? colon.index + 1 : 0;
}

/** Whether a label names one of two sides that stand beside each other. */
export function isSide(label: string): boolean {
  const words = label.toLowerCase().match(/[a-z']+/g) ?? [];
  return words.length > 0 && words.length <= 5 && words.some((word) => SIDES.has(word.replaceAll("'", '')));
}

/** Makes a sentence comparable. */
export function parseStatement(text: string, opensLine: boolean): Statement {
  return statementOf(text, bareText(text, opensLine).body);
}

/** The same of a sentence whose body is known. */
export function statementOf(text: string, body: string): Statement {
  const colon = labelEnd(body);
  const label = colon === 0 ? '' : (body.slice(0, colon).toLowerCase().match(WORD) ?? []).map(stem).join(' ');
  const rest = body.slice(colon).trimStart().replace(PREAMBLE, '');
  const { words, cues, verb } = readWords(rest);
  const content = new Set<string>();
  for (const word of words) if (word.content && word.number === null) content.add(word.key);
  const first = /^[^\s,;:.]*/.exec(rest)?.[0].toLowerCase() ?? '';
  const anaphoric = ANAPHORIC.has(spellOut(first)[0] ?? '') ? !/^(?:it(?: is|'s)|there(?: is| are|'s| was| were| will| can)) /i.test(rest.replaceAll('’', "'")) : SUBJECTLESS.test(rest);
  return { text, words, label, content, anaphoric, cues, verbAt: verb < 0 ? -1 : body.length - rest.length + verb };
}

const PLAIN = /^[A-Za-z]+$/;

/** Takes the words of a chunk that holds more than letters: its core as one word if it is a path or a formula, else each of its words. */
function chunkWords(chunk: string, index: number, take: (word: string, at: number, opaque: boolean) => void): void {
  const core = chunk.replace(EDGES, '');
  const at = index + chunk.indexOf(core);
  if (PLAIN.test(core)) take(core, at, false);
  else if (OPAQUE.test(core)) take(core, at, true);
  else for (const match of chunk.matchAll(WORD)) take(match[0], index + match.index, false);
}

const isLetter = (unit: number): boolean => (unit | 32) >= 97 && (unit | 32) <= 122;
const isGap = (unit: number): boolean => unit === 32 || unit === 9 || unit === 13 || unit === 10 || unit === 0xa0 || unit === 0x2014 || unit === 0x2013 || unit === 0x3000;

/** Hands out the words of `text`. Most are letters with at most a comma or a full stop behind them: those take no regular expression. */
function eachWord(text: string, take: (word: string, at: number, opaque: boolean) => void): void {
  const { length } = text;
  let at = 0;
  while (at < length) {
    if (isGap(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const from = at;
    while (at < length && isLetter(text.charCodeAt(at))) at += 1;
    const word = at;
    while (at < length && !isGap(text.charCodeAt(at))) at += 1;
    const unit = word < at ? text.charCodeAt(word) : 0;
    if (word > from && (at === word || (at === word + 1 && (unit === 44 || unit === 46 || unit === 58 || unit === 59 || unit === 33 || unit === 63 || unit === 41)))) take(text.slice(from, word), from, false);
    else chunkWords(text.slice(from, at), from, take);
  }
}

/** What a word is wherever it stands. */
interface Term {
  readonly raw: string;
  readonly role: 'negation' | 'neutral' | 'word';
  readonly key: string;
  readonly number: number | null;
  readonly content: boolean;
  /** What it is a sign of, of `CUE`. */
  readonly cues: number;
}

/** What is known of written words: a memo of a pure function, emptied when full. */
const terms = new Map<string, readonly Term[]>();
const MAX_TERMS = 10_000;
const MAX_MEMO_LENGTH = 24;

/** The words that one written word stands for, as they are compared. */
export function termsOf(written: string): readonly Term[] {
  const known = terms.get(written);
  if (known !== undefined) return known;
  const made = spellOut(written).map(termOf);
  if (written.length > MAX_MEMO_LENGTH) return made;
  if (terms.size >= MAX_TERMS) terms.clear();
  terms.set(written, made);
  return made;
}

function termOf(raw: string): Term {
  const number = numberOf(raw);
  const role = NEGATIONS.has(raw) ? 'negation' : NEUTRAL.has(raw) ? 'neutral' : 'word';
  return { raw, role, key: number === null ? stem(raw) : String(number), number, content: number !== null || (!FUNCTION_WORDS.has(raw) && raw.length > 1), cues: cuesOf(raw) | (number === null ? 0 : CUE.number) };
}

const opaqueTerm = (text: string): readonly Term[] => [{ raw: text.toLowerCase(), role: 'word', key: text.toLowerCase(), number: null, content: text.length > 1, cues: cuesOf(text.toLowerCase()) | (/\d/.test(text) ? CUE.number : 0) }];

interface Reading {
  readonly words: ClaimWord[];
  cues: number;
  /** Offset of the first verb; -1: none is known. */
  verb: number;
}

function readWords(text: string): Reading {
  const words: ClaimWord[] = [];
  const reading: Reading = { words, cues: 0, verb: -1 };
  let behind = 0;
  let quoted = false;
  let denied = false;
  eachWord(text, (written, at, opaque) => {
    let breaks = words.length === 0;
    const start = behind;
    behind = at + written.length;
    if (at - start !== 1 || text.charCodeAt(start) !== 32) {
      const between = text.slice(start, at);
      for (const mark of between) if (mark === '"' || mark === '“' || mark === '”') quoted = mark === '“' || (mark === '"' && !quoted);
      breaks ||= BREAK.test(between);
    }
    const first = written.charCodeAt(0);
    for (const { raw, role, key, number, content, cues } of opaque ? opaqueTerm(written) : termsOf(written)) {
      reading.cues |= cues;
      if (reading.verb < 0 && at > 0 && (cues & CUE.verb) !== 0) reading.verb = at;
      if (role === 'negation') denied = !denied;
      if (role !== 'word') continue;
      const capital = words.length > 0 && (first < 128 ? first >= 65 && first <= 90 : /^\p{Lu}/u.test(written));
      words.push({ key: number === null ? key : withUnit(key, text.slice(start, at), text, behind), raw, number, capital, content, quoted, breaks, denied, at });
      denied = false;
      breaks = false;
    }
  });
  if ((reading.cues & CUE.duty) !== 0) dutiesIn(words);
  if (denied && words.length > 0) words.push({ key: '', raw: '', number: null, capital: false, content: false, quoted, breaks: false, denied, at: text.length });
  return reading;
}

/** Makes "needs to" and "has to" a `must`: "you do not need to restart" denies "you must restart". */
function dutiesIn(words: ClaimWord[]): void {
  for (let at = words.length - 2; at >= 0; at -= 1) {
    const word = words[at] as ClaimWord;
    if (DUTY.has(word.raw) && (words[at + 1] as ClaimWord).raw === 'to') words.splice(at, 2, { ...word, key: 'must', raw: 'must', content: false });
  }
}

const DUTY = new Set(['need', 'needs', 'have', 'has', 'had']);

const BREAK = /[,:;()—–]/;

function withUnit(value: string, before: string, text: string, end: number): string {
  const unit = /^(?:%|°[CF]?)/.exec(text.slice(end, end + 2))?.[0] ?? '';
  return `${/[$€£]$/.exec(before)?.[0] ?? ''}${value}${unit}`;
}

/** The unit of a number's key: what is left without its value. */
export function unitOf(key: string): string {
  return key.replace(/-?[\d.]+(?:e[+-]?\d+)?/, '#');
}
