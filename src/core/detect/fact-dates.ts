import type { Claim, FactWindow } from './fact-window.js';
import { WEEKDAYS } from './fact-weekdays.js';

const NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
const MONTH = String.raw`(?<month>January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?<year>(?:19|20)\d\d)`;
/** A whole date, in the orders people write. */
const DATE = String.raw`(?:${MONTH} ${DAY},? ${YEAR}|${DAY.replaceAll('day', 'day2')}(?: of)? ${MONTH.replaceAll('month', 'month2')},? ${YEAR.replaceAll('year', 'year2')}|${YEAR.replaceAll('year', 'year3')}-(?<month3>\d\d)-(?<day3>\d\d))`;
/** A weekday and its date, up to the last digits of it, which are at hand. */
const AFTER_WEEKDAY = new RegExp(String.raw`(?<![\p{L}])(?<weekday>${WEEKDAYS.join('|')})(?:\*\*)?(?:,? (?:the )?|,? \(|, on )${DATE}$`, 'u');
const BEFORE_WEEKDAY = new RegExp(String.raw`(?<![\d-])${DATE}(?:\*\*)?,? ?(?:\(|(?:is|was|will be|falls on|fell on|lands on|will fall on|is on) (?:on )?(?:an? )?(?:\*\*)?)$`);
const DENIED = /\b(?:not|n['’]t|never|invalid|non-?existent|doesn['’]t exist|no such|does not exist|impossible|wrong|incorrect|error|reject\w*|fail\w*|throws?|if|leap|roll\w*|overflow\w*|normali[sz]e\w*|parse\w*|valid\w*|example|fictional|joke|sweden|soviet|julian|old style|suppose|imagine|test)\b/i;

/** A weekday that the date before it contradicts: `4 March 2025 was a Monday`. */
export function checkWeekday(window: FactWindow): Claim | null {
  const { text, at, left } = window;
  const before = BEFORE_WEEKDAY.exec(left.slice(-60));
  if (before === null) return null;
  const day = WEEKDAYS.find((one) => text.startsWith(one, at));
  if (day === undefined || /[\p{L}\p{N}]/u.test(window.ahead(at + day.length, 1))) {
    window.ahead(at, MOST_WEEKDAY);
    return null;
  }
  const right = rightDay(before.groups, day, left.slice(0, left.length - before[0].length));
  return right === null ? null : { start: at, end: at + day.length, expected: right, confidence: 0.92, strategy: window.fenced || window.inline ? 'report' : 'replace', reason: 'weekday' };
}

const MOST_WEEKDAY = 10;

/** A weekday before its date has left when the date comes: it gets a note. */
function weekdayBefore(window: FactWindow, end: number): Claim | null {
  const { text, at, left } = window;
  const tail = left.slice(-48);
  if (!/day\b/.test(tail)) return null;
  const line = tail + text.slice(at, end);
  const match = AFTER_WEEKDAY.exec(line);
  const said = match?.groups?.['weekday'];
  if (match === null || said === undefined) return null;
  const right = rightDay(match.groups, said, left.slice(0, left.length - tail.length + match.index));
  if (right === null || /^(?:[-/.]?\d|[\p{L}])/u.test(window.ahead(end, 2))) return null;
  const start = at - tail.length + match.index;
  return { start, end: start + said.length, noteAt: end, expected: right, confidence: 0.9, strategy: 'insert', reason: 'weekday' };
}

interface Day { readonly year: number; readonly month: number; readonly day: number }

function readDate(groups: Record<string, string | undefined> | undefined): Day | null {
  if (groups === undefined) return null;
  const pick = (name: string): string => groups[name] ?? groups[`${name}2`] ?? groups[`${name}3`] ?? '';
  const month = monthOf(pick('month'));
  const [year, day] = [Number(pick('year')), Number(pick('day'))];
  return month < 1 || day < 1 || day > daysIn(month, year) ? null : { year, month, day };
}

function monthOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) <= 12 ? Number(text) : 0;
  return NAMES.findIndex((name) => name.toLowerCase().startsWith(text.replace('.', '').slice(0, 3).toLowerCase())) + 1;
}

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysIn(month: number, year: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Sakamoto's rule; 0 is Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  const shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
  const y = month < 3 ? year - 1 : year;
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + (shifts[month - 1] as number) + day) % 7;
}

function rightDay(groups: Record<string, string | undefined> | undefined, said: string, before: string): string | null {
  const date = readDate(groups);
  if (date === null || DENIED.test(before.slice(-60))) return null;
  const right = WEEKDAYS[weekdayOf(date)] as string;
  return right === said ? null : right;
}

/**
 * Whether a number that begins so may be part of a date that is checked. A year before `is a leap year` begins what is replaced, but none
 * that stands behind a preposition does.
 */
