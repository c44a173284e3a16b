/**
 * Where a Markdown answer is code: a line tracker for fenced blocks (CommonMark 0.31, section 4.5, with any indentation,
 * block quotes and, before an opening fence, list markers allowed, as models put fences into lists). Causal: what a line is depends on the lines
 * before it alone, so the line that opens a fence counts as prose and the line that closes one as code.
 */
export class FenceTracker {
  /** Offsets where the kind of text changes, ascending; even entries begin code, odd ones end it. */
  readonly #changes: number[] = [];
  /** The first characters of the current line, while it may still be a fence; null: it is not. */
  #line: string | null = '';
  #offset = 0;
  /** The run of backticks or tildes that opened the block; empty in prose. */
  #open = '';

  /** Reads the next piece of text. */
  push(piece: string): void {
    let from = 0;
    for (;;) {
      const newline = piece.indexOf('\n', from);
      const to = newline < 0 ? piece.length : newline;
      if (this.#line !== null) this.#grow(piece.slice(from, Math.min(to, from + MAX_LINE + 1)));
      if (newline < 0) break;
      this.#endLine(this.#offset + newline + 1);
      from = newline + 1;
    }
    this.#offset += piece.length;
  }

  /** Whether the text at `offset` is code; the lines before it must have been read. */
  isCode(offset: number): boolean {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1;
  }

  #grow(text: string): void {
    const line = (this.#line ?? '') + text;
    this.#line = line.length <= MAX_LINE && MAY_BE_FENCE.test(line) ? line : null;
  }

  #endLine(next: number): void {
    const line = this.#line;
    this.#line = '';
    if (line === null) return;
    const fence = FENCE.exec(line);
    if (fence === null) return;
    const [, before = '', run = '', info = ''] = fence;
    if (this.#open === '') {
      if (run.startsWith('`') && info.includes('`')) return;
      this.#open = run;
    } else {
      if (run[0] !== this.#open[0] || run.length < this.#open.length || info.trim() !== '' || !CONTAINED.test(before)) return;
      this.#open = '';
    }
    this.#changes.push(next);
  }
}

/** A fence line is short; a longer line is text. Its reason is to bound what is kept of one line. */
const MAX_LINE = 256;
const MAY_BE_FENCE = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:$|[-*+]$|\d{1,9}[.)]?$|`{1,2}$|~{1,2}$|`{3}|~{3})/;
const FENCE = /^((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,}|~{3,})(.*)$/s;
/** A list marker begins an item, so inside a block it is code. */
const CONTAINED = /^[ \t>]*$/;
