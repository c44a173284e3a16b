import { Alphabet } from './regex-alphabet.js';
import { beforeKind, type Before } from './regex-before.js';
import { Closure } from './regex-closure.js';
import type { Program } from './regex-program.js';

/** Cells of cached states a pattern may keep; then the cache starts anew. Some 2 MB at worst. */
const CACHE_CELLS = 50_000;

/** What must still come true behind a position that was passed already. */
export interface Duty {
  readonly kind: 'word' | 'nonWord' | 'lineEnd' | 'ahead';
  readonly negate: boolean;
  /** How far a look-ahead has read. */
  readonly state: State | null;
  readonly id: string;
}

/** The duties of one thread. `next` by class: what is left of them, or null when one cannot be kept. */
export interface Duties {
  readonly id: number;
  readonly items: readonly Duty[];
  next: (Duties | null | undefined)[];
}

/** Threads in order of preference: what an attempt may still become. Equal states have equal futures. */
export interface State {
  readonly id: number;
  readonly steps: readonly number[];
  readonly duties: readonly Duties[];
  /** Units since the end of a match that waits for its duties; 0 for other threads. */
  readonly ages: readonly number[];
  /** A match less preferred than all threads is known; its end is kept by the attempt. */
  readonly pending: boolean;
  edges: (Edge | undefined)[];
  /** The age of the match if the text ends here, -1 for none, -2 while not computed. */
  atEnd: number;
  /** Scratch for whoever merges attempts: the step it was last reached in, and by whom. */
  mark: number;
  holder: number;
}

/** Where one character leads. */
export interface Edge {
  /** Null: the attempt is decided. */
  readonly target: State | null;
  /** A match ends this many units back and replaces any less preferred one; -1: none. */
  readonly age: number;
  /** The body of a look-behind whose answer is needed first; -1: none. */
  readonly ask: number;
  /** For an edge that asks: what follows from either answer. */
  readonly answers: [no: Edge | null, yes: Edge | null];
  readonly resume: ((answer: boolean) => Edge) | null;
}

/** The deterministic machine of one program, built as the text demands it and shared by all runs. */
export class Machine {
  readonly program: Program;
  readonly alphabet: Alphabet;
  readonly none: Duties = { id: 0, items: [], next: [] };
  readonly #states = new Map<string, State>();
  readonly #dutySets = new Map<string, Duties>();
  readonly #first: (Edge | undefined)[] = [];
  #cells = 0;
  #ids = 0;
  /** Threads looked at while building; tests measure work by it. */
  built = 0;

  constructor(program: Program) {
    this.program = program;
    this.alphabet = new Alphabet(program);
  }

  /** The way into the pattern, by the kind of place. */
  first(kind: number): Edge {
    let edge = this.#first[kind];
    if (edge === undefined) {
      edge = this.#enter(this.program.start, beforeKind(this.program, kind), new Map());
      this.#first[kind] = edge;
    }
    return edge;
  }

  step(state: State, kind: number): Edge {
    return state.edges[kind] ?? this.#build(state, kind);
  }

  /** Follows an edge that asks. */
  answer(edge: Edge, yes: boolean): Edge {
    const index = yes ? 1 : 0;
    const known = edge.answers[index];
    if (known !== null || edge.resume === null) return known ?? edge;
    const next = edge.resume(yes);
    edge.answers[index] = next;
    return next;
  }

  /** The age of the match if the text ends here, or -1. */
  finish(state: State): number {
    if (state.atEnd !== -2) return state.atEnd;
    let age = -1;
    for (const [i, at] of state.steps.entries()) {
      if (this.program.code[at]?.op !== 'match') continue;
      if (state.duties[i]?.items.every((duty) => this.#keptAtEnd(duty)) !== true) continue;
      age = state.ages[i] ?? -1;
      break;
    }
    state.atEnd = age;
    return age;
  }

  #keptAtEnd(duty: Duty): boolean {
    if (duty.kind === 'word') return false;
    return duty.state === null || (this.finish(duty.state) >= 0) !== duty.negate;
  }

  #enter(start: number, before: Before, answers: ReadonlyMap<number, boolean>): Edge {
    const closure = new Closure(this, before, answers);
    closure.follow(start, this.none);
    return this.#edge(closure, false, (more) => this.#enter(start, before, more));
  }

