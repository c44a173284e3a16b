import { stem } from './claim-stem.js';
import { MONTHS } from './claim-words.js';

/** One value of an attribute that has only one: when someone was born, who directed a film. */
export interface ValueClaim {
  readonly subject: string;
  readonly attribute: string;
  readonly value: ClaimedValue;
}

export type ClaimedValue =
  | { readonly kind: 'date'; readonly year: number | null; readonly month: string | null; readonly day: number | null }
  | { readonly kind: 'name'; readonly words: ReadonlySet<string> }
  | { readonly kind: 'reply'; readonly word: string };

interface Kept {
  readonly claim: ValueClaim;
  readonly text: string;
}

/** Values kept of one answer; the latest. */
const MAX_VALUES = 512;

const AUX = /^(.{2,80}?)\s+(?:was|were)\s+(?:(?:first|originally|officially|initially|formally)\s+)?(born|founded|established|formed|released|published|invented|discovered|written|directed|painted|composed|won|assassinated|completed|incorporated)\b\s*(.*)$/;
const DIED = /^(.{2,80}?)\s+(died|passed away)\b\s*(.*)$/;
const BORN = /^(\p{Lu}[\p{L}.' -]{2,60}?)\s+\((born)\s+([^)]{4,40})\)/u;
const DATE = /^(?:in|on)?\s*(?:the\s+(?:month|year)\s+of\s+)?(?:(\p{Lu}\p{L}{2,8})\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})|(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(\p{Lu}\p{L}{2,8}),?\s+(\d{4})|(\p{Lu}\p{L}{2,8}),?\s+(\d{4})|(\d{4}))(?=[\s,.;)]|$)/u;
const AGENT = /^by\s+(?:the\s+)?((?:\p{Lu}[\p{L}.'’-]*\s*){1,5})/u;
const PLACE = /^in\s+(?:the\s+)?(?:\p{Lu}[\p{L}.'’-]*[\s,]*){1,6}\s*(?=in\s+\d{4}|on\s+\p{Lu})/u;
const FOUNDING = new Set(['founded', 'established', 'formed']);
/** What is dated may have been so once in each country or edition; a word like these behind the date says so. */
const ONE_OF_MANY = /^[\s,]*(?:in|for|on|as|to|by|under|at|with|through)\b/;
const REPEATED = new Set(['released', 'published', 'completed', 'formed', 'established']);
const REPLY = /^(?:so|therefore|thus|hence|in (?:short|summary|conclusion)|overall|to (?:conclude|summarize))?,?\s*(?:the (?:short |final |correct )?answer (?:to (?:this|the|your) question )?is:?,?\s+)(?:["“*])*(yes|no)\b/i;
const FINAL_REPLY = /^(?:so|therefore|thus|hence|in (?:short|summary|conclusion)|overall),\s*(yes|no)(?=[,.!;])/i;

/** Keeps the values of an answer's attributes and finds two that exclude each other. */
export class ValueBook {
  readonly #kept = new Map<string, Kept[]>();
  #count = 0;
  /** The one whom `he` or `she` means: the last subject that was named. */
  #named = '';
  #sentences = 0;

  /** The earlier sentence that gives another value; null: none does. Changes nothing. */
  contradicted(body: string): string | null {
    const claim = this.#read(body);
    if (claim === null) return null;
    for (const { claim: earlier, text } of this.#kept.get(claim.attribute) ?? []) {
      if (sameSubject(earlier.subject, claim.subject) && excludes(earlier.value, claim.value)) return text;
    }
    return null;
  }

  /** Takes the next sentence in. */
  add(body: string, text: string): void {
    const claim = this.#read(body);
    this.#sentences += 1;
    const subject = /^((?:The\s+)?\p{Lu}[\p{L}\p{N}.'’-]*(?:\s+(?:of\s+|the\s+)?\p{Lu}[\p{L}\p{N}.'’-]*){0,5})(?:\s+\([^)]*\))?,?\s+(?:is|was|were|are|has|had|\p{Ll}+ed)\b/u.exec(body)?.[1];
    if (subject !== undefined && !/^(?:He|She|It|They|His|Her|This|That|There|In|On|The)$/.test(subject)) this.#named = subjectKey(subject);
    else if (!/^(?:He|She|It)\b/.test(body)) this.#named = '';
    if (claim === null || this.#count >= MAX_VALUES) return;
    const kept = this.#kept.get(claim.attribute);
    if (kept === undefined) this.#kept.set(claim.attribute, [{ claim, text }]);
    else kept.push({ claim, text });
    this.#count += 1;
  }

  #read(body: string): ValueClaim | null {
    const reply = (this.#sentences === 0 ? /^(yes|no)[,.!]/i : FINAL_REPLY).exec(body) ?? REPLY.exec(body);
    if (reply !== null) return { subject: 'answer', attribute: 'answer', value: { kind: 'reply', word: (reply[1] as string).toLowerCase() } };
    const [, who = '', verb = '', rest = ''] = BORN.exec(body) ?? AUX.exec(body) ?? DIED.exec(body) ?? [];
    if (verb === '' || /\bnot\b|\bnever\b/.test(body)) return null;
    const subject = /^(?:He|She)$/.test(who) ? this.#named : subjectKey(who);
    return subject === '' ? null : valueOf(subject, verb, rest);
  }
}

function valueOf(subject: string, verb: string, rest: string): ValueClaim | null {
  const agent = AGENT.exec(rest);
  if (agent !== null) {
    if (/^\s*(?:and|,|&|or|with)/.test(rest.slice(agent[0].length)) || verb === 'established' || verb === 'formed' || verb === 'released' || verb === 'published') return null;
    const words = new Set((agent[1] as string).toLowerCase().match(/\p{L}{2,}/gu));
    return words.size === 0 ? null : { subject, attribute: `${verb} by`, value: { kind: 'name', words } };
  }
  const dated = rest.replace(PLACE, '');
  const date = DATE.exec(dated);
  if (date === null || ['written', 'directed', 'painted', 'composed', 'won'].includes(verb)) return null;
  if (REPEATED.has(verb) && ONE_OF_MANY.test(dated.slice(date[0].length))) return null;
  const month = (date[1] ?? date[5] ?? date[7])?.toLowerCase() ?? null;
  if (month !== null && !MONTHS.has(month)) return null;
  const day = date[2] ?? date[4];
  const attribute = `${FOUNDING.has(verb) ? 'founded' : verb === 'passed away' ? 'died' : verb} when`;
  return { subject, attribute, value: { kind: 'date', year: Number(date[3] ?? date[6] ?? date[8] ?? date[9]), month, day: day === undefined ? null : Number(day) } };
}

const KIND = /^(?:novel|film|movie|book|song|album|painting|company|band|singer|author|actor|actress|writer|city|play|opera|symphony|poem)\s+(?=\p{Lu}|["“*])/u;

/** The subject without articles and brackets; empty: it is no name, so it may be another one each time. */
function subjectKey(subject: string): string {
  const plain = subject.replace(/\([^)]*\)/g, ' ').replace(/^(?:the|an?)\s+/i, '').replace(KIND, '');
  if (/[,;:"“]|\b(?:who|which|that|and|or|when|if|he|she|it|they|this|his|her|its|their|another|first|second)\b/i.test(plain)) return '';
  if (!/\p{Lu}/u.test(plain)) return '';
  return (plain.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []).map(stem).join(' ');
}

function sameSubject(one: string, other: string): boolean {
  return one === other || (one.includes(' ') !== other.includes(' ') && (one.endsWith(` ${other}`) || other.endsWith(` ${one}`)));
}

function excludes(one: ClaimedValue, other: ClaimedValue): boolean {
  if (one.kind === 'date' && other.kind === 'date') {
    const apart = <T>(a: T | null, b: T | null): boolean => a !== null && b !== null && a !== b;
    return apart(one.year, other.year) || apart(one.month, other.month) || apart(one.day, other.day);
  }
  if (one.kind === 'name' && other.kind === 'name') return [...one.words].every((word) => !other.words.has(word));
  return one.kind === 'reply' && other.kind === 'reply' && one.word !== other.word;
}
