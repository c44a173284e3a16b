import { bitCount, foldName, letterMask, stemKey } from './path-words.js';

/** No name, no node. */
export const NONE = -1;

const LONGEST_BUCKET = 255;

/** An `Int32Array` that doubles. */
export class IntList {
  #items = new Int32Array(64);
  length = 0;

  get(at: number): number {
    return this.#items[at]!;
  }

  set(at: number, value: number): void {
    this.#items[at] = value;
  }

  push(value: number): void {
    if (this.length === this.#items.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length] = value;
    this.length += 1;
  }
}

/**
 * Every distinct file or folder name once, by number. Names that fold alike form a chain, names whose stems are alike
 * another; names of one length share a bucket with their letter masks, so that near names are found by comparing bits.
 */
export class NameTable {
  readonly #names: string[] = [];
  readonly #folded: string[] = [];
  readonly #masks = new IntList();
  readonly #uses = new IntList();
  readonly #nextFolded = new IntList();
  readonly #nextStem = new IntList();
  readonly #place = new IntList();
  readonly #free: number[] = [];
  readonly #byName = new Map<string, number>();
  readonly #byFolded = new Map<string, number>();
  readonly #byStem = new Map<string, number>();
  readonly #buckets: (IntList | undefined)[] = [];

  /** How many numbers were ever given: arrays beside this table are that long. */
  get size(): number {
    return this.#names.length;
  }

  text(id: number): string {
    return this.#names[id]!;
  }

  folded(id: number): string {
    return this.#folded[id]!;
  }

  /**
   * Whether a name can be within `most` edits of one with this length and these letters. A substitution changes one
   * letter on either side, an insertion or deletion on one side alone.
   */
  mayBeNear(id: number, length: number, mask: number, most: number, wrongLength: number): boolean {
    const longer = length - wrongLength;
    if (longer > most || -longer > most) return false;
    const own = this.#masks.get(id);
    return bitCount(mask & ~own) <= most - Math.max(0, longer) && bitCount(own & ~mask) <= most - Math.max(0, -longer);
  }

  find(name: string): number {
    return this.#byName.get(name) ?? NONE;
  }

  firstFolded(folded: string): number {
    return this.#byFolded.get(folded) ?? NONE;
  }

  nextFolded(id: number): number {
    return this.#nextFolded.get(id);
  }

  firstStem(key: string): number {
    return this.#byStem.get(key) ?? NONE;
  }

  nextStem(id: number): number {
    return this.#nextStem.get(id);
  }

  /** Counts one use of a name and returns its number. */
  take(name: string): number {
    const id = this.find(name);
    if (id === NONE) {
      const folded = foldName(name);
      return this.#create(name, folded === name ? name : folded);
    }
    this.#uses.set(id, this.#uses.get(id) + 1);
    return id;
  }

  /** Gives one use back; a name nobody uses leaves the table. */
  release(id: number): void {
    const left = this.#uses.get(id) - 1;
    this.#uses.set(id, left);
    if (left > 0) return;
    this.#byName.delete(this.#names[id]!);
    unchain(this.#byFolded, this.#nextFolded, this.#folded[id]!, id);
    unchain(this.#byStem, this.#nextStem, stemKey(this.#folded[id]!), id);
    this.#leaveBucket(id);
    this.#names[id] = '';
    this.#folded[id] = '';
    this.#free.push(id);
  }

  /** Calls `visit` with each name that may be within `most` edits of the folded name; the caller measures. */
  near(folded: string, most: number, visit: (id: number) => void): void {
    const mask = letterMask(folded);
    for (let length = Math.max(1, folded.length - most); length <= folded.length + most; length += 1) {
      const bucket = this.#buckets[Math.min(length, LONGEST_BUCKET)];
      if (bucket === undefined) continue;
      for (let at = 0; at < bucket.length; at += 1) {
        const id = bucket.get(at);
        if (this.mayBeNear(id, this.#folded[id]!.length, mask, most, folded.length)) visit(id);
      }
      if (length >= LONGEST_BUCKET) return;
    }
  }

  #create(name: string, folded: string): number {
    const reused = this.#free.pop();
    const id = reused ?? this.#names.length;
    this.#names[id] = name;
    this.#folded[id] = folded;
    this.#byName.set(name, id);
    const put = (list: IntList, value: number): void => (reused === undefined ? list.push(value) : list.set(id, value));
    put(this.#masks, letterMask(folded));
    put(this.#uses, 1);
    put(this.#nextFolded, this.firstFolded(folded));
    this.#byFolded.set(folded, id);
    const stem = stemKey(folded);
    put(this.#nextStem, this.firstStem(stem));
    this.#byStem.set(stem, id);
    const bucket = (this.#buckets[Math.min(folded.length, LONGEST_BUCKET)] ??= new IntList());
    put(this.#place, bucket.length);
    bucket.push(id);
    return id;
  }

  #leaveBucket(id: number): void {
    const bucket = this.#buckets[Math.min(this.#folded[id]!.length, LONGEST_BUCKET)]!;
    const place = this.#place.get(id);
    const last = bucket.get(bucket.length - 1);
    bucket.set(place, last);
    this.#place.set(last, place);
    bucket.length -= 1;
  }
}

function unchain(heads: Map<string, number>, next: IntList, key: string, id: number): void {
  const head = heads.get(key)!;
  const after = next.get(id);
  if (head === id) {
    if (after === NONE) heads.delete(key);
    else heads.set(key, after);
    return;
  }
  let at = head;
  while (next.get(at) !== id) at = next.get(at);
  next.set(at, after);
}
