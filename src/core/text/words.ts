/** What a unit is to a text of words: a letter or comma, a space, or something that may mean more. */
const OTHER = 0;
const LETTER = 1;
const SPACE = 2;

const KINDS = Uint8Array.from({ length: 128 }, (_none, code) => (/[A-Za-z,]/.test(String.fromCharCode(code)) ? LETTER : code === 0x20 ? SPACE : OTHER));

/** Follows a text that comes in pieces, and tells of each whether it only goes on with words: ASCII letters, commas, and spaces behind them. */
export class WordTail {
  /** What the text ends in; a space counts only behind a letter, a comma, or such a space. */
  #last = OTHER;

  /** Reads the next piece. True: the text ended in the middle of words before it, and it is nothing else. */
  push(piece: string): boolean {
    let last = this.#last;
    let words = last !== OTHER;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      const kind = code < 128 ? (KINDS[code] as number) : OTHER;
      if (kind === OTHER) words = false;
      last = kind === SPACE && last === OTHER ? OTHER : kind;
    }
    this.#last = last;
    return words;
  }
}
