/** Fewer units than this may be the same by chance. */
const LEAST_OVERLAP = 20;
/** A model that goes back further than this writes its answer anew: that is not trimmed. */
const MOST_OVERLAP = 512;
/** An overlap of fewer different characters is an indent, a rule or a row of dots, and may well be meant. */
const LEAST_VARIETY = 8;

/**
 * Where a continuation begins: many models repeat the last words of what they were given. What they repeat is cut away where
 * that is certain: an exact overlap, long, of various letters, and with a text that stands nowhere else near the end.
 */
export class Seam {
  /** The end of the text before. */
  readonly #before: string;
  /** Places in `before` from where on it may be repeated: the text so far is what stands there. */
  #places: number[];
  #text = '';
  /** Of the places that were repeated to the end of the text before: how much was. */
  #longest = 0;
  #decided = false;

  /** @param before the text that is continued */
  constructor(before: string) {
    this.#before = before.slice(-2 * MOST_OVERLAP);
    const { length } = this.#before;
    this.#places = [];
    for (let at = Math.max(0, length - MOST_OVERLAP); at <= length - LEAST_OVERLAP; at += 1) this.#places.push(at);
  }

  /**
   * The next piece of the continuation. What it says depends on the text alone, not on how it came.
   * @returns how many units of the text so far repeat what was there; null: that is still open. Asked for once: then it is decided.
   */
  push(piece: string): number | null {
    if (this.#decided) return 0;
    const from = this.#text.length;
    this.#text += piece;
    const { length } = this.#before;
    this.#places = this.#places.filter((place) => {
      const end = Math.min(this.#text.length, length - place);
      if (this.#before.slice(place + from, place + end) !== this.#text.slice(from, end)) return false;
      if (place + end < length) return true;
      this.#longest = Math.max(this.#longest, end);
      return false;
    });
    return this.#places.length > 0 ? null : this.#decide();
  }

  /** Nothing more comes. */
  end(): number {
    return this.#decided ? 0 : this.#decide();
  }

  #decide(): number {
    this.#decided = true;
    const overlap = this.#text.slice(0, this.#longest);
    if (new Set(overlap).size < LEAST_VARIETY) return 0;
    // Of lines that are alike nobody can say whether one is repeated or comes next.
    return this.#before.indexOf(overlap) === this.#before.length - overlap.length ? overlap.length : 0;
  }
}
