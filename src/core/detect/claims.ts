import { compare, type Conflict } from './claim-compare.js';
import { compareLoose } from './claim-loose.js';
import type { Place } from './claim-context.js';
import type { Statement } from './claim-parse.js';

/** An earlier statement and what contradicts it. */
export interface Contradiction {
  readonly conflict: Conflict;
  readonly earlier: Statement;
}

interface Entry {
  readonly statement: Statement;
  readonly section: number;
  readonly item: boolean;
}

/** Statements kept for comparison. A long answer has some hundreds; of a longer one the latest are kept. */
const MAX_STATEMENTS = 1_024;
/** A word in more statements than this says little of any of them: its latest ones alone are looked at. */
const MAX_POSTINGS = 48;
/** The rarest words of a statement are asked for those that share them. */
const MAX_KEYS = 6;
/** Of one word's statements, so many of the latest are looked at. */
const MAX_LOOKED_AT = 24;
/** Statements compared with one. */
const MAX_COMPARED = 8;
/** Longer statements are lists; they are not kept. */
const MAX_WORDS = 120;

/**
 * The statements of one answer, found again by their content words. Work and memory are bounded: what a statement costs does
 * not depend on how many came before.
 */
export class ClaimBook {
  readonly #entries = new Map<number, Entry>();
  readonly #postings = new Map<string, number[]>();
  #next = 0;
  /** By slot: in which round its count was begun, and how many words it shares. A slot is never two kept statements'. */
  readonly #rounds = new Uint32Array(MAX_STATEMENTS);
  readonly #shared = new Uint8Array(MAX_STATEMENTS);
  #round = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** The earlier statement that `statement` contradicts; the latest of several. */
  contradicted(statement: Statement, place: Place): Contradiction | null {
    if (place.skip || place.corrects || !comparable(statement)) return null;
    for (const id of this.#candidates(statement)) {
      const entry = this.#entries.get(id) as Entry;
      const distance = entry.item && place.item ? 'parallel' : entry.section === place.section && !entry.item && !place.item ? 'near' : 'far';
      const conflict = compare(entry.statement, statement, distance) ?? (distance === 'near' ? compareLoose(entry.statement, statement) : null);
      if (conflict !== null) return { conflict, earlier: entry.statement };
    }
    return null;
  }

  add(statement: Statement, place: Place): void {
    if (place.skip || !comparable(statement)) return;
    const id = this.#next;
    this.#next += 1;
    this.#entries.set(id, { statement, section: place.section, item: place.item });
    for (const key of statement.content) {
      const ids = this.#postings.get(key);
      if (ids === undefined) this.#postings.set(key, [id]);
      else {
        ids.push(id);
        if (ids.length > MAX_POSTINGS) ids.shift();
      }
    }
    if (this.#entries.size >= MAX_STATEMENTS) this.#forget(id + 1 - MAX_STATEMENTS);
  }

  #forget(id: number): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    for (const key of entry?.statement.content ?? []) {
      const ids = this.#postings.get(key);
      if (ids === undefined) continue;
      if (ids[0] === id) ids.shift();
      if (ids.length === 0) this.#postings.delete(key);
    }
  }

  /** Those that share the most of its rarest words, and at least two; the latest first among equals. */
  #candidates(statement: Statement): readonly number[] {
    const lists: number[][] = [];
    for (const key of statement.content) {
      const ids = this.#postings.get(key);
      if (ids !== undefined) lists.push(ids);
    }
    if (lists.length < 2) return NONE;
    if (lists.length > MAX_KEYS) lists.sort((a, b) => a.length - b.length);
    this.#round += 1;
    const found: number[] = [];
    for (let k = 0; k < lists.length && k < MAX_KEYS; k += 1) {
      const ids = lists[k] as number[];
      for (let n = Math.max(0, ids.length - MAX_LOOKED_AT); n < ids.length; n += 1) {
        const id = ids[n] as number;
        const slot = id % MAX_STATEMENTS;
        if (this.#rounds[slot] !== this.#round) {
          this.#rounds[slot] = this.#round;
          this.#shared[slot] = 1;
        } else if ((this.#shared[slot] = (this.#shared[slot] as number) + 1) === 2) found.push(id);
      }
    }
    if (found.length < 2) return found;
    const shared = (id: number): number => this.#shared[id % MAX_STATEMENTS] as number;
    return found.sort((a, b) => shared(b) - shared(a) || b - a).slice(0, MAX_COMPARED);
  }
}

const NONE: readonly number[] = [];

function comparable(statement: Statement): boolean {
  return statement.words.length >= 3 && statement.words.length <= MAX_WORDS && statement.content.size >= 2;
}
