import { clauseEnd, clauseSubject, scopeOf } from './claim-clauses.js';
import type { AmountValue, Fact } from './claim-facts.js';
import { NUMBER, numberFrom } from './claim-phrases.js';
import { stem } from './claim-stem.js';
import { nameKey, type SubjectTracker } from './claim-subject.js';

const BOUND = String.raw`(?:(about|around|approximately|roughly|nearly|almost|some|an estimated|estimated at|over|more than|at least|up to|at most|fewer than|less than|under)\s+)?`;
/** A number with its bound before and its scale behind it. */
export const AMOUNT = String.raw`${BOUND}(?:an?\s+total\s+of\s+|just\s+|only\s+|exactly\s+)?(?:US)?[$€£]?(${NUMBER})(?:\s+(hundred|thousand|million|billion|trillion))?`;

/** The value of what `AMOUNT` matched; null: no number. */
export function amountOf(bound: string | undefined, written: string, scale: string | undefined): AmountValue | null {
  const value = numberFrom(written, scale);
  if (value === null) return null;
  const word = (bound ?? '').toLowerCase();
  const kind = word === '' ? 'exact' : /^(?:over|more|at least)/.test(word) ? 'least' : /^(?:up to|at most|fewer|less|under)/.test(word) ? 'most' : 'about';
  return { kind: 'amount', value, bound: kind };
}

const POPULATION = new RegExp(String.raw`\bpopulation\b(?:\s+of\s+(?:the\s+)?\p{Lu}[\p{L} ]{1,40}?)?\s*,?\s*(?:is|was|of|stood at|stands at|has reached|reached|exceeds)\s+${AMOUNT}(?![\d-])`, 'u');
const INHABITANTS = new RegExp(String.raw`\b(?:home to|has|had|with|inhabited by)\s+${AMOUNT}\s+(?:people|inhabitants|residents)\b`, 'u');

function population(body: string, tracker: SubjectTracker, facts: Fact[]): void {
  const found = POPULATION.exec(body) ?? INHABITANTS.exec(body);
  if (found === null) return;
  const value = amountOf(found[1], found[2] as string, found[3]);
  let subject = clauseSubject(body, found.index + 1, tracker);
  const own = /^(?:the\s+|its\s+)?(?:(?:total|current|estimated)\s+)?population\s+(?:of\s+(?:the\s+)?(\p{Lu}[\p{L} ]{1,40}?)\s+)?(?:is|was|stood|has|of|stands|reached)\b/iu.exec(body.slice(0, 90));
  if (own !== null) subject = own[1] === undefined ? tracker.owner(true) : nameKey(own[1]);
  if (value !== null && subject !== '') facts.push({ subject, attribute: 'population', value, scope: (body.match(/\b(?:19|20)\d{2}\b/g) ?? []).join(' ') });
}

const UNITS: ReadonlyMap<string, string> = new Map(
  'meters:m metres:m meter:m metre:m m:m feet:ft foot:ft ft:ft kilometers:km kilometres:km km:km miles:mi mile:mi minutes:min minute:min hours:h hour:h years:y kg:kg kilograms:kg pounds:lb tons:t inches:in cm:cm centimeters:cm acres:acre hectares:ha'.split(' ').map((pair) => pair.split(':') as [string, string]),
);
const UNIT = String.raw`(square\s+|cubic\s+)?(${[...UNITS.keys()].join('|')})`;
const DIMENSION = new RegExp(String.raw`${AMOUNT}[\s-]+${UNIT}(?:\s*\([^)]{1,40}\))?[\s-]+(tall|high|long|wide|deep|in height|in length|in width|in depth|above sea level)\b`, 'u');
const MEASURED = new RegExp(String.raw`\b(height|length|width|depth|area|elevation|altitude|runtime|running time|weight|diameter)\b\s+(?:of|is|was)\s+${AMOUNT}[\s-]+${UNIT}\b`, 'u');
const NAMED: ReadonlyMap<string, string> = new Map([['tall', 'height'], ['high', 'height'], ['long', 'length'], ['wide', 'width'], ['deep', 'depth'], ['in height', 'height'], ['in length', 'length'], ['in width', 'width'], ['in depth', 'depth'], ['above sea level', 'elevation'], ['running time', 'runtime'], ['altitude', 'elevation']]);
const unitOf = (square: string | undefined, unit: string): string => `${square?.trim() ?? ''} ${UNITS.get(unit) ?? unit}`;

function measures(body: string, tracker: SubjectTracker, facts: Fact[]): void {
  const put = (at: number, name: string, unit: string, value: AmountValue | null): void => {
    const subject = clauseSubject(body, at, tracker);
    const scope = scopeOf(body.slice(at, clauseEnd(body, at)).replace(/^.{0,60}?\d[^a-z]*/, '').replace(/\sand\s.*$/, ''));
    if (value !== null && subject !== '') facts.push({ subject, attribute: `${NAMED.get(name) ?? name} ${unit}`, value, scope });
  };
  const one = DIMENSION.exec(body);
  if (one !== null) put(one.index, one[6] as string, unitOf(one[4], one[5] as string), amountOf(one[1], one[2] as string, one[3]));
  const other = MEASURED.exec(body);
  if (other !== null) put(other.index, other[1] as string, unitOf(other[5], other[6] as string), amountOf(other[2], other[3] as string, other[4]));
}

