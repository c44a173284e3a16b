import type { Strategy } from '../types.js';

/** What a check concludes of the value at hand. Offsets are indices into the window's text; `end` is exclusive. */
export interface Claim {
  readonly start: number;
  readonly end: number;
  /** Where a note goes, where that is behind `end`. */
  readonly noteAt?: number;
  readonly expected: string | null;
  /** 0..1 */
  readonly confidence: number;
  readonly strategy: Strategy;
  readonly reason: string;
}

/**
 * The text around a candidate. Whoever reads ahead says how far; where that text has not come yet, `short` is set and the
 * answer does not count: it is asked for again when more is here. So answers do not depend on how the text was cut.
 */
export class FactWindow {
  readonly text: string;
  /** Index of the candidate. */
  readonly at: number;
  /** Index behind the last unit that may be read. */
  readonly limit: number;
  /** In a fenced block. */
  readonly fenced: boolean;
  /** The line before the candidate, `LEFT_CHARS` at most, and whether it is cut short at its beginning. */
  readonly left: string;
  readonly leftCut: boolean;
  readonly #final: boolean;
  #short = false;

  constructor(text: string, at: number, limit: number, final: boolean, fenced: boolean) {
    this.text = text;
    this.at = at;
    this.limit = limit;
    this.#final = final;
    this.fenced = fenced;
    const from = Math.max(0, at - LEFT_CHARS);
    const before = text.slice(from, at);
    const newline = before.lastIndexOf('\n');
    this.leftCut = from > 0 && newline < 0;
    this.left = before.slice(newline + 1);
  }

  /** Between backticks on its line. */
  get inline(): boolean {
    return !this.fenced && countTicks(this.left) % 2 === 1;
  }

  /** Nothing else stands between the backticks around the value that ends at `end`. */
  alone(end: number): boolean {
    return this.text.charAt(this.at - 1) === '`' && this.ahead(end, 1) === '`';
  }

  /** Text that was asked for is still to come. */
  get short(): boolean {
    return this.#short;
  }

  /** Forgets that text was missing: the answer did not depend on it. */
  settle(): void {
    this.#short = false;
  }

  /** Up to `most` units from `from`, within the line. */
  ahead(from: number, most: number): string {
    const to = Math.min(from + most, this.limit);
    const piece = this.text.slice(from, to);
    const newline = piece.indexOf('\n');
    if (newline >= 0) return piece.slice(0, newline);
    if (from + most > this.limit && !this.#final) this.#short = true;
    return piece;
  }

  /** The end of the number that begins at `from`: digits, with `.` and `,` only between digits. */
  numberEnd(from: number): number {
    let at = from;
    while (at < this.limit) {
      const unit = this.text.charCodeAt(at);
      if (isDigit(unit) || ((unit === POINT || unit === COMMA) && at + 1 < this.limit && isDigit(this.text.charCodeAt(at + 1)))) at += 1;
      else break;
    }
    // A point or comma at the very end may still turn out to be inside the number.
    const open = at >= this.limit || (at + 1 >= this.limit && (this.text.charCodeAt(at) === POINT || this.text.charCodeAt(at) === COMMA));
    if (open && !this.#final) this.#short = true;
    return at;
  }
}

/** Units of the line before a candidate that are looked at. */
export const LEFT_CHARS = 400;
const POINT = 0x2e;
const COMMA = 0x2c;

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function countTicks(text: string): number {
  let ticks = 0;
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at)) {
    let end = at;
    while (text.charCodeAt(end) === 0x60) end += 1;
    ticks += 1;
    at = end;
  }
  return ticks;
}
