import { BOUNDARY, isWordUnit, nextNode, type Automaton } from './literal-trie.js';

/** Told of each literal found; the same start and rule may come again with a longer end. */
export type Found = (rule: number, start: number, end: number) => void;

/** One text read by one automaton. */
export class LiteralRun {
  readonly #automaton: Automaton;
  readonly #found: Found;
  #node = 0;
  #wordBefore = false;
  #high = 0;

  constructor(automaton: Automaton, found: Found) {
    this.#automaton = automaton;
    this.#found = found;
  }

  /** Reads text from one index to another; `base` is the absolute offset of index 0. */
  read(text: string, from: number, to: number, base: number): void {
    const automaton = this.#automaton;
    const { idle, rows, denseNodes, symbolCount, symbols, report, usesBoundary, folded } = automaton;
    const plain = automaton.astral.size === 0;
    let node = this.#node;
    let wordBefore = this.#wordBefore;
    for (let i = from; i < to; i++) {
      let unit = text.charCodeAt(i);
      if (node === 0 && unit < 128 && idle[unit] === 1) {
        do {
          i++;
          unit = i < to ? text.charCodeAt(i) : 128;
        } while (unit < 128 && idle[unit] === 1);
        if (usesBoundary) wordBefore = isWordUnit(text.charCodeAt(i - 1), folded);
        this.#high = 0;
        if (i >= to) break;
      }
      if (usesBoundary) {
        const word = isWordUnit(unit, folded);
        if (word !== wordBefore) {
          wordBefore = word;
          node = node < denseNodes ? (rows[node * symbolCount + BOUNDARY] ?? 0) : nextNode(automaton, node, BOUNDARY);
          if (report[node] !== 0) this.#report(node, base + i);
        }
      }
      const symbol = plain ? (symbols[unit] ?? 0) : this.#symbol(unit);
      node = node < denseNodes ? (rows[node * symbolCount + symbol] ?? 0) : nextNode(automaton, node, symbol);
      if (report[node] !== 0) this.#report(node, base + i + 1);
    }
    this.#node = node;
    this.#wordBefore = wordBefore;
  }

  /** The text ends at this absolute offset. */
  finish(end: number): void {
    if (this.#automaton.usesBoundary && this.#wordBefore) {
      this.#report(nextNode(this.#automaton, this.#node, BOUNDARY), end);
    }
    this.#node = 0;
  }

  /** The least start, not before `from`, at which a literal has begun and may go on; Infinity: none. */
  openFrom(from: number, length: number): number {
    const { open, fail, depth } = this.#automaton;
    let node = open[this.#node] ?? 0;
    while (node !== 0) {
      const start = length - (depth[node] ?? 0);
      // A bare boundary has begun nothing yet.
      if (start >= from) return start < length ? start : Infinity;
      node = open[fail[node] ?? 0] ?? 0;
    }
    return Infinity;
  }

  #symbol(unit: number): number {
    const { symbols, astral } = this.#automaton;
    const high = this.#high;
    this.#high = (unit & 0xfc00) === 0xd800 ? unit : 0;
    if (high !== 0 && (unit & 0xfc00) === 0xdc00) {
      return astral.get(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)) ?? symbols[unit] ?? 0;
    }
    return symbols[unit] ?? 0;
  }

  #report(node: number, end: number): void {
    const { report, fail, firstEnd, nextEnd, rules, lengths } = this.#automaton;
    for (let at = report[node] ?? 0; at !== 0; at = report[fail[at] ?? 0] ?? 0) {
      for (let i = firstEnd[at] ?? -1; i >= 0; i = nextEnd[i] ?? -1) this.#found(rules[i] ?? 0, end - (lengths[i] ?? 0), end);
    }
  }
}
