import { beginsNumberWord, isNumberWord } from './arithmetic-words.js';
import { beginsWeekday } from './fact-weekdays.js';

/** Units before a place that a trigger may look at. */
export const TRIGGER_BACK = 16;

const OTHER = 0;
const DIGIT = 1;
/** Letters that a number word or a media type begins with. */
const SMALL = 2;
/** Letters that a weekday begins with. */
const CAPITAL = 3;

/** `Node`, of which a sentence says what is part of it. */
const NODE = 4;

const KINDS = new Uint8Array(128);
for (const digit of '0123456789') KINDS[digit.charCodeAt(0)] = DIGIT;
for (const letter of 'aefhimnostvz') KINDS[letter.charCodeAt(0)] = SMALL;
for (const letter of 'FMSTW') KINDS[letter.charCodeAt(0)] = CAPITAL;
KINDS['N'.charCodeAt(0)] = NODE;

/** Words behind which a value in words may stand. */
export const BEFORE_VALUE: ReadonlySet<string> = new Set('is are was were be equals equal to gives give makes make yields totals leaves becomes get have obtain produces returns sums us you exactly about approximately roughly of as type the with a an on only use uses expects has have'.split(' '));
/** Words behind which `Node` may be what something is said to be part of. */
export const BEFORE_NODE: ReadonlySet<string> = new Set('in into with of the core native standard builtin party external'.split(' '));
/** Signs right behind which a value may stand, and signs behind which it may after a blank. */
export const OPENS_VALUE = '"\'`*|:=→>(\n';
export const SIGNS_VALUE = '=≈|:→>.';
export const MEDIA_TOPS = ['application', 'text', 'image', 'audio', 'video', 'font'] as const;
const SPACE = 0x20;
const SLASH = 0x2f;

/**
 * The first place at or behind `from` where a fact may be stated: a digit, a number in words or a media type behind what gives a value, a
 * weekday. It depends on the text around the place alone, of which `TRIGGER_BACK` units before it are enough; -1: nowhere.
 */
export function nextTrigger(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const kind = unit < 128 ? KINDS[unit] : OTHER;
    if (kind === OTHER) continue;
    if (kind === DIGIT) return at;
    const before = at === 0 ? SPACE : text.charCodeAt(at - 1);
    if (isWordUnit(before)) continue;
    if (kind === NODE) {
      if (before === SPACE && beginsNode(text, at) && BEFORE_NODE.has(wordBefore(text, at - 1))) return at;
      continue;
    }
    if (isValuePlace(text, at, before) && (kind === CAPITAL ? beginsWeekday(text, at) : opensValue(text, at))) return at;
  }
  return -1;
}

function isWordUnit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f || unit > 0x24f;
}

function isValuePlace(text: string, at: number, before: number): boolean {
  if (before !== SPACE) return OPENS_VALUE.includes(text.charAt(at - 1));
  const word = wordBefore(text, at - 1);
  return word === '' ? SIGNS_VALUE.includes(text.charAt(at - 2)) : BEFORE_VALUE.has(word);
}

/** The word that ends at `end`, in small letters. */
function wordBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < TRIGGER_BACK - 2 && isLetter(text.charCodeAt(start - 1))) start -= 1;
  return text.slice(start, end).toLowerCase();
}

function beginsNode(text: string, at: number): boolean {
  const piece = text.slice(at, at + 4);
  return piece === 'Node' || (at + piece.length === text.length && 'Node'.startsWith(piece));
}

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
}

/** The word at `at` is a number or a media type, or may still become one. */
function opensValue(text: string, at: number): boolean {
  let end = at;
  while (end < text.length && end - at < 12 && isLetter(text.charCodeAt(end))) end += 1;
  const word = text.slice(at, end);
  if (end === text.length) return beginsNumberWord(word) || MEDIA_TOPS.some((top) => top.startsWith(word));
  return isNumberWord(word) || (text.charCodeAt(end) === SLASH && (MEDIA_TOPS as readonly string[]).includes(word));
}
