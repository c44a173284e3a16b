import { OWN_SETUP as DENIED } from './fact-denied.js';
import { type Mention, mentions, wrongValue as wrong } from './fact-names.js';
import type { Claim, FactWindow } from './fact-window.js';

/** The cheap question asked of every sentence with a year. */
const RELEASE = /releas|appear|introduc|creat|launch|publish|debut|design|develop|unveil|invent|announc|open-sourc|found|dates? back|came out|been around|incepti|\((?:since|est)/i;
const VERBS = 'released|appeared|introduced|created|launched|published|debuted|designed|developed|unveiled|invented|announced|open-sourced|founded';
const MONTH = '(?:January|February|March|April|May|June|July|August|September|October|November|December)';
const FIRST = '(?:(?:very|first|initial|public|official|original) )*';
const EVENT = `${FIRST}(?:release|launch|debut|introduction|creation|inception)`;

/** Whether a sentence speaks of a release, of something whose year is known or that is still to be named. */
export function mayBeYear(sentence: string): boolean {
  if (OPENED.test(sentence)) return true;
  return RELEASE.test(sentence) && (YEAR_FIRST.test(sentence) || mentions('year', sentence).length === 1);
}

/** The year something was first released: `Python was first released in 1995`. */
export function checkYear(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (OPENED.test(sentence)) return yearOpens(window, numberEnd, value);
  if (!RELEASE.test(sentence)) return null;
  const found = mentions('year', sentence);
  const [only] = found;
  if (found.length === 0) return yearFirst(window, numberEnd, value, sentence);
  if (found.length !== 1 || only === undefined) return null;
  const gap = sentence.slice(only.end);
  if (gap.length > 110 || DENIED.test(gap) || /\d/.test(gap.replace(/\b\d{1,2},? $/, ''))) return null;
  if (!isReleased(sentence.slice(0, only.start), gap)) return null;
  if (!/^[`*]{0,3}(?:[\s.,;:)!]|$)/.test(window.ahead(numberEnd, 4)) || /^['’]?s\b/.test(window.ahead(numberEnd, 2))) return null;
  return wrong(window, numberEnd, only.fact, value, 0.88);
}

/** What may stand before a name that a sentence is about. */
const LEADS = /^(?:\W|\b(?:the|a|an|originally|programming|language|officially|initially|in|first|\w{1,12}ly|Facebook|Google|its|open[- ]source|project|while|so|history|for|example|created|creator|of|called|known|as)\b)*$/i;
const AT_YEAR = String.raw`(?:\b(?:in|since|to|of|on)(?: the year| early| late| mid-?)?(?: ${MONTH}(?: \d{1,2},)?)?|\() ?[\x60*]{0,3}$`;
const IN_YEAR = new RegExp(AT_YEAR, 'i');
/** `Python's first release was in`, `Python has been around since its release in`. */
const EVENT_BEHIND = new RegExp(String.raw`^["'”’\x60*]{0,3}(?:['’]?s)?(?: has (?:been (?:around|available|with us|in use|used|popular)|existed|grown|evolved|come a long way)[\w ,]{0,40}?)?,?(?: (?:since|with|at|upon|after|before|from|made))?(?: (?:its|the))? ${EVENT}(?: (?:was|came|happened|took place))?(?: back)? in(?: ${MONTH})? [\x60*]{0,3}$`, 'i');
/** `the release of Python in`, `the first version of Python appeared in`. */
// An introduction may be that of one's own.
const EVENT_BEFORE = new RegExp(String.raw`(?:^|\b(?:the|with|since|after|before|upon) )${FIRST}(?:release|launch|debut|creation|inception) of (?:the )?["'\x60*]{0,3}$`, 'i');
const VERSION_BEFORE = /\bfirst (?:public |official )?(?:version|release|prototype) of (?:the )?["'`*]{0,3}$/i;
const BY = String.raw`(?: (?:by|at) [A-Z][\w.]*(?: [\w.]+){0,3}?)?`;
const STRAIGHT = new RegExp(String.raw`^["'”’\x60*]{0,3}(?: (?:programming |scripting )?language)?${BY}(?: back)? in(?: ${MONTH})? [\x60*]{0,3}$`);
const ANOTHER = /^(?: (?!Programming|Language)[A-Z\d]|(?:['’]s)? (?:team|community|core|package|plugin|module|project['’]s|docs?|documentation|ecosystem|committee|developers?|maintainers?|users?|company|course|client|server|driver|port|app|extension|standard|foundation|conference|book)\b)/;
/** A verb without an object of its own: `released in`, `created by Guido van Rossum and first released in`, not `released hooks in`. */
const VERB_AT_END = new RegExp(String.raw`\b(?:${VERBS})(?: (?:back|publicly|officially|commercially))?(?:,? (?:by|at|as|to|for|under|within) [\w .,'’&-]{2,70})?[ ,(]*${AT_YEAR}`, 'i');
/** `Linus Torvalds released Git in`. */
const MAKER = /^(?:\W{0,4}|.*,\s)(?:(?:[A-Z][\w.-]*|van|von|de) ){1,4}(?:first |originally |initially |publicly |officially )?(?:released|introduced|created|launched|published|designed|developed|unveiled|invented|open-sourced) (?:the )?["'`*]{0,3}$/;

/** A sentence gives a name the year that follows as that of its release. */
function isReleased(before: string, gap: string): boolean {
  if (EVENT_BEFORE.test(before)) return STRAIGHT.test(gap);
  if (MAKER.test(before)) return STRAIGHT.test(gap);
  // `Docker Compose was introduced in`, `the React team released hooks in`: something of that name, or something else by its people.
  if (ANOTHER.test(gap)) return false;
  const own = before.slice(-60);
  if (!LEADS.test(own) && !VERSION_BEFORE.test(own)) return false;
  if (EVENT_BEHIND.test(gap)) return true;
  if (!/^["'”’`*]{0,3}(?: (?:programming |scripting )?language)?,?(?: (?:which )?(?:(?:was|is|has been|were) )?(?:(?:first|originally|initially|officially|publicly|created|designed|developed|conceived|publicly) (?:and )?)*|,? (?:a|an|the) [\w -]{3,40} | ?\()/.test(gap)) return false;
  if (!VERB_AT_END.test(gap) && !/(?:dates? back to|came out in|been around since|\((?:released|first released|since|est\.) ?)\s*$/i.test(gap)) return false;
  return IN_YEAR.test(gap);
}

const YEAR_FIRST = new RegExp(String.raw`^\W{0,3}(?:(?:(?:First|Originally|Initially) )?(?:[Rr]eleased|[Cc]reated|[Ll]aunched|[Ii]ntroduced|[Dd]eveloped|[Dd]esigned)\b[^.\d]{0,60}\bin|(?:Since|After|With|Upon|Before) its ${EVENT} in(?: ${MONTH})?) [\x60*]{0,3}$`);

/** `First released in 1995, Python is …`, `Released in 1995 by Sun, Java …`, `Since its release in 1995, Java …` */
function yearFirst(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (sentence.length > 90 || !YEAR_FIRST.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 48);
  const match = /^[`*]{0,3}(?: by [A-Z][\w. ]{2,24})?, (?:the )?[`*]{0,3}/.exec(behind);
  const first = mentions('year', behind)[0];
  if (match === null || first === undefined || first.start !== match[0].length || !standsAlone(behind, first)) return null;
  return wrong(window, numberEnd, first.fact, value, 0.85);
}

/** The name does not go on as that of something else: `React Native`, `Python 3`, `Docker Compose`, `Git's index`. */
function standsAlone(text: string, { end }: Mention): boolean {
  return !/^(?:[`*"]{0,3}[ -][A-Z\d]|['’])/.test(text.slice(end));
}

const OPENED = /^\W{0,3}In [`*]{0,3}$/;
const MAKES: ReadonlySet<string> = new Set('released introduced created launched published designed developed unveiled invented'.split(' '));
/** Words between the year and the verb: who it was, with a title. */
const MOST_MAKER = 5;

/** `In 1995, Sun released Java.` Reads a word at a time, so that a sentence about something else leaves at once. */
function yearOpens(window: FactWindow, numberEnd: number, value: number): Claim | null {
  let at = numberEnd + (window.ahead(numberEnd, 1) === ',' ? 1 : 0);
  for (let words = 0; words <= MOST_MAKER; words += 1) {
    if (window.ahead(at, 1) !== ' ') return null;
    const word = wordAt(window, at + 1);
    if (window.short) return null;
    if (MAKES.has(word)) return words === 0 ? null : opened(window, numberEnd, at + 1 + word.length, value);
    if (!/^[A-Z][\w.-]*$|^(?:van|von|de|the|at|of|team|and|engineers?|developers?)$/.test(word)) return null;
    at += 1 + word.length;
  }
  return null;
}

function opened(window: FactWindow, numberEnd: number, from: number, value: number): Claim | null {
  const behind = window.ahead(from, MOST_OPENED);
  const first = mentions('year', behind)[0];
  if (first === undefined || !/^ (?:the )?["`*]{0,3}$/.test(behind.slice(0, first.start)) || !standsAlone(behind, first)) return null;
  if (!/^["`*]{0,3}(?: (?:programming )?language)?(?:[.,;!]|$| (?:to|as|while|and|because|in order)\b)/.test(behind.slice(first.end))) return null;
  return wrong(window, numberEnd, first.fact, value, 0.85);
}

/** Units behind a verb in which the name stands and ends. */
const MOST_OPENED = 36;

function wordAt(window: FactWindow, from: number): string {
  let word = '';
  for (let next = window.ahead(from, 1); next !== '' && /[\w.-]/.test(next) && word.length < 24; next = window.ahead(from + word.length, 1)) word += next;
  return word.replace(/[.-]+$/, '');
}