const HAVING: ReadonlyMap<string, string> = new Map(
  'has:has have:has had:has consists:has consisted:has contains:has contained:has comprises:has comprised:has includes:has included:has features:has featured:has composed:has divided:has made:has employs:employs won:won scored:scored ran:ran lasted:ran spanned:ran sold:sold wrote:wrote written:wrote published:published released:released recorded:recorded directed:directed'.split(' ').map((pair) => pair.split(':') as [string, string]),
);
const COUNT = new RegExp(
  String.raw`\b(${[...HAVING.keys()].join('|')})(?:\s+(?:of|into|up of|for))?\s+${AMOUNT}\s+((?:(?!of\b)[\p{L}-]+\s+){0,2}?)(children|people|members|men|women|grandchildren|series|\p{Ll}{3,}s)\b(?!-)`,
  'gu',
);
const KIN = new RegExp(String.raw`\b(?:his|her|their|father of|mother of)\s+(${NUMBER})\s+(children|sons|daughters|brothers|sisters|siblings|grandchildren)\b`, 'u');
/** Measures of time say how long, not how many there are; parts and repetitions add up. */
const NO_COUNT = /^(?:times?|years?|months?|weeks?|days?|hours?|minutes?|seconds?|percent|points|cents|dollars|ways|things|others|types|kinds|reasons|options|parts|forms|cases|steps|sides|this|is|was|has|does|goes|less|across|versus|plus|thus)$/;
/** What someone merely has may change from one sentence to the next: apples, as in a problem. These do not. */
const OWN = new Set(
  `children son daughter brother sister sibling grandchildren season episode track song chapter volume floor storey story member employee student island province state
  district moon planet satellite player layer level bit byte key degree title championship medal award letter syllable vowel electron proton neutron chamber bone leg arm side face
  edge vertex corner string hole court field gate platform track terminal runway room seat department faculty campus branch store office language dialect border county
  municipality region stage phase step act scene movement verse line page edition species genus chromosome isotope tributary lane station stop line mile km wing engine cylinder
  gear door window core thread register port pin slot wheel`.split(/\s+/).map(stem).concat('people', 'children', 'men', 'women', 'series'),
);
const SCOPED = /\b(?:with|from|by|per|each|every|for|until|between|during|against|only|remaining|left|more|additional|other|new|average|as of|when|if|above|below|underground|at|away|abroad)\b/;

/** What stands behind a comma tells of what was counted, unless it says when or where. */
const APPOSED = /,\s+(?!(?:in|on|at|for|from|with|by|during|as|per|of)\b).*$/s;

function yearsBefore(body: string, at: number): string {
  return (body.slice(0, at).match(/\b(?:1\d{3}|20\d{2})\b/g) ?? []).join(' ');
}

function counts(body: string, tracker: SubjectTracker, facts: Fact[]): void {
  COUNT.lastIndex = 0;
  for (let found = COUNT.exec(body); found !== null; found = COUNT.exec(body)) {
    const [, verb = '', bound, written = '', scale, more = '', noun = ''] = found;
    if ((verb === 'has' || verb === 'have' || verb === 'had') && !OWN.has(stem(noun))) continue;
    if (NO_COUNT.test(noun) && !(verb === 'ran' || verb === 'lasted')) continue;
    const value = amountOf(bound, written, scale);
    const subject = clauseSubject(body, found.index + 1 + verb.length + 1, tracker);
    const rest = body.slice(COUNT.lastIndex, clauseEnd(body, COUNT.lastIndex)).replace(APPOSED, '');
    if (value === null || subject === '' || SCOPED.test(more) || SCOPED.test(rest) || /\b(?:or|to)\s*$/.test(body.slice(0, found.index))) continue;
    const attribute = `${HAVING.get(verb) ?? verb} ${more.trim().split(/\s+/).map(stem).join(' ')} ${stem(noun)}`;
    facts.push({ subject, attribute, value, scope: scopeOf(`${yearsBefore(body, found.index)} ${rest}`) });
  }
  const kin = KIN.exec(body);
  if (kin === null) return;
  const owner = tracker.resolve({ kind: 'pronoun', word: 'he' }) || tracker.owner(false);
  const value = amountOf(undefined, kin[1] as string, undefined);
  if (owner !== '' && value !== null) facts.push({ subject: owner, attribute: `has  ${stem(kin[2] as string)}`, value, scope: '' });
}

/** How many there are of what, how large and how long something is, as `body` tells. */
export function amountFacts(body: string, tracker: SubjectTracker): Fact[] {
  const facts: Fact[] = [];
  if (/\b(?:also|another|additional|respectively|either|some of|grew|grown|rose|increased|decreased|declined|originally|initially|at first|at the time|now|previously|formerly|then|later)\b/i.test(body)) return facts;
  population(body, tracker, facts);
  measures(body, tracker, facts);
  counts(body, tracker, facts);
  return facts;
}
