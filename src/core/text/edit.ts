/**
 * A span of a channel's original text and what stands there instead. Offsets are absolute UTF-16 units; an insertion has
 * `start === end`.
 */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The edits of one channel, cut to its pieces. A replacement goes whole into the piece where its span begins, and its
 * letters are taken from the others. An insertion at X belongs to the piece that ends at X or, if that has left, to the
 * piece that begins there. Pieces are asked for once each, in order, without gaps.
 */
export class EditList {
  readonly #edits: Edit[] = [];
  /** Edits before this index are spent. */
  #next = 0;
  /** The replacement text of #edits[#next] has been given out; only letters of its span remain to be taken. */
  #opened = false;

  /** Adds an edit. It starts at or behind every edit added before, and does not overlap the one before. */
  add(edit: Edit): void {
    this.#edits.push(edit);
  }

  /** Whether the piece [start, end) would leave changed. */
  touches(start: number, end: number): boolean {
    const edit = this.#edits[this.#next];
    if (edit === undefined) return false;
    return edit.start === edit.end ? edit.start <= end : start < end && edit.start < end;
  }

  /** The edits of the piece [start, end), cut to it: a span that began before it keeps nothing but its letters to take. */
  take(start: number, end: number): readonly Edit[] {
    const cut: Edit[] = [];
    for (;;) {
      const edit = this.#edits[this.#next];
      if (edit === undefined) break;
      const insertion = edit.start === edit.end;
      if (insertion ? edit.start > end : edit.start >= end) break;
      cut.push({ start: Math.max(edit.start, start), end: Math.max(start, Math.min(edit.end, end)), text: this.#opened ? '' : edit.text });
      this.#opened = edit.end > end;
      if (this.#opened) break;
      this.#next += 1;
    }
    if (this.#next > SPENT_EDITS && this.#next * 2 >= this.#edits.length) {
      this.#edits.splice(0, this.#next);
      this.#next = 0;
    }
    return cut;
  }
}

/** Spent edits are dropped in lots, and no more seldom than what is left is moved: so dropping them costs little however many wait. */
const SPENT_EDITS = 64;

/** `text`, whose first unit stands at the absolute offset `start`, with `edits` applied. */
export function applyEdits(text: string, start: number, edits: readonly Edit[]): string {
  let out = '';
  let cursor = start;
  for (const edit of edits) {
    if (edit.start > cursor) out += text.slice(cursor - start, edit.start - start);
    out += edit.text;
    cursor = Math.max(cursor, edit.end);
  }
  return out + text.slice(cursor - start);
}
