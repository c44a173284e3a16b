/**
 * Items in an order of their own, of which the first are taken off. Items mostly come in order already, or in a few runs that are, one
 * behind the other: then sorting is merging, and costs little more than looking at each once.
 */
export class SortedList<T> {
  readonly #before: (a: T, b: T) => boolean;
  #items: T[] = [];
  #sorted = true;

  /** @param before whether the first belongs before the second; of two for which it is false both ways the one added first does. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get length(): number {
    return this.#items.length;
  }

  add(item: T): void {
    const { length } = this.#items;
    if (this.#sorted && length > 0) this.#sorted = !this.#before(item, this.#items[length - 1] as T);
    this.#items.push(item);
  }

  /** The items in order, until the next is added or taken off. */
  items(): readonly T[] {
    if (!this.#sorted) {
      this.#items.sort((a, b) => (this.#before(a, b) ? -1 : this.#before(b, a) ? 1 : 0));
      this.#sorted = true;
    }
    return this.#items;
  }

  /** Takes off the first `count`. */
  drop(count: number): void {
    if (count === this.#items.length) this.#items = [];
    else if (count > 0) this.#items.splice(0, count);
  }

  clear(): void {
    this.#items = [];
    this.#sorted = true;
  }
}