  #build(state: State, kind: number): Edge {
    const edge = this.#advance(state, kind, new Map());
    state.edges[kind] = edge;
    return edge;
  }

  #advance(state: State, kind: number, answers: ReadonlyMap<number, boolean>): Edge {
    const { alphabet, program } = this;
    const before: Before = {
      start: false,
      word: alphabet.word[kind] === true,
      lineEnd: alphabet.lineEnd[kind] === true,
      has: (set) => alphabet.accepts[set]?.[kind] === 1,
    };
    const closure = new Closure(this, before, answers);
    for (const [i, at] of state.steps.entries()) {
      this.built++;
      const duties = this.keep(state.duties[i] ?? this.none, kind);
      const step = program.code[at];
      if (duties === null || step === undefined) continue;
      if (step.op === 'match') closure.match(at, duties, (state.ages[i] ?? 0) + (alphabet.units[kind] ?? 1));
      else if (step.op === 'char' && alphabet.accepts[step.set]?.[kind] === 1) closure.follow(step.next, duties);
      if (closure.closed) break;
    }
    return this.#edge(closure, state.pending, (more) => this.#advance(state, kind, more));
  }

  #edge(closure: Closure, pending: boolean, again: (answers: ReadonlyMap<number, boolean>) => Edge): Edge {
    if (closure.ask >= 0) {
      const resume = (yes: boolean): Edge => again(new Map([...closure.answers, [closure.ask, yes]]));
      return { target: null, age: -1, ask: closure.ask, answers: [null, null], resume };
    }
    const target = closure.steps.length === 0 ? null : this.#intern(closure, pending || closure.age >= 0);
    return { target, age: closure.age, ask: -1, answers: [null, null], resume: null };
  }

  #intern(closure: Closure, pending: boolean): State {
    let key = pending ? 'p' : '';
    for (let i = 0; i < closure.steps.length; i++) {
      key += `${String(closure.steps[i])}.${String(closure.duties[i]?.id)}.${String(closure.ages[i])} `;
    }
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    this.#cells += closure.steps.length + this.alphabet.units.length;
    if (this.#cells > CACHE_CELLS) this.#forget();
    const { steps, duties, ages } = closure;
    const state: State = { id: ++this.#ids, steps, duties, ages, pending, edges: [], atEnd: -2, mark: 0, holder: -1 };
    this.#states.set(key, state);
    return state;
  }

  /** Attempts under way keep their old states, which lead into new ones. */
  #forget(): void {
    for (const state of this.#states.values()) state.edges = [];
    for (const duties of this.#dutySets.values()) duties.next = [];
    this.#states.clear();
    this.#dutySets.clear();
    this.#first.length = 0;
    this.none.next = [];
    this.#cells = 0;
  }

  /** Adds a duty, or null where it contradicts one that is there. */
  owe(duties: Duties, duty: Duty): Duties | null {
    if (duties.items.some((one) => one.id === duty.id)) return duties;
    const contrary = duty.kind === 'word' ? 'nonWord' : duty.kind === 'nonWord' ? 'word' : null;
    if (duties.items.some((one) => one.kind === contrary)) return null;
    return this.#dutySet([...duties.items, duty]);
  }

  #dutySet(items: readonly Duty[]): Duties {
    if (items.length === 0) return this.none;
    const sorted = [...new Map(items.map((duty) => [duty.id, duty])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const key = sorted.map((duty) => duty.id).join(' ');
    let set = this.#dutySets.get(key);
    if (set === undefined) {
      set = { id: ++this.#ids, items: sorted, next: [] };
      this.#dutySets.set(key, set);
    }
    return set;
  }

  /** What is left of the duties after a character of this class, or null when one is broken. */
  keep(duties: Duties, kind: number): Duties | null {
    if (duties.items.length === 0) return this.none;
    const known = duties.next[kind];
    if (known !== undefined) return known;
    const left: Duty[] = [];
    let broken = false;
    for (const duty of duties.items) {
      const state = duty.state;
      if (state === null) {
        const { word, lineEnd } = this.alphabet;
        broken ||= duty.kind === 'lineEnd' ? !(this.program.multiline && lineEnd[kind] === true) : word[kind] !== (duty.kind === 'word');
        continue;
      }
      const edge = this.step(state, kind);
      if (edge.age >= 0) broken ||= duty.negate;
      else if (edge.target === null) broken ||= !duty.negate;
      else left.push(aheadDuty(edge.target, duty.negate));
    }
    const next = broken ? null : this.#dutySet(left);
    duties.next[kind] = next;
    return next;
  }

  /** What a look-ahead means here: known at once, or a duty. */
  lookAhead(body: number, negate: boolean, before: Before): boolean | Duty {
    const edge = this.#enter(body, before, new Map());
    if (edge.age >= 0) return !negate;
    return edge.target === null ? negate : aheadDuty(edge.target, negate);
  }
}

function aheadDuty(state: State, negate: boolean): Duty {
  return { kind: 'ahead', negate, state, id: `${negate ? '!' : '='}${String(state.id)}` };
}
