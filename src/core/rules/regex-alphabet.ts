import { hasChar, LINE_ENDS, type CharSet } from './regex-chars.js';
import type { Program } from './regex-program.js';

/** Code points that one program cannot tell apart are one class; its transitions are kept by class. */
export class Alphabet {
  readonly #ascii = new Uint16Array(128);
  /** Where a new class begins, and which. */
  readonly #starts: number[] = [];
  readonly #classes: number[] = [];
  /** By class: UTF-16 units of a member, whether it is a word character, whether it ends a line. */
  readonly units: number[] = [];
  readonly word: boolean[] = [];
  readonly lineEnd: boolean[] = [];
  /** By set and class: whether the set has its members. */
  readonly accepts: readonly Uint8Array[];

  constructor(program: Program) {
    const sets: readonly CharSet[] = [...program.sets, program.word, LINE_ENDS];
    const cuts = new Set<number>([0, 0x10000]);
    for (const set of sets) {
      for (let i = 0; i < set.length; i += 2) {
        cuts.add(set[i] ?? 0);
        cuts.add((set[i + 1] ?? 0) + 1);
      }
    }
    const known = new Map<string, number>();
    const members: boolean[][] = [];
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      if (cut > 0x10ffff) continue;
      const row = sets.map((set) => hasChar(set, cut));
      const key = `${cut > 0xffff ? 'a' : 'b'}${row.map(Number).join('')}`;
      let index = known.get(key);
      if (index === undefined) {
        index = members.push(row) - 1;
        known.set(key, index);
        this.units.push(cut > 0xffff ? 2 : 1);
        this.word.push(row[sets.length - 2] === true);
        this.lineEnd.push(row[sets.length - 1] === true);
      }
      this.#starts.push(cut);
      this.#classes.push(index);
    }
    this.accepts = program.sets.map((_, set) => Uint8Array.from(members, (row) => (row[set] === true ? 1 : 0)));
    for (let char = 0; char < 128; char++) this.#ascii[char] = this.#search(char);
  }

  classOf(char: number): number {
    return char < 128 ? (this.#ascii[char] ?? 0) : this.#search(char);
  }

  /** The classes that have members between two code points, both included. */
  classesIn(low: number, high: number): number[] {
    const found = [this.classOf(low)];
    for (const [i, start] of this.#starts.entries()) if (start > low && start <= high) found.push(this.#classes[i] ?? 0);
    return found;
  }

  #search(char: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= char) low = middle;
      else high = middle - 1;
    }
    return this.#classes[low] ?? 0;
  }
}
