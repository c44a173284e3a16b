import { Attempt, AttemptQueue, Group } from './regex-attempts.js';
import { WORD_FOLDED } from './regex-chars.js';
import type { Before } from './regex-closure.js';
import { matchesBehind, type Surroundings } from './regex-look-behind.js';
import type { Edge, Machine } from './regex-states.js';

/** One regex of the rule set. */
export interface RegexPattern {
  readonly rule: number;
  readonly machine: Machine;
}

/** What may stand before a position, as far as any pattern can tell. */
const BEFORE: readonly Before[] = [
  { start: true, word: false, lineEnd: false },
  { start: false, word: false, lineEnd: true },
  { start: false, word: true, lineEnd: false },
  { start: false, word: false, lineEnd: false },
];
const AT_START = 0;
const AFTER_LINE_END = 1;
const AFTER_WORD = 2;
const AFTER_OTHER = 3;
/** After U+017F or U+212A: a word character to patterns with `iu` only. */
const AFTER_FOLDED = 4;

/** Rare characters whose candidates are remembered. */
const RARE_CHARS = 4_096;

const NOBODY: readonly number[] = [];

/** All regexes of a rule set and which of them can begin with which character. Shared by all runs. */
export class RegexSet {
  readonly patterns: readonly RegexPattern[];
  readonly behindChars: number;
  readonly #ascii: (readonly number[] | undefined)[] = [];
  readonly #rare = new Map<number, readonly number[]>();
  /** Numbers each step of any run, so that marks on shared states are never mistaken. */
  stamp = 0;

  constructor(patterns: readonly RegexPattern[]) {
    this.patterns = patterns;
    this.behindChars = patterns.reduce((most, { machine }) => Math.max(most, machine.program.behindChars), 0);
  }

  before(machine: Machine, kind: number): Before {
    const index = kind < AFTER_FOLDED ? kind : machine.program.word === WORD_FOLDED ? AFTER_WORD : AFTER_OTHER;
    return BEFORE[index] ?? { start: false, word: false, lineEnd: false };
  }

  /** The patterns that can match something which begins with this character. */
  candidates(kind: number, char: number): readonly number[] {
    const key = char * 5 + kind;
    if (char < 128) {
      let list = this.#ascii[key];
      if (list === undefined) {
        list = this.#find(kind, char);
        this.#ascii[key] = list;
      }
      return list;
    }
    let list = this.#rare.get(key);
    if (list === undefined) {
      if (this.#rare.size >= RARE_CHARS) this.#rare.clear();
      list = this.#find(kind, char);
      this.#rare.set(key, list);
    }
    return list;
  }

  /** Whether anything at all can begin with a character that starts with this high surrogate, or is it alone. */
  beginsWith(kind: number, high: number): boolean {
    const first = 0x10000 + ((high - 0xd800) << 10);
    return this.patterns.some(({ machine }) => {
      const edge = machine.first(this.before(machine, kind));
      const classes = new Set([machine.alphabet.classOf(high), ...machine.alphabet.classesIn(first, first + 0x3ff)]);
      return [...classes].some((one) => canBegin(machine, edge, one));
    });
  }

  #find(kind: number, char: number): readonly number[] {
    const list: number[] = [];
    for (const [i, { machine }] of this.patterns.entries()) {
      if (canBegin(machine, machine.first(this.before(machine, kind)), machine.alphabet.classOf(char))) list.push(i);
    }
    return list.length === 0 ? NOBODY : list;
  }
}

/** Whether the class can be the first character of a match, whatever look-behind says. */
function canBegin(machine: Machine, edge: Edge, kind: number): boolean {
  if (edge.ask >= 0) return canBegin(machine, machine.answer(edge, true), kind) || canBegin(machine, machine.answer(edge, false), kind);
  return edge.target !== null && survives(machine, machine.step(edge.target, kind), machine.alphabet.units[kind] ?? 1);
}

function survives(machine: Machine, edge: Edge, units: number): boolean {
  if (edge.ask >= 0) return survives(machine, machine.answer(edge, true), units) || survives(machine, machine.answer(edge, false), units);
  return edge.target !== null || (edge.age >= 0 && edge.age < units);
}

/** Told of each decided, non-empty match of a rule; the same start comes once for a rule. */
export type Offer = (rule: number, start: number, end: number) => void;

/** The attempts of one text. */
export class RegexRun {
  readonly #set: RegexSet;
  readonly #holdChars: number;
  readonly #offer: Offer;
  readonly #queue = new AttemptQueue();
  #groups: Group[] = [];
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
    return this.#queue.oldest;
  }

  /** Whether a match could begin with a high surrogate that stands alone at the end so far. */
  mayBeginWith(high: number): boolean {
    return this.#set.beginsWith(this.#kind, high);
  }

  /** No start before this may match any more. */
  dropBefore(offset: number): void {
    this.#queue.dropBefore(offset);
  }

  /** The text is this long now: an attempt that has seen all it may see and is undecided is none. */
  expire(length: number): void {
    this.#queue.dropBefore(length - this.#holdChars + 1);
  }

  /**
   * Reads one code point, which stands at absolute offset `at` and ends at index `index` of the text around it.
   * No attempt begins here when `at` lies before `from`.
   */
  read(char: number, at: number, from: number, around: Surroundings, index: number): void {
    const end = at + (char > 0xffff ? 2 : 1);
    const stamp = ++this.#set.stamp;
    if (this.#groups.length > 0) this.#step(char, end, stamp, around, index);
    if (at >= from) {
      const candidates = this.#set.candidates(this.#kind, char);
      for (const pattern of candidates) this.#begin(pattern, char, at, end, stamp, around, index);
    }
    this.#kind = kindOf(char);
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

  #begin(pattern: number, char: number, at: number, end: number, stamp: number, around: Surroundings, index: number): void {
    this.work++;
    const machine = this.#machine(pattern);
    let edge = machine.first(this.#set.before(machine, this.#kind));
    if (edge.ask >= 0) edge = this.#answer(machine, edge, around, index - (end - at));
    if (edge.target === null) return;
    // An empty match is ignored, but hides what is less preferred: it is kept as an end that offers nothing.
    let fallback = edge.age >= 0 ? at : -1;
    edge = machine.step(edge.target, machine.alphabet.classOf(char));
    if (edge.ask >= 0) edge = this.#answer(machine, edge, around, index);
    if (edge.age >= 0) fallback = end - edge.age;
    const target = edge.target;
    if (target === null) {
      if (fallback > at) this.#offer(this.#set.patterns[pattern]?.rule ?? 0, at, fallback);
      return;
    }
    const attempt = new Attempt(at, null);
    this.#queue.push(attempt);
    if (target.mark !== stamp) {
      target.mark = stamp;
      target.holder = this.#groups.push(new Group(pattern, target)) - 1;
    }
    this.#groups[target.holder]?.add(attempt, fallback);
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

function kindOf(char: number): number {
  if (char < 128) {
    if (char === 0x0a || char === 0x0d) return AFTER_LINE_END;
    const letter = char | 0x20;
    const word = (letter >= 0x61 && letter <= 0x7a) || (char >= 0x30 && char <= 0x39) || char === 0x5f;
    return word ? AFTER_WORD : AFTER_OTHER;
  }
  if (char === 0x2028 || char === 0x2029) return AFTER_LINE_END;
  return char === 0x17f || char === 0x212a ? AFTER_FOLDED : AFTER_OTHER;
}
