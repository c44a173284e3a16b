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
  /** `yes` or `no` stands at its beginning. */
  readonly reply: 'yes' | 'no' | null;
}

const WORD = /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_'’]*(?:[.,]\d+)*/gu;
/** A URL, path, file name, identifier or formula is one word, and no other is its opposite. */
const OPAQUE = /[/\\@#=&_]|[\w)]\.[A-Za-z]|\w\(|::/;
const CHUNK = /[^\s—–]+/g;
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
const PREAMBLE = /^(?:(?:yes,|no,|however|also|but|and|so|thus|hence|therefore|overall|finally|lastly|again|note that|notably|indeed|in (?:summary|conclusion|short|fact|essence|addition|other words|general|brief|sum)|to (?:summarize|summarise|conclude|sum up|recap)|as (?:mentioned|noted|stated|said|explained|described|a result|such)(?: (?:earlier|above|before|previously))?|of course|additionally|furthermore|moreover|importantly|ultimately|as a result|consequently|remember that|keep in mind that|it is (?:important|worth noting|worth mentioning) (?:to note )?that),?\s+)+/i;

const MARKER = /^[\s>]*(?:(?:[-*+•–▪◦]|\d{1,3}[.)]|\(?[A-Za-z][.)]|\(\d{1,3}\))\s+|#{1,6}\s+)?/;

/** The sentence without its list marker, heading sign and emphasis; emphasis becomes white space, so offsets stay. */
export function bareText(text: string, opensLine: boolean): { readonly body: string; readonly at: number } {
  const at = opensLine ? (MARKER.exec(text)?.[0].length ?? 0) : 0;
  return { body: text.slice(at).replace(/\*\*|__|[*`]/g, (mark) => ' '.repeat(mark.length)), at };
}

/** A sentence that begins with its verb ("Returns the …", "Set your …") says it of what stands above it. */
const SUBJECTLESS = /^(?:do not |don't )?(?!(?:the|an?|this|in|on|at|by|for|from|to|of|with|as|is|are|was|were|under|over|during|through|all|both|like|unlike|despite|among|between|without|within|about|after|before|since|while|because|if|when|that|not|although|per|via)\b)[a-z]+ +(?:the|an?|your|this|its|any) |^(?:\w+ly )?(?:returns|writes|reads|sets|gets|creates|generates|adds|removes|deletes|enables|disables|allows|prevents|checks|specifies|indicates|expects|emitted|called|used|defaults) /i;

const MAX_LABEL_WORDS = 8;

function labelEnd(body: string): number {
  const colon = /:(?=\s)/.exec(body.slice(0, 120));
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
  const { body } = bareText(text, opensLine);
  const colon = labelEnd(body);
  const label = (body.slice(0, colon).toLowerCase().match(WORD) ?? []).map(stem).join(' ');
  let rest = body.slice(colon).trimStart();
  const reply = /^(yes|no)\s*[,.!;–—-]/i.exec(rest)?.[1]?.toLowerCase() as 'yes' | 'no' | undefined;
  rest = rest.replace(PREAMBLE, '');
  const words = readWords(rest);
  const content = new Set(words.filter((word) => word.content && word.number === null).map((word) => word.key));
  const first = rest.match(WORD)?.[0].toLowerCase() ?? '';
  const anaphoric = SUBJECTLESS.test(rest) || ANAPHORIC.has(spellOut(first)[0] ?? '') && !/^(?:it(?: is|'s)|there(?: is| are|'s| was| were| will| can)) /i.test(rest.replaceAll('’', "'"));
  return { text, words, label, content, anaphoric, reply: reply ?? null };
}

interface Written {
  readonly text: string;
  readonly at: number;
  readonly opaque: boolean;
}

const PLAIN = /^[A-Za-z]+$/;

function writtenWords(text: string): Written[] {
  const words: Written[] = [];
  for (const { 0: chunk, index } of text.matchAll(CHUNK)) {
    if (PLAIN.test(chunk)) {
      words.push({ text: chunk, at: index, opaque: false });
      continue;
    }
    const core = chunk.replace(EDGES, '');
    if (PLAIN.test(core)) words.push({ text: core, at: index + chunk.indexOf(core), opaque: false });
    else if (OPAQUE.test(core)) words.push({ text: core, at: index + chunk.indexOf(core), opaque: true });
    else for (const match of chunk.matchAll(WORD)) words.push({ text: match[0], at: index + match.index, opaque: false });
  }
  return words;
}

/** What a word is wherever it stands. */
interface Term {
  readonly raw: string;
  readonly role: 'negation' | 'neutral' | 'word';
  readonly key: string;
  readonly number: number | null;
  readonly content: boolean;
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
  return { raw, role, key: number === null ? stem(raw) : String(number), number, content: number !== null || (!FUNCTION_WORDS.has(raw) && raw.length > 1) };
}

const opaqueTerm = (text: string): readonly Term[] => [{ raw: text.toLowerCase(), role: 'word', key: text.toLowerCase(), number: null, content: text.length > 1 }];

function readWords(text: string): ClaimWord[] {
  const words: ClaimWord[] = [];
  let behind = 0;
  let quoted = false;
  let denied = false;
  for (const written of writtenWords(text)) {
    const between = text.slice(behind, written.at);
    behind = written.at + written.text.length;
    let breaks = words.length === 0;
    if (between !== ' ') {
      for (const mark of between) if (mark === '"' || mark === '“' || mark === '”') quoted = mark === '“' || (mark === '"' && !quoted);
      breaks ||= /[,:;()—–]/.test(between);
    }
    for (const { raw, role, key, number, content } of written.opaque ? opaqueTerm(written.text) : termsOf(written.text)) {
      if (role === 'negation') denied = !denied;
      if (role !== 'word') continue;
      const first = written.text.charCodeAt(0);
      const capital = words.length > 0 && (first < 128 ? first >= 65 && first <= 90 : /^\p{Lu}/u.test(written.text));
      words.push({ key: number === null ? key : withUnit(key, between, text, behind), raw, number, capital, content, quoted, breaks, denied, at: written.at });
      denied = false;
      breaks = false;
    }
  }
  if (denied && words.length > 0) words.push({ key: '', raw: '', number: null, capital: false, content: false, quoted, breaks: false, denied, at: text.length });
  return words;
}

function withUnit(value: string, before: string, text: string, end: number): string {
  const unit = /^(?:%|°[CF]?)/.exec(text.slice(end, end + 2))?.[0] ?? '';
  return `${/[$€£]$/.exec(before)?.[0] ?? ''}${value}${unit}`;
}

/** The unit of a number's key: what is left without its value. */
export function unitOf(key: string): string {
  return key.replace(/-?[\d.]+(?:e[+-]?\d+)?/, '#');
}