export function mayBeDate(window: FactWindow, digits: string, next: string): boolean {
  const { left } = window;
  if (!/^\d{1,4}$/.test(digits) || window.fenced || window.inline) return false;
  if (/^(?:2(?:9|$)|3[01]?$)/.test(digits) && mayBeDay(left, digits, next)) return true;
  return /day\b/.test(left.slice(-48)) || mayBeLength(left, digits) || mayBeSpan(left) || mayBeLeap(left, digits, next);
}

/** Dates that do not exist, lengths of months, leap years and spans of years. */
export function checkDate(window: FactWindow, end: number): Claim | null {
  const { text, at } = window;
  const digits = text.slice(at, end);
  if (!/^\d{1,4}$/.test(digits) || window.fenced || window.inline) return null;
  const value = Number(digits);
  const weekday = digits.length === 3 ? null : weekdayBefore(window, end);
  if (weekday !== null || window.short) return weekday;
  if (digits.length <= 2) return noSuchDay(window, end, value) ?? monthLength(window, end, value) ?? yearSpan(window, end, value);
  return digits.length === 4 ? leapYear(window, end, value) : digits.length === 3 ? yearSpan(window, end, value) : null;
}

const MONTH_BEFORE = new RegExp(String.raw`(?<![\p{L}])${MONTH} (?:the )?$`, 'u');
const MONTH_BEHIND = new RegExp(String.raw`^(?:st|nd|rd|th)?(?: of)? ${MONTH}(?![\p{L}])`, 'u');

