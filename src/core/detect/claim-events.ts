import { clauseStart } from './claim-clauses.js';
import type { Fact, FactValue } from './claim-facts.js';
import { dateAt, type DateValue, NAME, type NameValue } from './claim-phrases.js';
import { nameKey, referenceIn, type SubjectTracker } from './claim-subject.js';

/** How an event is read: with what is done to as subject, or with an object; which of its circumstances have one value. */
interface EventKind {
  readonly name: string;
  /** `done`: "X was founded", "A founded X". `self`: "X died". `object`: "X joined Y". */
  readonly form: 'done' | 'self' | 'object';
  /** Happens once for each country, edition or place that is named beside it. */
  readonly repeated?: true;
  /** Its doer is one. */
  readonly byOne?: true;
  /** With an object it is another event: "began in 1990", not "began his studies". */
  readonly bare?: true;
  /** Only of what it is done to: "was started", not "started". */
  readonly passive?: true;
}

const done = (name: string, more: Partial<EventKind> = {}): EventKind => ({ name, form: 'done', ...more });
const FOUNDED = done('founded', { byOne: true });
const WRITTEN = done('written', { byOne: true });
const EVENTS: ReadonlyMap<string, EventKind> = new Map([
  ['born', { name: 'born', form: 'self' }], ['died', { name: 'died', form: 'self' }], ['passed', { name: 'died', form: 'self' }],
  ['founded', FOUNDED], ['co-founded', FOUNDED], ['established', FOUNDED], ['formed', done('formed')], ['incorporated', done('incorporated')],
  ['released', done('released', { repeated: true })], ['published', done('published', { repeated: true })], ['premiered', { name: 'premiered', form: 'self', repeated: true }],
  ['debuted', { name: 'debuted', form: 'self', repeated: true }], ['opened', done('opened', { repeated: true })], ['completed', done('completed', { repeated: true })],
  ['built', done('built', { repeated: true })], ['constructed', done('built', { repeated: true })], ['inaugurated', done('inaugurated')], ['launched', done('launched', { repeated: true })],
  ['invented', done('invented', { byOne: true })], ['discovered', done('discovered', { byOne: true })], ['created', done('created', { byOne: true })],
  ['directed', done('directed', { byOne: true })], ['written', WRITTEN], ['wrote', WRITTEN], ['authored', WRITTEN], ['composed', done('composed', { byOne: true })], ['painted', done('painted', { byOne: true })],
  ['designed', done('designed', { byOne: true })], ['developed', done('developed', { byOne: true })], ['produced', done('produced', { byOne: true })],
  ['recorded', done('recorded', { repeated: true })], ['assassinated', done('died')], ['executed', done('died')], ['disbanded', { name: 'ended', form: 'self' }], ['dissolved', done('ended')],
  ['abolished', done('ended')], ['coined', done('coined', { byOne: true })], ['owned', done('owned', { byOne: true })], ['hosted', done('hosted', { byOne: true })], ['narrated', done('narrated', { byOne: true })],
  ['portrayed', done('portrayed', { byOne: true })], ['voiced', done('portrayed', { byOne: true })], ['sculpted', done('sculpted', { byOne: true })], ['preceded', done('preceded', { byOne: true })], ['succeeded', done('succeeded', { byOne: true })],
  ['joined', { name: 'joined', form: 'object' }], ['married', { name: 'married', form: 'object' }], ['retired', { name: 'retired', form: 'object' }], ['graduated', { name: 'graduated', form: 'object' }],
  ['elected', { name: 'elected', form: 'object' }], ['appointed', { name: 'appointed', form: 'object' }], ['acquired', { name: 'acquired', form: 'object' }], ['drafted', { name: 'drafted', form: 'object' }],
  ['moved', { name: 'moved', form: 'object' }], ['enrolled', { name: 'enrolled', form: 'object' }], ['emigrated', { name: 'moved', form: 'object' }], ['knighted', { name: 'knighted', form: 'self' }], ['signed', { name: 'signed', form: 'object' }],
  ['named', done('named')], ['located', done('located')], ['situated', done('located')], ['headquartered', done('headquartered')], ['based', done('headquartered')], ['set', done('set')], ['adapted', done('adapted')],
  ['came out', { name: 'released', form: 'self', repeated: true, bare: true }], ['set up', { ...FOUNDED, passive: true }], ['started', { ...FOUNDED, passive: true }], ['finished', done('completed', { repeated: true, passive: true })],
  ['erected', done('built', { repeated: true })], ['unveiled', done('unveiled', { repeated: true })], ['killed', done('died', { passive: true })],
  ['began', { name: 'began', form: 'self', repeated: true, bare: true }], ['ended', { name: 'over', form: 'self', repeated: true, bare: true }], ['broke out', { name: 'began', form: 'self', bare: true }],
]);

