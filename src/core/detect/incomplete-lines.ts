/** What is kept of a line: its first units say what kind of line it is, its last ones how it ends. */
export const LINE_HEAD = 128;
export const LINE_TAIL = 1_024;

export interface Line {
  /** Absolute offset of its first unit. */
  readonly start: number;
  /** The first `LINE_HEAD` units. */
  readonly head: string;
  /** The last `LINE_TAIL` units, without the line break. */
  readonly tail: string;
  /** `tail` is the whole line. */
  readonly whole: boolean;
}

/** Cuts a text that comes in pieces into lines, in bounded memory. */
export class LineReader {
  #start = 0;
  #length = 0;
  #head = '';
  #tail = '';

  /** Reads the next piece and hands over each line that it ends. */
  push(piece: string, ended: (line: Line) => void): void {
    let from = 0;
    for (;;) {
      const newline = piece.indexOf('\n', from);
      this.#grow(newline < 0 && from === 0 ? piece : piece.slice(from, newline < 0 ? piece.length : newline));
      if (newline < 0) return;
      ended(this.line());
      this.#start += this.#length + 1;
      this.#length = 0;
      this.#head = '';
      this.#tail = '';
      from = newline + 1;
    }
  }

  /** The line that has not ended. */
  line(): Line {
    const whole = this.#length <= LINE_TAIL;
    const tail = whole ? this.#tail : this.#tail.slice(-LINE_TAIL);
    return { start: this.#start, head: this.#head, tail, whole };
  }

  #grow(text: string): void {
    if (this.#head.length < LINE_HEAD) this.#head += text.slice(0, LINE_HEAD - this.#head.length);
    this.#length += text.length;
    this.#tail += text;
    // Cut in large steps: cutting at every piece would read a long line over and over.
    if (this.#tail.length > 4 * LINE_TAIL) this.#tail = this.#tail.slice(-LINE_TAIL);
  }
}
