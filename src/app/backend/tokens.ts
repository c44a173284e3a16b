/** Cuts a text into small pieces as a model's tokens would: the same pieces for the same text and seed. */

export interface SplitOptions {
  /** Default 1. */
  readonly seed?: number;
  /** One piece for each UTF-16 unit, surrogate pairs cut in two. */
  readonly unitTokens?: boolean;
}

/** Code points of the longest piece. */
export const TOKEN_CODE_POINTS = 6;

/**
 * Pieces of 1 to 6 code points. A piece mostly takes a space in front and ends where a word ends, as byte-pair
 * encodings do, but long words are cut and now and then a piece ends inside a short one.
 */
export function* splitTokens(text: string, options: SplitOptions = {}): Generator<string, void, undefined> {
  if (options.unitTokens === true) {
    for (let at = 0; at < text.length; at += 1) yield text.charAt(at);
    return;
  }
  const random = xorshift(options.seed ?? 1);
  let at = 0;
  while (at < text.length) {
    const end = pieceEnd(text, at, 1 + (random() % TOKEN_CODE_POINTS), random() % 8 === 0);
    yield text.slice(at, end);
    at = end;
  }
}

function pieceEnd(text: string, start: number, codePoints: number, acrossWords: boolean): number {
  let at = start;
  for (let taken = 0; taken < codePoints && at < text.length; taken += 1) {
    // A piece may begin with a space, but only one in eight goes on over the next.
    if (taken > 0 && !acrossWords && isSpace(text.charCodeAt(at))) break;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Marsaglia's 32-bit xorshift: small, and the same on every machine. */
function xorshift(seed: number): () => number {
  // Zero is the one state it never leaves.
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
