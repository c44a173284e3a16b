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

/** Cuts a text that comes in pieces into lines, in bounded memory. What has no line break costs one joining of strings. */
export class LineReader {
  #start = 0;
  #length = 0;
  #tail = '';
  /** Kept once the beginning of the line is no longer in `#tail`. */
  #head: string | null = null;

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
      this.#head = null;
      this.#tail = '';
      from = newline + 1;
    }
  }

  /** The line that has not ended. */
  line(): Line {
    const whole = this.#length <= LINE_TAIL;
    const tail = whole ? this.#tail : this.#tail.slice(-LINE_TAIL);
    return { start: this.#start, head: this.#head ?? this.#tail.slice(0, LINE_HEAD), tail, whole };
  }

  #grow(text: string): void {
    this.#length += text.length;
    this.#tail += text;
    if (this.#tail.length <= 4 * LINE_TAIL) return;
    // Cut in large steps: cutting at every piece would read a long line over and over.
    this.#head ??= this.#tail.slice(0, LINE_HEAD);
    this.#tail = this.#tail.slice(-LINE_TAIL);
  }
}
