import { Attempt, AttemptQueue, Group } from './regex-attempts.js';
import { AT_START, kindOf } from './regex-before.js';
import { matchesBehind, type Surroundings } from './regex-look-behind.js';
import type { RegexSet } from './regex-set.js';
import { MAX_DEPTH, type StartNode } from './regex-starts.js';
import type { Edge, Machine, State } from './regex-states.js';

/** Told of each decided, non-empty match of a rule; the same start comes once for a rule. */
export type Offer = (rule: number, start: number, end: number) => void;

/** A start of which no pattern has got beyond the first few characters. */
interface Fresh {
  readonly start: number;
  /** What stood before it. */
  readonly kind: number;
  node: StartNode;
}

/** The attempts of one text. */
export class RegexRun {
  readonly #set: RegexSet;
  readonly #holdChars: number;
  readonly #offer: Offer;
  readonly #queue = new AttemptQueue();
  #groups: Group[] = [];
  /** The newest starts, oldest first, of which all patterns are followed as one. */
  readonly #fresh: Fresh[] = [];
  #freshCount = 0;
  #kind = AT_START;
  /** Work done so far, counted in attempts and groups touched; tests hold it against the text's length. */
  work = 0;

  constructor(set: RegexSet, holdChars: number, offer: Offer) {
    this.#set = set;
    this.#holdChars = holdChars;
    this.#offer = offer;
  }

