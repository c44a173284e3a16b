const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Decodes the content of a JSON string that comes in pieces cut anywhere, and knows where each decoded unit stands in it.
 * The content must be well-formed as far as it goes. Offsets are absolute.
 */
export class LiteralReader {
  /** Where the decoded units begin in the escaped text, from `#base` on. */
  #starts: number[] = [];
  #base = 0;
  #length = 0;
  /** An escape that is not complete. */
  #escape = '';

  /** Escaped units read. */
  get length(): number {
    return this.#length;
  }

  /** Reads the next piece and returns the text it completes. */
  push(piece: string): string {
    if (this.#escape === '' && !piece.includes('\\')) {
      for (let at = 0; at < piece.length; at += 1) this.#starts.push(this.#length + at);
      this.#length += piece.length;
      return piece;
    }
    let text = '';
    for (let at = 0; at < piece.length; at += 1) {
      text += this.#unit(piece[at] as string, piece.charCodeAt(at));
      this.#length += 1;
    }
    return text;
  }

  /** Where a decoded unit begins; behind the last one: where the next will. */
  startOf(unit: number): number {
    return this.#starts[unit - this.#base] ?? this.#length - this.#escape.length;
  }

  /** The first decoded unit that begins at or behind an escaped offset. */
  unitAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#base + low;
  }

  /** Forgets what begins before an escaped offset; returns how many units that were. */
  forget(offset: number): number {
    if (this.#starts.length === 0 || (this.#starts[0] as number) >= offset) return 0;
    const spent = this.unitAt(offset) - this.#base;
    this.#starts = this.#starts.slice(spent);
    this.#base += spent;
    return spent;
  }

  #unit(letter: string, code: number): string {
    if (this.#escape === '') {
      if (code === BACKSLASH) {
        this.#escape = letter;
        return '';
      }
      this.#starts.push(this.#length);
      return letter;
    }
    const escape = this.#escape + letter;
    const isLong = escape.charCodeAt(1) === LETTER_U;
    if (isLong && escape.length < 6) {
      this.#escape = escape;
      return '';
    }
    this.#escape = '';
    this.#starts.push(this.#length + 1 - escape.length);
    return isLong ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : (SIMPLE[letter] ?? letter);
  }
}
