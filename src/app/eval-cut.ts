/** The longest piece, in UTF-16 units: about what a model's longest token is. */
const MOST_UNITS = 12;

/**
 * Cuts a text into small pieces, as tokens come: the same for the same seed and case, different for others. Runs of single units occur, and
 * surrogate pairs are cut in two. Joined, the pieces are the text; none is empty.
 */
export function cutText(text: string, seed: number, id = ''): string[] {
  const next = numbers(hashOf(`${seed}\u0000${id}`));
  const pieces: string[] = [];
  let at = 0;
  let singles = 0;
  while (at < text.length) {
    if (singles === 0 && next() < 0.1) singles = 2 + Math.floor(next() * 8);
    let end = at + (singles > 0 ? 1 : 1 + Math.floor(next() * next() * MOST_UNITS));
    if (singles > 0) singles -= 1;
    // A cut in front of a pair is moved into it half of the time: pairs are rare and would else seldom be hit.
    if (isHighSurrogate(text, end) && end - at < MOST_UNITS && next() < 0.5) end += 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32: 32 bits of state are plenty for where to cut. */
function numbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