const TRIGGER = new RegExp(String.raw`\b(${[...EVENTS.keys()].join('|')})\b`, 'gi');
/** A definition, behind which its subject goes on: "X is a film", "X is a singer who". */
const DEFINED = /(?:\s+(?:is|was|are|were)|,)\s+(?:an?|the)\s+(?:(?!\b(?:of|for|by|with|to|at|from|near)\b)[^,;]){1,90}?(?:,?\s+(?:who|which|that))?$/;
const RELATIVE = /,?\s+(?:who|which|that)$/;
const AGAIN = /\b(?:also|again|another|re-?(?:released|elected|married|published|opened|joined|issued|founded|established|built)|second time|another|respectively|either|until|first time since)\b/i;

/** Events that `body` tells of, as facts. */
export function eventFacts(body: string, tracker: SubjectTracker, introDate: DateValue | null): Fact[] {
  const facts: Fact[] = [];
  if (AGAIN.test(body)) return facts;
  TRIGGER.lastIndex = 0;
  for (let found = TRIGGER.exec(body); found !== null; found = TRIGGER.exec(body)) {
    const kind = EVENTS.get((found[1] as string).toLowerCase()) as EventKind;
    const start = clauseStart(body, found.index);
    const before = body.slice(start, found.index);
    const event = { body, before, kind, at: TRIGGER.lastIndex, introDate: start === 0 ? introDate : null };
    if (!/\b(?:not|never|to|being|be|by|re)\s*$/i.test(before) && !/["“]$/.test(before)) read(event, tracker, facts);
  }
  return facts;
}

interface Event {
  readonly body: string;
  readonly before: string;
  readonly kind: EventKind;
  readonly at: number;
  readonly introDate: DateValue | null;
}

function subjectOf(before: string, tracker: SubjectTracker): string {
  const built = before.replace(/^(?:the\s+)?construction\s+(?:of|on)\s+/i, '');
  if (built !== before) return subjectOf(built, tracker);
  const auxless = before.replace(/[\s,(]*(?:\s(?:was|were|is|are|been|be|had|has|originally|first|officially|initially|jointly))*\s*$/, '');
  const direct = tracker.resolve(referenceIn(before.replace(/\s*\($/, '')));
  if (direct !== '') return direct;
  const bare = auxless.replace(DEFINED, '').replace(RELATIVE, '');
  return bare === auxless ? '' : tracker.resolve(referenceIn(bare.replace(DEFINED, '')));
}

const DOORS = /\s+(?:its|their)\s+(?:doors|gates)\b/y;
const AGREED = /\b(?:treaty|agreement|act|accords?|pact|declaration|contract|law|bill|constitution|charter|armistice|convention|document|deal)$/i;

function read(told: Event, tracker: SubjectTracker, facts: Fact[]): void {
  const event = asDone(told);
  const { kind, before, body, at } = event;
  if (kind.passive === true && !/\b(?:was|were|been|being)\s+(?:\w+ly\s+)?$/.test(before)) return;
  DOORS.lastIndex = at;
  if (kind.name === 'opened' && DOORS.test(body)) {
    const subject = subjectOf(before, tracker);
    if (subject !== '') circumstances(event, subject, DOORS.lastIndex, facts);
    return;
  }
  const passive = kind.form !== 'done' || /\b(?:was|were|is|are|been|being|be|first|originally|jointly)\s+(?:\w+ly\s+)?$/.test(before) || /[,(]\s*$|^$/.test(before) || DEFINED.test(before.trimEnd());
  if (kind.form === 'object') {
    readObject(event, subjectOf(before, tracker), facts);
    return;
  }
  if (passive) {
    let subject = before.trim() === '' ? participleSubject(body, tracker) : subjectOf(before, tracker);
    if (subject === '' && /\(\s*$/.test(before)) subject = tracker.resolve({ kind: 'rest' });
    if (subject !== '') circumstances(event, subject, at, facts);
    return;
  }
  const object = objectAt(body, at);
  if (object === null) return;
  const subject = tracker.resolve(referenceIn(object.text));
  if (subject === '') return;
  if (kind.byOne === true) {
    const doer = subjectOf(before, tracker);
    if (doer !== '' && !doer.startsWith('@') && !/^the | 's /.test(doer)) facts.push(fact(subject, `${kind.name} by`, { kind: 'name', parts: [doer] }, ''));
  }
  circumstances(event, subject, object.end, facts);
}

/** "The treaty was signed": a treaty signs nothing. */
function asDone(event: Event): Event {
  const { kind, before } = event;
  if (kind.name !== 'signed' || !AGREED.test(before.replace(/\s+(?:was|were)\s+(?:\w+ly\s+)?$/, ''))) return event;
  return { ...event, kind: SIGNED };
}

const SIGNED = done('signed');

/** "Born in 1950, X is a painter": the subject follows. */
function participleSubject(body: string, tracker: SubjectTracker): string {
  const main = /^[^,]{3,120}(?:,[^,]{1,40}){0,2}?,\s+((?:[Tt]he\s+)?(?:\p{Lu}[\p{L}.'’-]*\s+){1,5}|(?:he|she|it)\s+|the\s+(?:\p{Ll}+\s+){1,2}?)(?=(?:is|was|has|had|grew|began|became|won|wrote|made|took|\p{Ll}+(?:ed|s))\b)/u.exec(body);
  return main === null ? '' : tracker.resolve(referenceIn((main[1] as string).trim()));
}

const OBJECT = new RegExp(String.raw`\s+(?:the\s+)?((?:\p{Ll}+\s+){0,2}(?:["“][^"“”]{2,60}["”]|${NAME})|(?:the|this)\s+\p{Ll}+)`, 'uy');

function objectAt(body: string, at: number): { readonly text: string; readonly end: number } | null {
  OBJECT.lastIndex = at;
  const found = OBJECT.exec(body);
  return found === null ? null : { text: found[1] as string, end: OBJECT.lastIndex };
}

function fact(subject: string, attribute: string, value: FactValue, scope: string): Fact {
  return { subject, attribute, value, scope };
}

const SKIPPED = /\s*,?\s*(?:and raised|away|into (?:an? )?[\p{Ll}\s-]{1,40}?(?=\s+(?:in|on)\b)|to (?:[\p{L}\s.-]{1,60}?)(?=\s+(?:in|on)\b)|as (?:an?|the|its|their|his|her)\s+(?:[\p{Ll}-]+\s+){0,2}single|out|up|worldwide|exclusively|officially|peacefully|suddenly|prematurely|unexpectedly|together|there|here)(?=[\s,.;]|$)/uy;
const DATED = /\s*[,(]?\s*(?:(?:in|on|during|back in|as of|circa|around|about)\s+)?(?:the\s+)?(?:(?:year|month|spring|summer|autumn|fall|winter|early|late|mid)[\s-]+(?:of\s+)?)?/uy;
const BY = new RegExp(String.raw`\s*,?\s*by\s+(?:(?:the|an?|American|British|French|German|English|Italian|Japanese|Canadian|Australian)\s+)*(?:\p{Ll}+\s+){0,3}(${NAME}(?:(?:,|,?\s+and|\s*&)\s+${NAME})*)`, 'uy');
const PLACED = new RegExp(String.raw`\s*,?\s*(in|at|on|near|through|under|via|to|from|for|after|with|as)\s+(?:the\s+)?(?:(?:north|south|east|west|central|north-?east|north-?west|south-?east|south-?west)(?:ern)?\s+(?=\p{Lu}))?(?:(?:(?:small|large|\p{Ll}+ern)\s+)?(?:city|town|village|municipality|state|suburb|heart|outskirts|province|district)\s+of\s+)?["“]?(${NAME})["”]?((?:,\s*${NAME})*)`, 'uy');
const AGED = /\s*,?\s*(?:at\s+(?:the\s+)?age(?:\s+of)?|aged)\s+(\d{1,3})\b/uy;

/** What a value may be given for only with one of these before it. */
const PLACE_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['born', new Set(['in', 'at'])], ['signed', new Set(['in', 'at'])], ['died', new Set(['in', 'at'])], ['founded', new Set(['in'])], ['formed', new Set(['in'])], ['located', new Set(['in'])], ['headquartered', new Set(['in'])],
  ['based', new Set(['in'])], ['set', new Set(['in'])], ['premiered', new Set(['on', 'at'])], ['debuted', new Set(['on'])], ['released', new Set(['through', 'under', 'via'])], ['recorded', new Set(['at', 'in'])],
  ['named', new Set(['after', 'for'])], ['adapted', new Set(['from'])],
]);

interface Seen {
  date: DateValue | null;
  by: string | null;
  place: NameValue | null;
  scope: string;
}

/** Reads when, where and by whom, one after another, as far as they are understood. */
function circumstances(event: Event, subject: string, from: number, facts: Fact[]): void {
  const { body, kind } = event;
  const seen: Seen = { date: null, by: null, place: null, scope: '' };
  let at = from;
  for (let k = 0; k < MAX_CIRCUMSTANCES; k += 1) {
    const next = oneCircumstance(event, seen, at, subject, facts);
    if (next <= at) break;
    at = next;
  }
  if (kind.bare === true && at === from && !/^\s*(?:[,.;]|$)/.test(body.slice(at))) return;
  // "in 1950 or 1951"
  if (/^\s*(?:or|and (?:in|on|at|by))\b/.test(body.slice(at, at + 12))) return;
  const { name } = kind;
  const date = seen.date ?? event.introDate;
  const scope = kind.repeated === true ? seen.scope : '';
  // "released in 2000 in Japan": what follows and is not understood may be a scope, too.
  if (kind.repeated === true && /^[\s,]*(?:in|for|on|as|to|at|with)\b/.test(body.slice(at))) return;
  if (date !== null) facts.push(fact(subject, `${name} when`, date, scope));
  if (name === 'died') facts.push(fact(subject, 'dead', { kind: 'word', word: 'yes' }, ''));
  if (seen.place !== null) facts.push(fact(subject, `${name} where`, seen.place, name === 'released' ? seen.scope : ''));
  if (seen.by !== null && kind.byOne === true) facts.push(fact(subject, `${name} by`, { kind: 'name', parts: [seen.by] }, ''));
  else if (seen.by !== null && (name === 'released' || name === 'published')) facts.push(fact(subject, `${name} through`, { kind: 'name', parts: [seen.by] }, seen.scope));
}

const MAX_CIRCUMSTANCES = 6;

function oneCircumstance({ body, kind }: Event, seen: Seen, at: number, subject: string, facts: Fact[]): number {
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(body);
  };
  const skipped = matched(SKIPPED);
  if (skipped !== null) return SKIPPED.lastIndex;
  const aged = matched(AGED);
  if (aged !== null) {
    if (kind.name === 'died') facts.push(fact(subject, 'died aged', { kind: 'amount', value: Number(aged[1]), bound: 'exact' }, ''));
    return AGED.lastIndex;
  }
  const opening = matched(DATED);
  if (opening !== null) {
    const date = dateAt(body, DATED.lastIndex);
    if (date !== null) {
      if (seen.date === null && !/\b(?:circa|around|about)\b/.test(opening[0])) seen.date = date.value;
      return date.end;
    }
  }
  const by = matched(BY);
  if (by !== null) {
    if (/^\s*(?:,?\s*and|&|or)\s*(?:\p{Lu}|his\b|her\b|an?\b|the\b|others?\b|\d)/u.test(body.slice(BY.lastIndex))) return at;
    seen.by ??= nameKey(by[1] as string);
    return BY.lastIndex;
  }
  const placed = matched(PLACED);
  if (placed === null) return at;
  if (dateAt(placed[2] as string, 0) === null) putPlace(kind, placed, seen);
  return PLACED.lastIndex;
}

function putPlace(kind: EventKind, placed: RegExpExecArray, seen: Seen): void {
  const word = placed[1] as string;
  const parts = [placed[2] as string, ...(placed[3] as string).split(',').map((part) => part.trim()).filter((part) => part !== '')];
  if (seen.place === null && PLACE_WORDS.get(kind.name)?.has(word) === true) {
    seen.place = { kind: word === 'in' ? 'place' : 'name', parts };
  } else seen.scope += `${word} ${nameKey(parts.join(' '))};`;
}

const THING = new RegExp(String.raw`\s+(?:as\s+|to\s+|from\s+|with\s+|for\s+|by\s+)?(?:the\s+|an?\s+|his\s+|her\s+|its\s+)?((?:[\p{Ll}-]+\s+){0,3}?(?:${NAME}|[\p{Ll}-]+(?=\s+(?:in|on)\s+(?:\p{Lu}\p{Ll}+\s+)?\d)))`, 'uy');

/** "X joined Y in 1999": once for each Y. */
function readObject({ body, kind, at, introDate }: Event, subject: string, facts: Fact[]): void {
  if (subject === '') return;
  THING.lastIndex = at;
  const thing = THING.exec(body);
  const end = thing === null ? at : THING.lastIndex;
  const rest = body.slice(end, end + 80);
  const dated = /^\s*,?\s*(?:in|on)\s+/.exec(rest);
  const date = dated === null ? introDate : (dateAt(body, end + dated[0].length)?.value ?? null);
  if (date === null || /\bfrom\b/.test(rest)) return;
  const key = thing === null ? '' : nameKey((thing[1] as string).replace(/^(?:\p{Ll}[\p{L}-]*\s+)+(?=\p{Lu})/u, ''));
  if (key === '' && kind.name !== 'retired') return;
  facts.push(fact(subject, `${kind.name} ${key}`, date, ''));
}