/** A number behind such a sign is a part of something else. */
const PART = /[\p{L}\p{N}.$€£#/:_-]$/u;

function mayBeDay(left: string, digits: string, next: string): boolean {
  if (PART.test(left) || (next !== '' && digits.length !== 2)) return false;
  return next === '' || ' snrt'.includes(next) || MONTH_BEFORE.test(left.slice(-16));
}

/** `February 30`: it has no right counterpart, so it gets a note. */
function noSuchDay(window: FactWindow, end: number, value: number): Claim | null {
  const { left, at } = window;
  if (value < 29 || value > 31 || PART.test(left)) return null;
  const before = MONTH_BEFORE.exec(left.slice(-16));
  const rest = before === null ? window.ahead(end, 20) : window.ahead(end, 10);
  const month = monthOf((before?.groups ?? MONTH_BEHIND.exec(rest)?.groups)?.['month'] ?? '');
  if (month === 0 || !/^(?:st|nd|rd|th)?(?![\p{L}\d])/u.test(rest) || /^(?:st|nd|rd|th)?[\d:.%/-]?\d/.test(rest)) return null;
  if (before !== null && /^(?: days|%|\.\d| ?[a-z]+ (?:per|each)| percent| (?:people|million|points|times|minutes|hours))/.test(rest)) return null;
  const year = Number(/^(?:st|nd|rd|th)?(?: of [A-Za-z]+|(?: [A-Z][a-z]+))?,? ?((?:19|20)\d\d)/.exec(window.ahead(end, 28))?.[1] ?? 2000);
  if (value <= daysIn(month, year)) return null;
  if (DENIED.test(left.slice(-120)) || DENIED.test(window.ahead(end, 60))) return null;
  const stop = before === null ? end + (MONTH_BEHIND.exec(rest)?.[0].length ?? 0) : end + (/^(?:st|nd|rd|th)/.exec(rest)?.[0].length ?? 0);
  return { start: at, end: stop, expected: null, confidence: 0.9, strategy: 'insert', reason: `${NAMES[month - 1] as string} has ${daysIn(month, year)} days${month === 2 && year === 2000 ? ' at most' : ''}` };
}

const LENGTH_OF = new RegExp(String.raw`(?<![\p{L}])${MONTH}(?:,? (?:19|20)\d\d,?)? (?:(?:always|only|also) )?(?:has|contains|consists of) (?:only |exactly )?(?:\*\*)?$`, 'u');
const THERE = /\b(?:there (?:are|were)|has|have) (?:only |exactly )?(?:\*\*)?$/i;

function mayBeLength(left: string, digits: string): boolean {
  return /^[23]\d?$/.test(digits) && (THERE.test(left) || LENGTH_OF.test(left.slice(-48)));
}

/** `April has 31 days`, `There are 31 days in April`. */
function monthLength(window: FactWindow, end: number, value: number): Claim | null {
  if (value < 26 || value > 33) return null;
  const { left, at } = window;
  const before = LENGTH_OF.exec(left.slice(-48));
  const there = THERE.test(left);
  if (before === null && !there) return null;
  const rest = window.ahead(end, 40);
  if (!/^(?:\*\*)? days\b/.test(rest)) return null;
  const inside = before === null ? new RegExp(String.raw`^(?:\*\*)? days in (?:the month of )?${MONTH}(?: (?<year>\d{4}))?\b`, 'u').exec(rest) : null;
  const month = monthOf(before?.groups?.['month'] ?? inside?.groups?.['month'] ?? '');
  if (month === 0) return null;
  const year = Number(/(?:19|20)\d\d/.exec(before?.[0] ?? inside?.[0] ?? '')?.[0] ?? 0);
  const right = month === 2 && year === 0 ? [28, 29] : [daysIn(month, year)];
  if (right.includes(value) || /\b(?:not|n['’]t|if|leap|suppose|work\w*|school|business)\b/i.test(left.slice(-80)) || /\b(?:left|remaining|free|of)\b/.test(rest.slice(5))) return null;
  return { start: at, end, expected: String(right[0]), confidence: 0.9, strategy: 'replace', reason: 'calendar' };
}

/** Behind such a word a year is no subject. */
const NO_SUBJECT = /(?:[\p{L}\p{N}.$€£#/-]|(?:\b(?:the|an?|this|that|its|our|every|each|in|since|by|from|to|until|till|through|between|before|after|during|for|around|of|circa|early|late|mid|about|than|on|at)|(?<![\p{L}])(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?: \d{1,2}(?:st|nd|rd|th)?)?),? )$/iu;

const LEAP_DENIED = /\b(?:if|whether|wrong\w*|incorrect\w*|claims?|believ\w+|think\w*|assum\w+|julian|bug|excel|lotus|treats?|and|or)\b/i;

function mayBeLeap(left: string, digits: string, next: string): boolean {
  if (next !== '' && (digits.length !== 4 || !" n'’".includes(next))) return false;
  return /^(?:1(?:[6-9]\d{0,2})?|2(?:[0-3]\d{0,2}|40{0,2})?)$/.test(digits) && !NO_SUBJECT.test(left.slice(-24)) && !LEAP_DENIED.test(left.slice(-80));
}

/** `1900 was a leap year`, `2024 is not a leap year`. */
function leapYear(window: FactWindow, end: number, value: number): Claim | null {
  const { left, at, text } = window;
  if (value < 1600 || value > 2400 || NO_SUBJECT.test(left.slice(-24))) return null;
  if (text.charAt(end) !== ' ' && end < window.limit) return null;
  const opening = text.slice(end, Math.min(end + 5, window.limit));
  if (![' is ', ' was ', ' will', " isn'", " wasn"].some((one) => one.startsWith(opening.slice(0, one.length)) || opening.startsWith(one))) return null;
  const match = /^ (?:is|was|will be)(?<not> not|n['’]t)? a leap year\b/.exec(window.ahead(end, 27));
  if (match === null) return null;
  const denied = match.groups?.['not'] !== undefined;
  if (isLeap(value) !== denied || LEAP_DENIED.test(left.slice(-80)) || /^\W{0,3}\?/.test(window.ahead(end + match[0].length, 4))) return null;
  const verb = / (?:is|was|will be)/.exec(match[0])?.[0] ?? ' is';
  const digits = text.slice(at, end);
  return { start: at, end: end + match[0].length, expected: `${digits}${verb}${denied ? '' : ' not'} a leap year`, confidence: 0.92, strategy: 'replace', reason: 'leap_year' };
}

const SPAN = /\b(?:from|between)(?: the year)? (?<from>1[5-9]\d\d|20\d\d) (?:to|and|until|till|through)(?: the year)? (?<to>1[5-9]\d\d|20\d\d),? ?(?:\(|=|(?:which |that |this )?(?:is|was|are|spans?|spanned|covers?|lasted|equals|makes|amounts to|gives)|(?:there (?:are|were))|(?:that|which)['’]s|a (?:period|span|total) of|for(?: a total of)?|spanning|lasting)(?: a (?:period|span|total) of)? (?:exactly )?(?:\*\*)?$/i;

function mayBeSpan(left: string): boolean {
  return /\d/.test(left.slice(-40)) && SPAN.test(left.slice(-100));
}

/** `from 1990 to 2005 is 25 years`; counting the first year or not, both are right. */
function yearSpan(window: FactWindow, end: number, value: number): Claim | null {
  const { left, at } = window;
  if (!/\d/.test(left.slice(-40))) return null;
  const groups = SPAN.exec(left.slice(-100))?.groups;
  if (groups === undefined) return null;
  if (!/^(?:\*\*)? years?\b(?! (?:old|younger|older))/.test(window.ahead(end, 20))) return null;
  const right = Number(groups['to']) - Number(groups['from']);
  if (right <= 0 || Math.abs(right - value) <= 1 || /\b(?:about|roughly|if|not)\b/i.test(left.slice(-24))) return null;
  return { start: at, end, expected: String(right), confidence: 0.9, strategy: 'replace', reason: 'duration' };
}