  /** The least undecided start, or Infinity. */
  get oldest(): number {
    const fresh = this.#freshCount > 0 ? this.#fresh[0] : undefined;
    return Math.min(this.#queue.oldest, fresh === undefined ? Infinity : fresh.start);
  }

  /** Whether a match could begin with a high surrogate that stands alone at the end so far. */
  mayBeginWith(high: number): boolean {
    return this.#set.beginsWith(this.#kind, high);
  }

  /** No start before this may match any more. */
  dropBefore(offset: number): void {
    this.#queue.dropBefore(offset);
    let late = 0;
    while (late < this.#freshCount && (this.#fresh[late]?.start ?? offset) < offset) late++;
    if (late === 0) return;
    this.#fresh.copyWithin(0, late, this.#freshCount);
    this.#freshCount -= late;
  }

  /** The text is this long now: an attempt that has seen all it may see and is undecided is none. */
  expire(length: number): void {
    this.dropBefore(length - this.#holdChars + 1);
  }

  /**
   * Reads one code point, which stands at absolute offset `at` and ends at index `index` of the text around it.
   * No attempt begins here when `at` lies before `from`.
   */
  read(char: number, at: number, from: number, around: Surroundings, index: number): void {
    const kind = this.#kind;
    const idle = char < 128 && this.#set.isIdle(kind, char);
    this.#kind = kindOf(char);
    if (idle && this.#groups.length === 0 && this.#freshCount === 0) return;
    const end = at + (char > 0xffff ? 2 : 1);
    const stamp = ++this.#set.stamp;
    if (this.#groups.length > 0) this.#step(char, end, stamp, around, index);
    if (this.#freshCount > 0) this.#goOn(char, end, stamp, around, index);
    if (idle || at < from) return;
    for (const pattern of this.#set.candidates(kind, char)) this.#begin(pattern, kind, char, at, end, stamp, around, index);
    if (char >= 128) return;
    const node = this.#set.begin(kind, char);
    if (node === null) return;
    const one = { start: at, kind, node };
    if (this.#staysFresh(one, stamp)) this.#fresh[this.#freshCount++] = one;
  }

  /** The text ends: decides every attempt. */
  finish(length: number): void {
    for (const group of this.#groups) {
      const machine = this.#machine(group.pattern);
      const age = machine.finish(group.state);
      if (age >= 0) group.setEnd(length - age);
      this.#decide(group, age >= 0 || group.state.pending);
    }
    this.#groups = [];
    this.#finishFresh(length);
  }

  #finishFresh(length: number): void {
    for (const { start, node } of this.#fresh.slice(0, this.#freshCount)) {
      for (const { pattern, state, fallback } of node.alive) {
        const age = this.#machine(pattern).finish(state);
        const end = age >= 0 ? length - age : fallback < 0 ? -1 : start + fallback;
        if (end > start) this.#offer(this.#set.patterns[pattern]?.rule ?? 0, start, end);
      }
    }
    this.#freshCount = 0;
  }

  #machine(pattern: number): Machine {
    const found = this.#set.patterns[pattern];
    if (found === undefined) throw new RangeError(`no pattern ${String(pattern)}`);
    return found.machine;
  }

  #step(char: number, end: number, stamp: number, around: Surroundings, index: number): void {
    const groups = this.#groups;
    let kept = 0;
    for (const group of groups) {
      if (group.empty) continue;
      this.work++;
      const machine = this.#machine(group.pattern);
      let edge = machine.step(group.state, machine.alphabet.classOf(char));
      if (edge.ask >= 0) edge = this.#answer(machine, edge, around, index);
      if (edge.age >= 0) group.setEnd(end - edge.age);
      const target = edge.target;
      if (target === null) {
        this.#decide(group, edge.age >= 0 || group.state.pending);
      } else if (target.mark === stamp) {
        groups[target.holder]?.merge(group);
      } else {
        target.mark = stamp;
        target.holder = kept;
        group.state = target;
        groups[kept++] = group;
      }
    }
    groups.length = kept;
  }

  #begin(pattern: number, kind: number, char: number, at: number, end: number, stamp: number, around: Surroundings, index: number): void {
    this.work++;
    const machine = this.#machine(pattern);
    let edge = machine.first(kind);
    if (edge.ask >= 0) edge = this.#answer(machine, edge, around, index - (end - at));
    if (edge.target === null) return;
    // An empty match is ignored, but hides what is less preferred: it is kept as an end that offers nothing.
    const fallback = edge.age >= 0 ? at : -1;
    this.#follow(pattern, edge.target, at, fallback, char, end, stamp, around, index);
  }

  /** Takes one pattern from one start a character further. */
  #follow(
    pattern: number, state: State, start: number, fallback: number, char: number, end: number, stamp: number,
    around: Surroundings, index: number,
  ): void {
    const machine = this.#machine(pattern);
    let edge = machine.step(state, machine.alphabet.classOf(char));
    if (edge.ask >= 0) edge = this.#answer(machine, edge, around, index);
    const matchEnd = edge.age >= 0 ? end - edge.age : fallback;
    if (edge.target !== null) this.#attempt(pattern, edge.target, start, matchEnd, stamp);
    else if (matchEnd > start) this.#offer(this.#set.patterns[pattern]?.rule ?? 0, start, matchEnd);
  }

  /** Joins the attempts that are in the same state, or is the first of them. */
  #attempt(pattern: number, state: State, start: number, fallback: number, stamp: number): void {
    const attempt = new Attempt(start, null);
    this.#queue.push(attempt);
    if (state.mark !== stamp) {
      state.mark = stamp;
      state.holder = this.#groups.push(new Group(pattern, state)) - 1;
    }
    this.#groups[state.holder]?.add(attempt, fallback);
  }

  /** Takes the fresh starts one character further. */
  #goOn(char: number, end: number, stamp: number, around: Surroundings, index: number): void {
    const fresh = this.#fresh;
    let kept = 0;
    for (let i = 0; i < this.#freshCount; i++) {
      const one = fresh[i];
      if (one === undefined) break;
      this.work++;
      const node = char < 128 ? this.#set.goOn(one.kind, one.node, char) : null;
      if (node !== null) {
        one.node = node;
        if (this.#staysFresh(one, stamp)) fresh[kept++] = one;
        continue;
      }
      for (const { pattern, state, fallback } of one.node.alive) {
        this.work++;
        const matchEnd = fallback < 0 ? -1 : one.start + fallback;
        this.#follow(pattern, state, one.start, matchEnd, char, end, stamp, around, index);
      }
    }
    this.#freshCount = kept;
  }

  /** Offers what is decided; what is not stays fresh or, after a few characters, becomes attempts. */
  #staysFresh({ start, node }: Fresh, stamp: number): boolean {
    for (const { rule, units } of node.matched) this.#offer(rule, start, start + units);
    if (node.alive.length === 0) return false;
    if (node.depth < MAX_DEPTH) return true;
    for (const { pattern, state, fallback } of node.alive) {
      this.work++;
      this.#attempt(pattern, state, start, fallback < 0 ? -1 : start + fallback, stamp);
    }
    return false;
  }

  /** Follows an edge through the look-behind it depends on. */
  #answer(machine: Machine, edge: Edge, around: Surroundings, index: number): Edge {
    let next = edge;
    while (next.ask >= 0) {
      this.work++;
      next = machine.answer(next, matchesBehind(machine.program, next.ask, around, index));
    }
    return next;
  }

  #decide(group: Group, matched: boolean): void {
    const rule = this.#set.patterns[group.pattern]?.rule ?? 0;
    for (let segment = group.ring.right; segment !== group.ring; segment = segment.right) {
      for (let attempt = segment.ring.right; attempt !== segment.ring; attempt = attempt.right) {
        this.work++;
        this.#queue.remove(attempt);
        if (matched && segment.end > attempt.start) this.#offer(rule, attempt.start, segment.end);
      }
    }
  }
}
