import { nameKey, referenceIn, type SubjectTracker } from './claim-subject.js';

/** Where a clause begins whose subject is its own. */
const CLAUSE = /[;:]\s|,?\s+(?:but|while|whereas|where|when|although|because|before|after|until|though|if)\s+|,\s+(?:and|so|yet)\s+|\s+and\s+(?=(?:he|she|it|they|the|his|her|its)\s)|\s[–—-]\s/g;
const VERB = /(?:^|\s)(?:is|was|are|were|has|have|had|became|becomes|began|begins|won|wrote|made|grew|took|died|did|does|can|will|would|holds?|lies|stands?|runs?|ran|stars?|features?|consists?|contains?|comprises|serves?|includes?|works?|lives?|resides?|plays?|spans?|lasted|lasts|employs|sold|teaches|belongs|covers|measures|weighs|uses|supports|follows|tells|went|came|left|gave|led|held|lost|met|kept|built|got|joined|grows|rose|fell|saw|spent|sang|wins|draws|flows|rises|falls|returns|\p{Ll}{3,}ed)(?=[\s.,;]|$)/u;

/** Where the clause begins that holds `at`. */
export function clauseStart(body: string, at: number): number {
  let start = 0;
  CLAUSE.lastIndex = 0;
  for (let found = CLAUSE.exec(body); found !== null && found.index < at; found = CLAUSE.exec(body)) start = Math.min(at, CLAUSE.lastIndex);
  return start;
}

/** Where the clause ends that holds `at`. */
export function clauseEnd(body: string, at: number): number {
  CLAUSE.lastIndex = at;
  return CLAUSE.exec(body)?.index ?? body.length;
}

/** Position of the first verb; -1: none is known. */
export function verbAt(text: string): number {
  return VERB.exec(text)?.index ?? -1;
}

/** The subject of the clause that holds `at`; empty: not known. */
export function clauseSubject(body: string, at: number, tracker: SubjectTracker): string {
  const clause = body.slice(clauseStart(body, at), at);
  const verb = verbAt(clause);
  if (verb < 0) return '';
  return tracker.resolve(referenceIn(clause.slice(0, verb)));
}

/** The years and names of the clause around a value, as the scope it holds in. */
export function scopeOf(text: string): string {
  const found = text.match(/\b(?:1\d{3}|20\d{2})s?\b|\p{Lu}[\p{L}\p{N}'’-]+/gu) ?? [];
  return [...new Set(found.map(nameKey))].sort().join(' ');
}
