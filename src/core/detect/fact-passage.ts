import type { RequestText } from '../truth/request-texts.js';
import { PassageReader, type Stands, valuesOf } from './fact-passage-read.js';
import { counterpart } from './fact-passage-score.js';
import { afterUnit, contentWords, firstUnit, kindOf, lastContent, lastWord, plain, unknownName } from './fact-passage-words.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Units of passage that are read. */
const MOST_PASSAGE = 65_536;
/** A shorter request is a question, not a source. */
const LEAST_PASSAGE = 160;
const SOURCE = /\b(?:passages?|context|documents?|articles?|excerpts?|summari[sz]e|summary|sources?|according to|based (?:only )?on|following (?:text|paragraph|information|report|data|content|news|files?|records?|settings)|search results?|tool results?|reference text|structured data|knowledge base|background)\b/i;
/** A task to reckon is no passage to retell. */
const TASK = /\b(?:how many|how much|how long|how far|calculate|compute|solve|find the|evaluate|what (?:is|was|will be) the (?:total|sum|average|difference|probability|ratio|cost|price|area|speed)|convert)\b/i;
const GIVEN = /\b(?:passages?|context|documents?|articles?|according to|structured data|following (?:text|news|report|data|files?))\b/i;
/** Where an answer reckons, supposes or speaks of itself, its numbers are its own. */
const RECKONS = /\b(?:totalling|altogether|combined|remain\w*|difference|calculat\w*|therefore|thus|would|could|if|step|example|e\.g|n['’]t|instead|incorrect|wrong|increase[sd]?|decrease[sd]?|rose|fell|grew|doubl\w*|half|twice|question|option|chapter|section|page|figure|source|passage|document|century|decade|suggest\w*|recommend\w*|in all|in total|leaves)\b|[=≈~×÷+<>]/i;
/** Words that make a number one of the answer's own, save where the request says them of its number too. */
const QUALIFIES = /\b(?:totals?|sum|average|mean|each|should|not|table|version|just|per)\b/gi;
/** The same where they stand close before it. */
const NEAR = /\b(?:more than|less than|fewer than|over|under|approximately|about|around|roughly|nearly|almost|some|several|another|estimated?|at least|at most|up to|close to|below|above|reached|between|lasted|a further|every)\b/gi;
const BEHIND = /\b(?:left|later|earlier|ago|older|younger|each|or more|or less|on average|per)\b/gi;
/** Said in other words by the request. */
const SAME: Readonly<Record<string, RegExp>> = { 'at most': /max|most|limit/, 'up to': /max|most|limit|up to/, 'at least': /min|least/ };
/** Units behind a number that tell what it counts. */
const MOST_BEHIND = 48;
/** Content words before a number that are compared. */
const MOST_WORDS = 14;

/** What the request's own text says of a number: the same words around it, another value. */
export class PassageNumbers {
  readonly #values: ReadonlySet<string> = new Set();
  readonly #words = new Set<string>();
  readonly #reader = new PassageReader();

  constructor(texts: readonly RequestText[]) {
    const told = texts.filter(({ role }) => role !== 'assistant');
    const prose = told.filter(({ role }) => role !== 'tool').map(({ text }) => text).join('\n').slice(-MOST_PASSAGE);
    const usable = prose.length >= LEAST_PASSAGE && SOURCE.test(prose) && !(TASK.test(prose) && !GIVEN.test(prose));
    const tools = told.filter(({ role }) => role === 'tool').map(({ text }) => text).join('\n').slice(-MOST_PASSAGE);
    if (!usable && tools === '') return;
    // What the user says counts as known even where it is no passage.
    const all = `${prose}\n${tools}`;
    this.#values = valuesOf(all);
    for (const [word] of all.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) this.#words.add(word);
    if (usable) this.#reader.read(prose);
    if (tools !== '') this.#reader.read(tools);
  }

  get empty(): boolean {
    return this.#reader.stands.length === 0;
  }

  /** Whether a number that begins so may contradict the passage: it retells, of what the passage is about. */
  mayCheck(window: FactWindow, digits: string): boolean {
    const { left } = window;
    if (this.empty || window.fenced || window.inline || digits.startsWith('0') || GLUED.test(left)) return false;
    const sentence = sentenceOf(left);
    return !RECKONS.test(sentence) && !unknownName(sentence, this.#words);
  }

  check(window: FactWindow, numberEnd: number): Claim | null {
    if (this.empty || window.fenced || window.inline) return null;
    const { left, text, at } = window;
    const value = plain(text.slice(at, numberEnd));
    if (this.#values.has(value) || this.#values.has(String(Number(value))) || value.length < 2 || /\..*\./.test(value) || GLUED.test(left) || /^0/.test(value)) return null;
    const sentence = sentenceOf(left);
    if (RECKONS.test(sentence) || unknownName(sentence, this.#words)) return null;
    const rest = window.ahead(numberEnd, MOST_BEHIND);
    if (/^(?:[-–/:]\d|–\p{L}|-(?!(?:year|day|week|month|hour|minute|member|page|mile|foot|metre|meter)s?\b)\p{L}|\p{L}|\.\d)/u.test(rest)) return null;
    if (/(?<![\p{L}\d])\d[\d.,]* ?\p{L}+ (?:is|are|equals?|makes|means) [*_]{0,2}$/u.test(sentence)) return null;
    const clause = rest.split(/[.;:!?](?:\s|$)/, 1)[0] ?? '';
    if (RECKONS.test(clause.slice(0, MOST_CLAUSE))) return null;
    const best = this.#counterpart(value, sentence, clause, rest);
    if (best === null || !sameReserve(sentence, clause.slice(0, MOST_CLAUSE), best)) return null;
    return { start: at, end: numberEnd, expected: best.value, confidence: 0.8, strategy: 'replace', reason: 'request' };
  }

  #counterpart(value: string, sentence: string, clause: string, rest: string): Stands | null {
    const { stands, stems } = this.#reader;
    const words = [...new Set([...contentWords(sentence).slice(-MOST_WORDS), ...contentWords(clause).slice(0, 4)])];
    const kind = kindOf(value, sentence, rest);
    if (words.length === 0 && kind === 'count') return null;
    const known = words.length === 0 ? 1 : words.filter((word) => stems.has(word)).length / words.length;
    const told = new Set([...sentence.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([one]) => plain(one)));
    return counterpart({ value, kind, words, unit: firstUnit(rest), before: lastWord(sentence), last: lastContent(sentence), after: afterUnit(rest), known, told }, stands);
  }
}

/** Units behind a number within which what reckons still means it. */
const MOST_CLAUSE = 24;
/** What before a number makes it part of something else. */
const GLUED = /[\p{L}\p{N}_./:#@([-]$/u;

/** Rounding, limits and the like are said of both numbers or of neither. */
function sameReserve(sentence: string, behind: string, { said }: Stands): boolean {
  const near = sentence.slice(-48).replace(/^.*[;,]\s/s, '');
  const words = [...(sentence.match(QUALIFIES) ?? []), ...(near.match(NEAR) ?? []), ...(behind.match(BEHIND) ?? [])].map((word) => word.toLowerCase());
  return words.every((word) => said.includes(word.replace(/s$/, '')) || SAME[word]?.test(said) === true);
}

function sentenceOf(left: string): string {
  return left.slice(Math.max(0, ...[...left.matchAll(/[.!?]["'”’)]?\s+(?=\S)|:\s+(?=[A-Z])/g)].map((match) => match.index + match[0].length)));
}
