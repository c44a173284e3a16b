import { COMMON_STATUS, HTTP_PHRASES, HTTP_STATUS } from '../truth/facts-http.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Marks and words between a code and its phrase. */
const JOINTS = ' *`("\'“‘:=|→–—-[_';
const MOST_JOINTS = 7;
const WORDS = ['means ', 'is ', 'stands for ', 'indicates ', 'signifies ', 'represents ', 'denotes '] as const;
/** Words behind those that say no more: `means that the resource was not found`, `is the status code for`. */
const FILLERS: readonly (readonly string[])[] = [
  ['that ', 'the status code for ', 'the HTTP status code for ', 'the code for ', 'the response code for '],
  ['the page was ', 'the page is ', 'the resource was ', 'the resource is ', 'the requested resource was ', 'the file was ', 'the URL was ', 'there was ', 'there were '],
  ['a ', 'an ', 'the '],
];
/** Text before the code that makes it no status: part of another number, a path, a port, a price. */
const GLUED = /[\p{L}\p{N}_.,:/\\#$€£¥+–-]$/u;
const LABELLED = /(?:status|code|http)\s?[:=]$/i;
/** What is said before or behind a status. */
const CUE_BEFORE = /(?:\bHTTP\b|\bstatus|\bcodes?\b|\breturn|\brespon|\berrors?\b|\brepl(?:y|ies)|\bgot\b|\banswers?\b|\bgets?\b|\breceiv|\bthrows?\b|\braises?\b|\bsends?\b|\bissues?\b|\byields?\b|\bshows?\b|\bproduces?\b|\bgives?\b).{0,30}$/i;
const CUE_BEHIND = /^[`"')\]*”’]{0,4}[ \n](?:errors?|responses?|status|code|page|repl(?:y|ies)|redirect|message|exception)\b/i;
/** Words behind which a number is a year, a day, a share or a count. */
const COUNTED = /(?:\b(?:(?<!(?:result|end)(?:s|ed|ing)? )in|since|until|till|during|between|of|by|than|about|around|approximately|roughly|nearly|almost|some|over|under|least|most|exactly|only|aged?|pages?|chapters?|sections?|figures?|tables?|steps?|part|volume|verses?|questions?|options?|January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?|\b[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,) $/i;
const ITEM = /^(?:\s|[-*•>|]|\d{1,2}[.)]\s)*(?:\*\*|`|")?$/;
const DENIED = /\b(?:not|never|wrong(?:ly)?|incorrect(?:ly)?|instead of|rather than|mislead\w*|fake|custom|non-?standard|soft|myth|claim\w*)\b[^.;]{0,14}$/i;
/** Units of text before a claim that are asked which of its halves is meant. */
const LOOK_BACK = 1_200;

/** Whether a number that begins so may be a status. */
export function mayBeStatus({ left }: FactWindow, digits: string, next: string): boolean {
  if (/^[1-5]\d{0,2}$/.test(digits) && phraseTold(left) !== null) return true;
  if (next === '' ? !/^[1-5]\d{0,2}$/.test(digits) : digits.length !== 3 || !(next === ')' || JOINTS.includes(next))) return false;
  return isPlace(left);
}

/** A status may stand here: not within something else, nor as a year, a count or a measure where nothing speaks of HTTP. */
function isPlace(left: string): boolean {
  if (GLUED.test(left)) return LABELLED.test(left);
  return !COUNTED.test(left.slice(-24)) || CUE_BEFORE.test(left);
}

/** A status code with a reason phrase that belongs to another code: `413 Forbidden`, `status 200 (Not Found)`, `Not Found (403)`. */
export function checkStatus(window: FactWindow, numberEnd: number, asked: () => string): Claim | null {
  const { text, at, left } = window;
  if (numberEnd - at !== 3) return null;
  const code = Number(text.slice(at, numberEnd));
  if (code < 100 || code > 599 || !isPlace(left)) return null;
  const told = phraseTold(left);
  if (told !== null) return toldBefore(window, numberEnd, code, told);
  const behind = phraseBehind(window, numberEnd);
  if (window.short) return null;
  if (behind === null) return phraseBefore(window, numberEnd, code);
  if (behind.code === code) return null;
  const phrase = text.slice(behind.start, behind.end);
  if (HTTP_STATUS[code]?.some((own) => own.toLowerCase().startsWith(phrase.toLowerCase()))) return null;
  if (!isStatus(window, phrase, behind.start, behind.end) || DENIED.test(left) || (window.short)) return null;
  const keepsCode = HTTP_STATUS[code] !== undefined && prefersCode(code, behind.code, text.slice(Math.max(0, at - LOOK_BACK), at), asked());
  const lower = phrase === phrase.toLowerCase();
  const own = HTTP_STATUS[code]?.[0] ?? '';
  const expected = keepsCode ? text.slice(at, behind.start) + (lower ? own.toLowerCase() : own) : String(behind.code) + text.slice(numberEnd, behind.end);
  return { start: at, end: behind.end, expected, confidence: 0.95, strategy: window.fenced ? 'report' : 'replace', reason: 'http_status' };
}

/** Passes over the words between a code and its phrase; what may still become one is waited for. */
function passFillers(window: FactWindow, from: number): number {
  let at = passOne(window, from, WORDS);
  if (at === from) return at;
  for (const words of FILLERS) at = passOne(window, at, words);
  while (at < window.limit && '"\'“‘`*'.includes(window.text.charAt(at))) at += 1;
  return at;
}

function passOne(window: FactWindow, at: number, words: readonly string[]): number {
  const { text, limit } = window;
  for (const word of words) {
    const piece = text.slice(at, Math.min(at + word.length, limit));
    if (piece === word) return at + word.length;
    if (piece.length < word.length && word.startsWith(piece)) window.ahead(at, word.length);
  }
  return at;
}

const TOLD = /(?:^|[\s("“*`])(?:(?:status|response|error|HTTP)(?: status| response| error)?(?: codes?)?|codes?) (?:for|of|meaning) (?:an? |the )?["“'`*]{0,3}(?<after>[A-Z][A-Za-z -]{1,32}?)["”'`*]{0,3}(?: (?:errors?|responses?))? (?:is|=) (?:HTTP )?[`*"]{0,3}$|(?:^|[\s("“*`])(?<first>[A-Z][A-Za-z -]{1,32}?)["”'`*]{0,3} (?:is|has|=|→|corresponds to|maps to) (?:the )?(?:HTTP )?(?:status )?(?:status|code|HTTP) [`*"]{0,3}$/;

interface Told {
  readonly code: number;
  /** What stands before the phrase. */
  readonly before: string;
}

/** The phrase that the line gives a status for: `the status code for Too Many Requests is`, `Forbidden is status code`. */
function phraseTold(left: string): Told | null {
  if (!/(?:is|=|code|status|HTTP|→) (?:HTTP )?[`*"]{0,3}$/.test(left)) return null;
  const tail = left.slice(-96);
  const match = TOLD.exec(tail);
  const name = match?.groups?.['after'] ?? match?.groups?.['first'];
  if (match === null || name === undefined) return null;
  const start = match.index + match[0].lastIndexOf(name);
  const words = match.groups?.['after'] === undefined ? name.split(' ') : [name];
  // What stands before a phrase may begin with a capital as well: `A Not Found is status`.
  for (let at = 0; at < words.length; at += 1) {
    const code = codeOf(words.slice(at).join(' '));
    if (code !== null) return { code, before: tail.slice(0, start) + words.slice(0, at).join(' ') };
  }
  return null;
}

function codeOf(phrase: string): number | null {
  if (!/^[A-Z]/.test(phrase)) return null;
  const lower = phrase.toLowerCase();
  return HTTP_PHRASES.find((one) => one.phrase === lower)?.code ?? null;
}

function toldBefore(window: FactWindow, numberEnd: number, code: number, { code: right, before }: Told): Claim | null {
  const { at } = window;
  if (code === right || HTTP_STATUS[code] === undefined || DENIED.test(before) || /\b(?:or|and|if|unless|our|custom)\b[^.;]{0,40}$/i.test(before)) return null;
  if (!/^[`*"]{0,3}(?:[.,;)]|$| (?:in|and|according|as|by)\b)/.test(window.ahead(numberEnd, 12)) || window.short) return null;
  return { start: at, end: numberEnd, expected: String(right), confidence: 0.92, strategy: window.fenced ? 'report' : 'replace', reason: 'http_status' };
}

interface Phrase {
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

/** Reads on only as long as a phrase may still come. */
function phraseBehind(window: FactWindow, numberEnd: number): Phrase | null {
  const { text, limit } = window;
  let at = numberEnd;
  while (at < limit && at - numberEnd < MOST_JOINTS && JOINTS.includes(text.charAt(at))) at += 1;
  if (at === limit) window.ahead(at, 1);
  if (at === numberEnd) return null;
  at = passFillers(window, at);
  const first = at < limit ? text.charAt(at).toLowerCase() : '';
  for (const { phrase, code } of HTTP_PHRASES) {
    if (first !== '' && !phrase.startsWith(first)) continue;
    const piece = text.slice(at, Math.min(at + phrase.length, limit)).toLowerCase().replace(/\n/g, ' ');
    if (piece.length < phrase.length) {
      if (phrase.startsWith(piece)) window.ahead(at, phrase.length + 1);
      continue;
    }
    if (piece !== phrase) continue;
    const next = window.ahead(at + phrase.length, 1);
    if (/[\p{L}\p{N}_]/u.test(next)) continue;
    return { code, start: at, end: at + phrase.length };
  }
  return null;
}

/** A phrase of one word, or in small letters, is a status only where something says so. */
function isStatus(window: FactWindow, phrase: string, start: number, end: number): boolean {
  const { text, left, at } = window;
  const proper = /^[A-Z]/.test(phrase);
  if (proper && /[ -]/.test(phrase)) return true;
  if (CUE_BEFORE.test(left)) return true;
  const joint = text.slice(at + 3, start);
  if (/\b(?:means|indicates|stands for|signifies)\b/.test(joint) && /(?:^|[\s"'`*(])$/.test(left)) return true;
  if (proper && (ITEM.test(left) || /[`("“|]$/.test(left) || /[("“|:–—]/.test(joint))) return true;
  return CUE_BEHIND.test(window.ahead(end, 14));
}

function prefersCode(code: number, other: number, before: string, asked: string): boolean {
  const count = (text: string, one: number): number => text.split(new RegExp(`(?<![\\d.])${one}(?![\\d.]\\d?)`)).length - 1;
  const own = count(before, code) + count(asked, code);
  const others = count(before, other) + count(asked, other);
  if (own !== others) return own > others;
  const rank = (one: number): number => (COMMON_STATUS.includes(one) ? COMMON_STATUS.indexOf(one) : COMMON_STATUS.length);
  return rank(code) < rank(other);
}

/** `Not Found (403)`, `Forbidden (HTTP 404)`: here the number is what is wrong. */
function phraseBefore(window: FactWindow, numberEnd: number, code: number): Claim | null {
  const { left, at } = window;
  const joint = /[`"*”]{0,3} ?\((?:HTTP |status |code |status code |HTTP status (?:code )?|error )?[`*]{0,2}$/i.exec(left);
  if (joint === null || HTTP_STATUS[code] === undefined) return null;
  if (!/^[`*]{0,2}\)/.test(window.ahead(numberEnd, 3)) || window.short) return null;
  const before = left.slice(Math.max(0, joint.index - 40), joint.index);
  for (const { phrase, code: right } of HTTP_PHRASES) {
    if (!before.toLowerCase().endsWith(phrase)) continue;
    const start = before.length - phrase.length;
    if (/[\p{L}\p{N}-]$/u.test(before.slice(0, start)) || !/^[A-Z]/.test(before.slice(start))) return null;
    const single = !/[ -]/.test(phrase);
    const labelled = /HTTP|status|code|error/i.test(joint[0]) || CUE_BEFORE.test(left.slice(0, joint.index));
    if (right === code || (single && !labelled) || DENIED.test(left.slice(0, joint.index - phrase.length))) return null;
    if (HTTP_STATUS[code].some((own) => own.toLowerCase() === phrase)) return null;
    return { start: at, end: numberEnd, expected: String(right), confidence: 0.9, strategy: window.fenced ? 'report' : 'replace', reason: 'http_status' };
  }
  return null;
}
