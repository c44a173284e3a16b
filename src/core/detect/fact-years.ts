import { OWN_SETUP as DENIED } from './fact-denied.js';
import { mentions, wrongValue as wrong } from './fact-names.js';
import type { Claim, FactWindow } from './fact-window.js';

/** The cheap question asked of every sentence with a year. */
const RELEASE = /releas|appear|introduc|creat|launch|publish|debut|design|develop|unveil|invent|announc|open-sourc|found|dates? back|came out|been around|\((?:since|est)/i;
const YEAR_VERB = /\b(?:released|appeared|introduced|created|launched|published|debuted|designed|developed|unveiled|invented|announced|open-sourced|founded)\b/i;

/** Whether a sentence speaks of a release, of something whose year is known or that is still to be named. */
export function mayBeYear(sentence: string): boolean {
  return RELEASE.test(sentence) && (YEAR_FIRST.test(sentence) || mentions('year', sentence).length === 1);
}

/** The year something was first released: `Python was first released in 1995`. */
export function checkYear(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (!RELEASE.test(sentence)) return null;
  const found = mentions('year', sentence);
  const [only] = found;
  if (found.length === 0) return yearFirst(window, numberEnd, value, sentence);
  if (found.length !== 1 || only === undefined) return null;
  const gap = sentence.slice(only.end);
  const before = sentence.slice(0, only.start);
  if (!/^(?:\W|\b(?:the|a|an|originally|programming|language|officially|initially|in|first|\w{1,12}ly|Facebook|Google|its|open[- ]source|project|while|so|history|for|example|created|creator|of|called|known|as)\b)*$/i.test(before.slice(-60))) return null;
  if (gap.length > 110 || DENIED.test(gap) || /\d/.test(gap.replace(/\b\d{1,2},? $/, ''))) return null;
  if (!/^["'”’`*]{0,3}(?: (?:programming |scripting )?language)?,?(?: (?:which )?(?:(?:was|is|has been|were) )?(?:(?:first|originally|initially|officially|publicly|created|designed|developed|conceived|publicly) (?:and )?)*|,? (?:a|an|the) [\w -]{3,40} )/.test(gap)) return null;
  if (!YEAR_VERB.test(gap) && !/(?:dates? back to|came out in|been around since|\((?:released|first released|since|est\.) ?)\s*$/i.test(gap)) return null;
  if (!/(?:\b(?:in|since|to|of|on)(?: the year| early| late| mid-?)?(?: (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{1,2},)?)?|\() ?[`*]{0,3}$/i.test(gap)) return null;
  if (!/^[`*]{0,3}(?:[\s.,;:)!]|$)/.test(window.ahead(numberEnd, 4)) || /^['’]?s\b/.test(window.ahead(numberEnd, 2))) return null;
  return wrong(window, numberEnd, only.fact, value, 0.88);
}

const YEAR_FIRST = /^\W{0,3}(?:(?:First|Originally|Initially) )?(?:[Rr]eleased|[Cc]reated|[Ll]aunched|[Ii]ntroduced|[Dd]eveloped|[Dd]esigned)\b[^.\d]{0,60}\bin [`*]{0,3}$/;

/** `First released in 1995, Python is …`, `Released in 1995 by Sun, Java …` */
function yearFirst(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (sentence.length > 90 || !YEAR_FIRST.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 48);
  const match = /^[`*]{0,3}(?: by [A-Z][\w. ]{2,24})?, (?:the )?[`*]{0,3}/.exec(behind);
  const first = mentions('year', behind)[0];
  if (match === null || first === undefined || first.start !== match[0].length) return null;
  return wrong(window, numberEnd, first.fact, value, 0.85);
}
