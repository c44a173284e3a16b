import { FACT_PACKS, type FactKind, type PackFact } from '../truth/fact-packs.js';
import type { Claim, FactWindow } from './fact-window.js';

/** A claim is taken back, or is about one's own set-up: nothing to check against a pack. */
const DENIED = /\b(?:not|never|n['’]t|instead|rather|wrong(?:ly)?|incorrect(?:ly)?|unlike|custom|alternat\w+|non-?standard|forward\w*|mapp?\w*|expose\w*|proxy|proxies|chang\w+|configured?|set|override\w*|if|unless|whereas|while|obsolete\w*|replac\w+|supersed\w+|updat\w+|deprecat\w+|formerly|previously|predecessor|draft|successor|extension|based on|inspired|interpreter|book|conference|library|framework|version|edition|support|foundation)\b/i;
/** Other ports that are so usual for a web server that naming one is no error. */
const USUAL_PORTS = new Set([8080, 8000, 8443, 3000, 5000, 8888, 8081, 4443, 2222, 9000, 8008, 1080, 9443, 4000, 5173, 4200, 3001, 5001, 2121, 5353]);
const YEAR_VERB = /\b(?:released|appeared|introduced|created|launched|published|debuted|designed|developed|unveiled|invented)\b/i;

interface Names {
  readonly pattern: RegExp;
  readonly facts: readonly PackFact[];
}

const NAMES: Readonly<Record<FactKind, Names>> = { port: namesOf('port'), rfc: namesOf('rfc'), year: namesOf('year') };

function namesOf(kind: FactKind): Names {
  const facts = FACT_PACKS.filter((fact) => fact.kind === kind);
  const source = facts.map(({ names }) => `(${names})`).join('|');
  return { pattern: new RegExp(`(?<![\\p{L}\\p{N}_/.#+-])(?:${source})(?![\\p{L}\\p{N}_+#-]|\\.\\p{N})`, 'gu'), facts };
}

interface Mention {
  readonly fact: PackFact;
  readonly start: number;
  readonly end: number;
}

function mentions(kind: FactKind, text: string): Mention[] {
  const { pattern, facts } = NAMES[kind];
  return [...text.matchAll(pattern)].map((match) => {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    return { fact: facts[index] as PackFact, start: match.index, end: match.index + match[0].length };
  });
}

/** A port, RFC number or year that a sentence gives to something whose number is registered. */
export function checkRegistered(window: FactWindow, numberEnd: number): Claim | null {
  const { text, at, left } = window;
  const digits = text.slice(at, numberEnd);
  if (!/^\d{2,5}$/.test(digits) || window.fenced) return null;
  const value = Number(digits);
  const sentence = left.slice(sentenceStart(left));
  if (/\bRFC[ -]?$/i.test(left)) return checkRfc(window, numberEnd, value, sentence);
  if (/\bports?\b/i.test(sentence.slice(-48)) || /\bport\b/i.test(sentence)) return checkPort(window, numberEnd, value, sentence);
  return digits.length === 4 && value >= 1940 && value <= 2035 ? checkYear(window, numberEnd, value, sentence) : null;
}

function sentenceStart(left: string): number {
  let start = 0;
  for (const match of left.matchAll(/[.!?;]["'”’)]?\s+(?=\S)/g)) start = match.index + match[0].length;
  return start;
}

function wrong(window: FactWindow, numberEnd: number, fact: PackFact, value: number, confidence: number): Claim | null {
  if (fact.values.includes(value)) return null;
  // One beside a document that texts cite as well: that one was meant.
  const beside = fact.kind === 'rfc' ? fact.values.filter((one) => Math.abs(one - value) === 1) : [];
  const right = beside.length === 1 ? beside[0] : fact.values[0];
  if (right === undefined) return null;
  return { start: window.at, end: numberEnd, expected: String(right), confidence, strategy: window.inline ? 'report' : 'replace', reason: fact.kind };
}

const RFC_LINK = /^["'”’`*)]{0,3}(?: (?:protocol|standard|specification|spec|format|tokens?|syntax|headers?))?(?:,? ?(?:\(|(?:which )?(?:is|was|are|were)(?: currently| formally| originally)? (?:defined|specified|standardi[sz]ed|described|documented|published|codified) (?:in|by|as)|as (?:defined|specified|described|standardi[sz]ed) (?:in|by)|(?:is|:|–|-|—)|, ?|per|(?:defined|specified|standardi[sz]ed) (?:in|by|as))) ?(?:the )?(?:IETF )?[`*[]{0,3}RFC[ -]?$/i;

function checkRfc(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  const found = mentions('rfc', sentence);
  const last = found[found.length - 1];
  if (last !== undefined) {
    const gap = sentence.slice(last.end);
    const near = found[found.length - 2];
    const listed = near !== undefined && near.fact !== last.fact && last.start - near.end < 6;
    if (RFC_LINK.test(gap) && !listed && !DENIED.test(sentence.slice(Math.max(0, last.start - 40)))) return wrong(window, numberEnd, last.fact, value, 0.93);
    return null;
  }
  if (DENIED.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 64);
  const link = /^[`*\]"”]{0,3}(?: ?\((?=[^)]{1,40}\))|:? (?:formally |officially )?(?:defines|specifies|describes|standardi[sz]es|is the (?:specification|standard|spec) (?:for|of)) (?:the )?| [–—-] |: |, (?=[A-Z]))["“`*]{0,3}/.exec(behind);
  if (link === null) return null;
  const first = mentions('rfc', behind)[0];
  return first !== undefined && first.start === link[0].length && !/^[^.]{0,20}\b(?:extension|header|over|for|using|with|profile|and)\b/i.test(behind.slice(first.end)) ? wrong(window, numberEnd, first.fact, value, 0.9) : null;
}

const PORT_LINK = /^["'”’`*]{0,3}(?:['’]s?)?(?: (?:protocol|server|servers|service|traffic|connections?|database|daemon|databases|itself))?,? ?(?:\(?(?:is |are |and )?(?:(?:typically|usually|normally|generally|commonly|always|by default|standardly) )?(?:uses?|using|runs? on|running on|listens? on|listening on|operates? (?:on|over)|defaults? to|is assigned(?: to)?|is served on|communicates? (?:on|over)|works? on|on|over|via|has|is on)? ?(?:by default )?(?:its |the |a )?(?:(?:default|standard|well-known|official) )?(?:(?:TCP|UDP|TCP\/UDP) )?(?:port(?: number)?)(?: (?:is|of)|:| =)? ?(?:(?:TCP|UDP) )?)[`*]{0,3}$/i;

function checkPort(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (DENIED.test(sentence) || value > 65_535 || USUAL_PORTS.has(value)) return null;
  const found = mentions('port', sentence);
  const byDefault = /\b(?:default|standard|well-known)\b/i;
  const [only] = found;
  if (found.length === 1 && only !== undefined) {
    const gap = sentence.slice(only.end);
    const said = byDefault.test(sentence);
    const definite = /\b(?:uses|runs on|listens on|operates on|operates over|works on|is assigned|defaults to)\b/i.test(gap) || /^ ?\(/.test(gap);
    if (PORT_LINK.test(gap) && !said && only.fact.ownChoice === true) return /^[`*]{0,3} by default/.test(window.ahead(numberEnd, 14)) ? wrong(window, numberEnd, only.fact, value, 0.93) : null;
    if (PORT_LINK.test(gap) && (said || definite)) return wrong(window, numberEnd, only.fact, value, said ? 0.93 : 0.88);
    // "The default port for PostgreSQL is 3306"
    const before = sentence.slice(0, only.start);
    if (/\b(?:default|standard|well-known|official) (?:(?:TCP|UDP) )?port(?: number)? (?:for|of|used by)(?: the| an?)? ?[`*]{0,3}$/i.test(before) && /^[`*]{0,3}(?: (?:server|servers|traffic|connections?|databases?|protocol|service))?,? ?(?:is|=|:)? ?(?:(?:TCP|UDP) )?(?:port )?[`*]{0,3}$/i.test(gap)) return wrong(window, numberEnd, only.fact, value, 0.95);
    return null;
  }
  // "port 80 for HTTPS", "port 23 (SSH)"
  if (found.length > 0 || !/\bport[ :]\s?[`*]{0,3}$/i.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 48);
  const link = /^[`*]{0,3}(?: (?:is (?:the )?(?:default|standard|well-known)(?: port)? for|is (?:used|reserved|assigned) (?:for|by|to)|is for|for)(?: the)? | ?\(|: | [–—-] )[`*]{0,3}/i.exec(behind);
  const first = mentions('port', behind)[0];
  if (link === null || first === undefined || first.start !== link[0].length) return null;
  if (/^(?: (?:for|–|—|-) | ?\(|: )/.test(link[0]) && !PORT_KNOWN.has(value)) return null;
  return /^[^.]{0,4}(?:\/|or |and |over |proxy|,)/.test(behind.slice(first.end)) ? null : wrong(window, numberEnd, first.fact, value, 0.9);
}

/** Ports that belong to something else in the pack: naming one of these is a mix-up, not a choice of one's own. */
const PORT_KNOWN = new Set(FACT_PACKS.filter(({ kind }) => kind === 'port').flatMap(({ values }) => values));

function checkYear(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  const found = mentions('year', sentence);
  const [only] = found;
  if (found.length !== 1 || only === undefined) return null;
  const gap = sentence.slice(only.end);
  const before = sentence.slice(0, only.start);
  if (!/^(?:\W|\b(?:the|a|an|originally|programming|language|officially|initially|in|first|\w{1,12}ly|Facebook|Google|its|open[- ]source|project|while|so|history|for|example|created|creator|of|called|known|as)\b)*$/i.test(before.slice(-60))) return null;
  if (gap.length > 110 || DENIED.test(gap) || /\d/.test(gap.replace(/\b\d{1,2},? $/, ''))) return null;
  if (!/^["'”’`*]{0,3}(?: (?:programming |scripting )?language)?,?(?: (?:which )?(?:(?:was|is) )?(?:(?:first|originally|initially|officially|publicly|created|designed|developed|conceived|publicly) (?:and )?)*|,? (?:a|an|the) [\w -]{3,40} )/.test(gap)) return null;
  if (!YEAR_VERB.test(gap) && !/(?:dates? back to|came out in|\((?:released|first released|since|est\.) ?)\s*$/i.test(gap)) return null;
  if (!/(?:\b(?:in|since|to|of|on)(?: the year| early| late| mid-?)?(?: (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{1,2},)?)?|\() ?[`*]{0,3}$/i.test(gap)) return null;
  if (!/^[`*]{0,3}(?:[\s.,;:)!]|$)/.test(window.ahead(numberEnd, 4)) || /^['’]?s\b/.test(window.ahead(numberEnd, 2))) return null;
  return wrong(window, numberEnd, only.fact, value, 0.88);
}
