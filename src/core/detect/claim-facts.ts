import { type DateValue, datesExclude, namesExclude, type NameValue, placesExclude } from './claim-phrases.js';
import { sameSubject } from './claim-subject.js';

/** A count or a measure. `bound`: it is no more than about so much, at least, or at most. */
export interface AmountValue {
  readonly kind: 'amount';
  readonly value: number;
  readonly bound: 'exact' | 'about' | 'least' | 'most';
}

/** A span of years; one word of a closed class. */
export interface SpanValue {
  readonly kind: 'span';
  readonly from: number;
  readonly to: number;
}
export interface WordValue {
  readonly kind: 'word';
  readonly word: string;
}

/** Of how many of a kind something is claimed: `not-all` is "some are not". */
export interface ShareValue {
  readonly kind: 'share';
  readonly share: 'all' | 'some' | 'not-all' | 'none';
}

export type FactValue = DateValue | NameValue | AmountValue | SpanValue | WordValue | ShareValue;

/** One value of an attribute that has only one: when someone was born, who directed a film. */
export interface Fact {
  readonly subject: string;
  readonly attribute: string;
  readonly value: FactValue;
  /** What the value holds under: a year, a country, an edition. Facts of different scopes are not compared; empty: none is named. */
  readonly scope: string;
}

function amountsExclude(one: AmountValue, other: AmountValue): boolean {
  if (one.value === other.value) return false;
  const [low, high] = one.value < other.value ? [one, other] : [other, one];
  if (low.bound === 'exact' && high.bound === 'exact') return !rounded(low.value, high.value);
  if (low.bound === 'least' || high.bound === 'most') return false;
  const strict = low.bound === 'most' || high.bound === 'least';
  return high.value > (strict ? 1.1 : 1.4) * low.value;
}

/** Whether one may be the other with fewer digits. */
function rounded(low: number, high: number): boolean {
  if (Number.isInteger(low) && Number.isInteger(high) && high < 1_000) return false;
  const shorter = Math.min(digits(low), digits(high));
  return Number(low.toPrecision(shorter)) === Number(high.toPrecision(shorter));
}

function digits(value: number): number {
  return Math.max(1, String(value).replace('.', '').replace(/^0+|0+$/g, '').length);
}

/** Whether two values of one attribute cannot both be right. */
export function excludes(one: FactValue, other: FactValue): boolean {
  if (one.kind === 'date' && other.kind === 'date') return datesExclude(one, other);
  if (one.kind === 'name' && other.kind === 'name') return namesExclude(one.parts, other.parts);
  if (one.kind === 'place' && other.kind === 'place') return placesExclude(one.parts, other.parts);
  if (one.kind === 'amount' && other.kind === 'amount') return amountsExclude(one, other);
  if (one.kind === 'word' && other.kind === 'word') return one.word !== other.word;
  if (one.kind === 'share' && other.kind === 'share') return EXCLUSIVE[one.share].includes(other.share);
  if (one.kind !== 'span' || other.kind !== 'span') return false;
  // Two spans apart may be two terms of office; two that overlap are one told twice.
  return (one.from !== other.from || one.to !== other.to) && one.from < other.to && other.from < one.to;
}

/** None of nothing is also all of it; of what an answer speaks of there is some. */
const EXCLUSIVE: Readonly<Record<ShareValue['share'], readonly ShareValue['share'][]>> = { all: ['none', 'not-all'], none: ['all', 'some'], some: ['none'], 'not-all': ['all'] };

interface Kept {
  readonly fact: Fact;
  readonly text: string;
}

/** Values kept of one answer, and of one attribute. */
const MAX_FACTS = 512;
const MAX_SAME = 48;

/** The values that an answer gave, by attribute. */
export class FactBook {
  readonly #kept = new Map<string, Kept[]>();
  #count = 0;

  /** The earlier sentence that gives another value; null: none does. Changes nothing. */
  contradicted(facts: readonly Fact[]): string | null {
    for (const fact of facts) {
      for (const { fact: earlier, text } of this.#kept.get(fact.attribute) ?? []) {
        if (earlier.scope === fact.scope && sameSubject(earlier.subject, fact.subject) && excludes(earlier.value, fact.value)) return text;
      }
    }
    return null;
  }

  add(facts: readonly Fact[], text: string): void {
    for (const fact of facts) {
      if (this.#count >= MAX_FACTS) return;
      const kept = this.#kept.get(fact.attribute);
      if (kept === undefined) this.#kept.set(fact.attribute, [{ fact, text }]);
      else if (kept.length < MAX_SAME) kept.push({ fact, text });
      else continue;
      this.#count += 1;
    }
  }
}
