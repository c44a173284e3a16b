import type { TextEdit } from '../codec/codec.js';
import type { Edit } from '../text/edit.js';

/**
 * What a channel said and what was changed of it, for copies of the whole that come later. Pieces are only kept, not joined,
 * until the first copy comes.
 */
export class Journal {
  readonly #maxUnits: number;
  #pieces: string[] = [];
  #units = 0;
  #edits: TextEdit[] = [];
  /** It got too long to keep: no copy of it can be told from another text. */
  #lost = false;

  /** @param maxUnits a longer text could not be repeated in one event either */
  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  get edited(): boolean {
    return this.#edits.length > 0;
  }

  say(text: string): void {
    if (this.#lost) return;
    this.#units += text.length;
    if (this.#units <= this.#maxUnits) {
      this.#pieces.push(text);
      return;
    }
    this.#lost = true;
    this.#pieces = [];
  }

  /** Edits as they left, in order: those of one span that lay across pieces come one a piece. */
  change(edits: readonly Edit[]): void {
    // Of a lost text it only matters that it was changed.
    if (this.#lost && this.#edits.length > 0) return;
    for (const edit of edits) this.#edits.push(edit);
  }

  /** Whether `text` is what the channel said. */
  said(text: string): boolean {
    if (this.#lost || text.length !== this.#units) return false;
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return (this.#pieces[0] ?? '') === text;
  }

  get edits(): readonly TextEdit[] {
    return this.#edits;
  }
}
