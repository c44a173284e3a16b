import { FACT_PACKS, type FactKind, type PackFact } from '../truth/fact-packs.js';
import type { Claim, FactWindow } from './fact-window.js';

interface Names {
  readonly pattern: RegExp;
  readonly facts: readonly PackFact[];
}

/** A pack's subject, where a text names it. */
export interface Mention {
  readonly fact: PackFact;
  readonly start: number;
  readonly end: number;
}

const NAMES: Readonly<Record<FactKind, Names>> = { port: namesOf('port'), rfc: namesOf('rfc'), year: namesOf('year') };

function namesOf(kind: FactKind): Names {
  const facts = FACT_PACKS.filter((fact) => fact.kind === kind);
  // A longer name is tried before one that it begins with.
  const sorted = [...facts].sort((a, b) => b.names.length - a.names.length);
  const names = sorted.flatMap((fact) => split(fact.names).map((name) => ({ name, fact }))).sort((a, b) => literalLength(b.name) - literalLength(a.name));
  const source = names.map(({ name }) => `(${name})`).join('|');
  return { pattern: new RegExp(`(?<![\\p{L}\\p{N}_/.#+-])(?:${source})(?![\\p{L}\\p{N}_+#-]|\\.\\p{N})`, 'gu'), facts: names.map(({ fact }) => fact) };
}

/** How long a name is as it stands in a text: what the expression adds to it does not count. */
function literalLength(name: string): number {
  return name.replace(/\(\?:[^()]*\)\?|\(\?[!=][^)]*\)|\(\?:|[)?\\]/g, '').replace(/\[(.)[^\]]*\]/g, '$1').length;
}

/** The alternatives of a name, at its outermost level. */
function split(names: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of names) {
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (char === '|' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part];
}

export function mentions(kind: FactKind, text: string): Mention[] {
  const { pattern, facts } = NAMES[kind];
  return [...text.matchAll(pattern)].map((match) => {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    return { fact: facts[index] as PackFact, start: match.index, end: match.index + match[0].length };
  });
}

const KNOWN: Readonly<Record<FactKind, ReadonlySet<number>>> = { port: knownOf('port'), rfc: knownOf('rfc'), year: new Set() };

/** What belongs to something else in the pack was taken from there. */
function knownOf(kind: FactKind): ReadonlySet<number> {
  return new Set(FACT_PACKS.filter((fact) => fact.kind === kind).flatMap(({ values }) => values));
}

/** The claim that the number at hand is not the fact's; null where it is. `standard`: the text speaks of the first value alone. */
export function wrongValue(window: FactWindow, numberEnd: number, fact: PackFact, value: number, confidence: number, standard = false): Claim | null {
  if (fact.values.includes(value)) return null;
  // A slip of one digit, or of two that changed places, tells which was meant; else the first.
  const slips = standard || KNOWN[fact.kind].has(value) ? [] : fact.values.filter((one) => isSlip(String(one), String(value)));
  const [first] = fact.values;
  const shuffled = standard || KNOWN[fact.kind].has(value) ? [] : fact.values.filter((one) => isShuffled(String(one), String(value)));
  const [only] = shuffled.length === 1 ? shuffled : slips.length === 1 ? slips : [];
  const right = first !== undefined && (slips.includes(first) || shuffled.includes(first)) ? first : (only ?? first);
  if (right === undefined) return null;
  return { start: window.at, end: numberEnd, expected: String(right), confidence, strategy: window.inline && !window.alone(numberEnd) ? 'report' : 'replace', reason: fact.kind };
}

/** The same only where the number is a slip in one of the fact's first: for places that prove less. */
export function wrongSlip(window: FactWindow, numberEnd: number, fact: PackFact, value: number, confidence: number): Claim | null {
  const right = fact.values.slice(0, MOST_SLIPS).find((one) => isShuffled(String(one), String(value)) || (!KNOWN[fact.kind].has(value) && isSlip(String(one), String(value))));
  if (right === undefined || fact.values.includes(value)) return null;
  return { start: window.at, end: numberEnd, expected: String(right), confidence, strategy: window.inline && !window.alone(numberEnd) ? 'report' : 'replace', reason: fact.kind };
}

/** Values of a fact in which a slip is looked for: of many, some would be met by chance. */
const MOST_SLIPS = 2;

/** The same digits in another order. */
function isShuffled(right: string, said: string): boolean {
  return right !== said && right.length === said.length && right.length > 2 && [...right].sort().join('') === [...said].sort().join('');
}

/** Two neighbouring digits of the value to put changed places: nobody chooses such a number of their own. */
export function isSwapped(fact: PackFact, value: number): boolean {
  const [right, said] = [String(fact.values[0]), String(value)];
  if (right.length !== said.length || right === said) return false;
  const at = [...right].findIndex((digit, index) => digit !== said.charAt(index));
  return right.charAt(at) === said.charAt(at + 1) && right.charAt(at + 1) === said.charAt(at) && right.slice(at + 2) === said.slice(at + 2);
}

/** Whether a number belongs to something in the pack of this kind. */
export function isKnown(kind: FactKind, value: number): boolean {
  return KNOWN[kind].has(value);
}

function isSlip(right: string, said: string): boolean {
  if (right.length !== said.length) return false;
  const apart = [...right].flatMap((digit, at) => (digit === said.charAt(at) ? [] : [at]));
  const [a, b] = apart;
  if (apart.length === 1) return true;
  return apart.length === 2 && a !== undefined && b === a + 1 && right.charAt(a) === said.charAt(b) && right.charAt(b) === said.charAt(a);
}
