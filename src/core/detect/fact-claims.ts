import { checkListedPort, checkPort, mayBeListed, mayBePort } from './fact-ports.js';
import { checkRfc } from './fact-rfcs.js';
import type { Claim, FactWindow } from './fact-window.js';
import { checkYear, mayBeYear } from './fact-years.js';

/** Whether the line before the number at hand speaks of something whose number is registered. */
export function mayBeRegistered(window: FactWindow, digits: string): boolean {
  if (!/^\d{1,5}$/.test(digits) || window.fenced) return false;
  const sentence = sentenceOf(window.left);
  if (IS_RFC.test(window.left) || mayBePort(sentence)) return true;
  return (/^(?:1$|19|2$|20)/.test(digits) && mayBeYear(yearPart(sentence))) || mayBeListed(window);
}

/** A port, RFC number or year that a sentence gives to something whose number is registered. */
export function checkRegistered(window: FactWindow, numberEnd: number): Claim | null {
  const { text, at, left } = window;
  const digits = text.slice(at, numberEnd);
  if (!/^\d{2,5}$/.test(digits) || window.fenced) return null;
  const value = Number(digits);
  if (IS_RFC.test(left)) return checkRfc(window, numberEnd, value, sentenceOf(left));
  const sentence = sentenceOf(left);
  if (mayBePort(sentence)) {
    const claim = checkPort(window, numberEnd, value, sentence);
    if (claim !== null || window.short) return claim;
  }
  if (digits.length === 4 && value >= 1940 && value <= 2035) return checkYear(window, numberEnd, value, yearPart(sentence));
  return checkListedPort(window, numberEnd, value);
}

const IS_RFC = /\bRFC[ -]?$/i;
const yearPart = (sentence: string): string => sentence.replace(/^.*:\s+(?=\S)/s, '');

/** Units of a sentence before a number that are looked at. */
const MOST_SENTENCE = 200;

function sentenceOf(line: string): string {
  const left = line.length > MOST_SENTENCE ? line.slice(-MOST_SENTENCE) : line;
  let start = 0;
  for (const match of left.matchAll(/[.!?;]["'”’)]?\s+(?=\S)/g)) start = match.index + match[0].length;
  return start === 0 ? left : left.slice(start);
}
