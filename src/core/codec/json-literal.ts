import { isUtf8 } from 'node:buffer';

/** What stands between the quotes of a JSON string: to text, and back with as few bytes changed as possible. */

/** Replaces the UTF-16 units [start, end) of a literal's text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/**
 * The text of a literal, as `JSON.parse` of the decoded bytes has it: broken UTF-8 becomes U+FFFD.
 * @throws SyntaxError where the bytes are not the content of a JSON string.
 */
export function literalText(literal: Buffer): string {
  return JSON.parse(`"${literal.toString('utf8')}"`) as string;
}

/** Text as the content of a JSON string. Lone surrogates are escaped. */
export function literalBytes(text: string): Buffer {
  return Buffer.from(JSON.stringify(text).slice(1, -1), 'utf8');
}

/** Reads a well-formed literal unit by unit and copies, or skips, its bytes. */
class Cursor {
  readonly #literal: Buffer;
  readonly #out: Buffer[] = [];
  #at = 0;
  #unit = 0;
  // The second half of a four-byte character whose first half lies behind us.
  #half: string | null = null;

  constructor(literal: Buffer) {
    this.#literal = literal;
  }

  insert(text: string): void {
    if (text !== '') this.#out.push(literalBytes(text));
  }

  /** Goes on to `unit`; `keep` says whether what lies between stays. */
  moveTo(unit: number, keep: boolean): void {
    if (unit > this.#unit) this.#takeHalf(keep);
    const start = this.#at;
    let split: string | null = null;
    while (this.#unit < unit && this.#at < this.#literal.length) {
      const byte = this.#literal[this.#at] as number;
      const isPair = byte >= 0xf0;
      if (isPair && this.#unit + 1 === unit) {
        split = this.#literal.toString('utf8', this.#at, this.#at + 4);
        break;
      }
      this.#at += unitBytes(byte, this.#literal[this.#at + 1]);
      this.#unit += isPair ? 2 : 1;
    }
    if (keep) this.#keep(start, this.#at);
    if (split !== null) this.#splitPair(split, keep);
  }

  finish(): Buffer {
    this.moveTo(Infinity, true);
    return this.#out.length === 1 ? (this.#out[0] as Buffer) : Buffer.concat(this.#out);
  }

  #keep(start: number, end: number): void {
    if (end > start) this.#out.push(this.#literal.subarray(start, end));
  }

  /** A boundary falls into a character: each half becomes an escape of its own, so that a client which joins texts gets the right one. */
  #splitPair(pair: string, keep: boolean): void {
    if (keep) this.#out.push(literalBytes(pair.slice(0, 1)));
    this.#half = pair.slice(1);
    this.#at += 4;
    this.#unit += 1;
  }

  #takeHalf(keep: boolean): void {
    if (this.#half === null) return;
    if (keep) this.#out.push(literalBytes(this.#half));
    this.#half = null;
    this.#unit += 1;
  }
}

function unitBytes(byte: number, next: number | undefined): number {
  if (byte < 0x80) {
    if (byte !== BACKSLASH) return 1;
    return next === LETTER_U ? 6 : 2;
  }
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

function editText(text: string, edits: readonly TextEdit[]): string {
  let out = '';
  let at = 0;
  for (const edit of edits) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

/**
 * A literal with edits made. Bytes outside the edits stay as they are, escapes included; only where the literal is no
 * valid UTF-8 is it written anew.
 * @param edits sorted, not overlapping, within the text.
 */
export function editLiteral(literal: Buffer, edits: readonly TextEdit[]): Buffer {
  if (!isUtf8(literal)) return literalBytes(editText(literalText(literal), edits));
  const cursor = new Cursor(literal);
  for (const edit of edits) {
    cursor.moveTo(edit.start, true);
    cursor.insert(edit.text);
    cursor.moveTo(edit.end, false);
  }
  return cursor.finish();
}
