import type { State } from './regex-states.js';

/** One start of one rule that is not decided yet. It is in two rings: its segment's, and that of all attempts by age. */
export class Attempt {
  readonly start: number;
  left: Attempt = this;
  right: Attempt = this;
  older: Attempt = this;
  newer: Attempt = this;
  /** Set on a ring's own element, which stands for no attempt. */
  readonly segment: Segment | null;

  constructor(start: number, segment: Segment | null) {
    this.start = start;
    this.segment = segment;
  }
}

/** Attempts that share the end of the match they fall back on (-1: none). */
export class Segment {
  readonly ring: Attempt = new Attempt(-1, this);
  end: number;
  left: Segment = this;
  right: Segment = this;

  constructor(end: number) {
    this.end = end;
  }

  unlink(): void {
    this.left.right = this.right;
    this.right.left = this.left;
  }
}

/** Attempts of one rule in one state: from here on they do the same, so they are stepped as one. */
export class Group {
  readonly pattern: number;
  state: State;
  readonly ring = new Segment(-1);

  constructor(pattern: number, state: State) {
    this.pattern = pattern;
    this.state = state;
  }

  get empty(): boolean {
    return this.ring.right === this.ring;
  }

  add(attempt: Attempt, end: number): void {
    let segment = this.ring.left;
    if (segment === this.ring || segment.end !== end) {
      segment = new Segment(end);
      this.#append(segment);
    }
    const { ring } = segment;
    attempt.left = ring.left;
    attempt.right = ring;
    ring.left.right = attempt;
    ring.left = attempt;
  }

  /** A match that all attempts prefer to the one they had. */
  setEnd(end: number): void {
    const first = this.ring.right;
    if (first === this.ring) return;
    first.end = end;
    for (let other = first.right; other !== this.ring; other = first.right) {
      other.unlink();
      pour(other, first);
    }
  }

  /** Takes over all attempts of a group that came to the same state. */
  merge(other: Group): void {
    const first = other.ring.right;
    if (first === other.ring) return;
    const last = this.ring.left;
    if (last !== this.ring && last.end === first.end) {
      first.unlink();
      pour(first, last);
    }
    if (other.empty) return;
    const from = other.ring.right;
    const to = other.ring.left;
    from.left = this.ring.left;
    this.ring.left.right = from;
    to.right = this.ring;
    this.ring.left = to;
    other.ring.left = other.ring.right = other.ring;
  }

  #append(segment: Segment): void {
    segment.left = this.ring.left;
    segment.right = this.ring;
    this.ring.left.right = segment;
    this.ring.left = segment;
  }
}

function pour(from: Segment, into: Segment): void {
  const first = from.ring.right;
  const last = from.ring.left;
  if (first === from.ring) return;
  first.left = into.ring.left;
  into.ring.left.right = first;
  last.right = into.ring;
  into.ring.left = last;
  from.ring.left = from.ring.right = from.ring;
}

/** All attempts, the oldest first. */
export class AttemptQueue {
  readonly #ring = new Attempt(-1, null);

  /** The start of the oldest attempt, or Infinity. */
  get oldest(): number {
    const first = this.#ring.newer;
    return first === this.#ring ? Infinity : first.start;
  }

  /** Starts come in the order of the text, save that one may come up to a few characters late. */
  push(attempt: Attempt): void {
    let older = this.#ring.older;
    while (older !== this.#ring && older.start > attempt.start) older = older.older;
    attempt.older = older;
    attempt.newer = older.newer;
    older.newer.older = attempt;
    older.newer = attempt;
  }

  /** Forgets a decided attempt. */
  remove(attempt: Attempt): void {
    attempt.older.newer = attempt.newer;
    attempt.newer.older = attempt.older;
  }

  /** Gives up all attempts that start before an offset. */
  dropBefore(offset: number): void {
    for (let first = this.#ring.newer; first !== this.#ring && first.start < offset; first = this.#ring.newer) {
      this.remove(first);
      first.left.right = first.right;
      first.right.left = first.left;
      // The last of its segment takes the segment with it, and so may leave a group empty.
      if (first.left === first.right) first.left.segment?.unlink();
    }
  }
}
