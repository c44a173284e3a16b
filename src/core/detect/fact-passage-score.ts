import type { Stands } from './fact-passage-read.js';
import { isKin, type NumberKind, plain } from './fact-passage-words.js';

/** A number of the answer, and what is said around it. */
export interface Own {
  readonly value: string;
  readonly kind: NumberKind;
  readonly words: readonly string[];
  readonly unit: string;
  readonly before: string;
  readonly last: string;
  readonly after: string;
  /** How much of what the sentence says the request says as well, 0..1. */
  readonly known: number;
  /** The numbers that the sentence gives before this one. */
  readonly told: ReadonlySet<string>;
}

/** Units so common that having one in common says little. */
const COMMON: ReadonlySet<string> = new Set('% year month week day hour minut second ms million billion thousand hundred people person men women users customers met kilomet mile feet kilogram gram dollar euro pound gb mb kb time other part point'.split(' '));

/** Evidence that a number of the request is the one that the answer means: 0 where there is not enough of it. */
function evidence(own: Own, one: Stands, unique: boolean, slip: number): number {
  const shared = own.words.filter((word) => one.words.has(word)).length;
  const near = own.words.filter((word) => one.near.has(word)).length;
  const ratio = own.words.length === 0 ? 0 : shared / own.words.length;
  const covered = one.key.length > 0 && one.key.every((word) => own.words.includes(word) || own.unit === word);
  const [byUnit, byLast, byBefore, byAfter] = [own.unit !== '' && hasUnit(one, own.unit), own.last !== '' && own.last === one.last, own.before !== '' && own.before === one.before, own.after !== '' && own.after === one.after];
  const special = byUnit && !COMMON.has(own.unit);
  const enough = own.known >= 0.7 && (
    (near > 0 && ((shared >= 3 && ratio >= 0.5) || (shared >= 2 && ratio >= 0.6 && (byBefore || byUnit || byLast)) || (byLast && (byUnit || own.kind !== 'count')) || (byUnit && (byAfter || (byBefore && ratio >= 0.5)))))
    || (special && unique) || (covered && (one.unit === '' || byUnit)))
    || (own.known >= 0.6 && own.kind === 'day' && byBefore && shared >= 2)
    || (own.known >= 0.5 && slip === SWAPPED && (byUnit || byLast || (shared >= 2 && ratio >= 0.5) || (shared >= 1 && ratio >= 0.3 && own.kind === 'money')));
  if (!enough) return 0;
  return ratio + Math.min(near, 3) * 0.15 + Number(byBefore) * 0.2 + Number(byUnit) * 0.3 + Number(byLast) * 0.6 + Number(byAfter) * 0.5 + Number(covered) * 0.6 + Number(byUnit && unique) * 0.2 + Number(special && unique) * 0.2 + slip;
}

const SWAPPED = 0.5;
/** Two figures that changed places, or one that is another: how a number is mistaken, and seldom how a new one is made. */
function likeness(own: string, given: string): number {
  if (own.length !== given.length || own.length < 2) return 0;
  const apart = [...own].flatMap((digit, at) => (digit === given.charAt(at) ? [] : [at]));
  const [a, b] = apart;
  if (a === undefined) return 0;
  if (apart.length === 2 && b !== undefined && own.charAt(a) === given.charAt(b) && own.charAt(b) === given.charAt(a)) return SWAPPED;
  return apart.length === 1 ? 0.25 : 0;
}

/** The one number of the request that the answer's contradicts; null where there is none, or more than one. */
export function counterpart(own: Own, stands: readonly Stands[]): Stands | null {
  let best: Stands | null = null;
  let [top, rival] = [0, 0];
  const unique = new Set(stands.filter((one) => own.unit !== '' && hasUnit(one, own.unit)).map(({ value }) => plain(value))).size === 1;
  for (const one of stands) {
    const given = plain(one.value);
    if (given === own.value || own.told.has(given) || !isKin(own.kind, one.kind) || !sameUnit(own, one)) continue;
    if (given.length < 2 && (own.unit === '' || COMMON.has(own.unit))) continue;
    const score = evidence(own, one, unique, likeness(own.value, given));
    if (score <= 0) continue;
    if (best !== null && plain(best.value) === given) {
      if (score > top) [best, top] = [one, score];
    } else if (score > top) {
      rival = top;
      [best, top] = [one, score];
    } else rival = Math.max(rival, score);
  }
  if (best === null || top < 1 || top - rival < 0.2) return null;
  return derivable(Number(own.value), Number(plain(best.value)), own, best) ? null : best;
}

function sameUnit(own: Own, one: Stands): boolean {
  if (own.kind === 'year' || own.kind === 'day') return true;
  return own.unit === one.unit || (one.unit === '' && one.key.length > 0 && one.words.has(own.unit));
}

/** A field is told by its name: `nodes: 18` are 18 nodes. */
function hasUnit(one: Stands, unit: string): boolean {
  return unit === one.unit || one.key.includes(unit);
}

const FACTORS = [0.3048, 3.28084, 1.609344, 0.621371, 0.453592, 2.20462, 2.54, 0.3937, 1000, 60, 100, 12, 7, 24, 3600, 365, 0.4047, 2.471, 3.785, 0.2642, 2.59, 0.3861];

/** Whether a number can be a rounded, summed or converted one of those in the passage. */
function derivable(own: number, given: number, { value, kind, unit }: Own, { around, unit: theirs }: Stands): boolean {
  if (Math.abs(own - given) < 0.5) return true;
  if (kind === 'year') return false;
  if (/0$/.test(value) && Math.abs(own / given - 1) < 0.05) return true;
  if (!value.includes('.') && !Number.isInteger(given) && Math.abs(own - given) <= 1) return true;
  const slip = likeness(value, String(given)) === SWAPPED;
  const close = (one: number): boolean => one !== 0 && Math.abs(own / one - 1) < (slip ? 1e-6 : 0.005);
  const scales = [12, 60, 7, 24, 100, 1000];
  if (around.some((one) => scales.some((scale) => close(one * scale) || close(one / scale)))) return true;
  // Nothing is converted from a unit to itself.
  if ((unit === '' || unit !== theirs) && !slip && FACTORS.some((factor) => Math.abs(own / (given * factor) - 1) < 0.03 || Math.abs((own * factor) / given - 1) < 0.03)) return true;
  for (const [index, a] of around.entries()) {
    for (const b of around.slice(index + 1)) {
      if ([a + b, a - b, b - a, a * b, a / b, b / a, (100 * a) / b, (100 * b) / a, (100 * (a - b)) / b, (100 * (b - a)) / a].some(close)) return true;
    }
    if (kind === 'percent' && close(100 - a)) return true;
  }
  return around.length > 2 && close(around.reduce((sum, one) => sum + one, 0));
}
