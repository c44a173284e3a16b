import type { Before } from './regex-before.js';
import type { Duties, Duty, Machine } from './regex-states.js';

/** Threads of one state. Only duties of nested look-ahead can drive a program near it; such an attempt is given up. */
const MAX_THREADS = 4_000;

const WORD_NEXT: Duty = { kind: 'word', negate: false, state: null, id: 'w' };
const NON_WORD_NEXT: Duty = { kind: 'nonWord', negate: false, state: null, id: 'n' };
const LINE_END_NEXT: Duty = { kind: 'lineEnd', negate: false, state: null, id: 'e' };

/** Collects, in order of preference, the threads a position can be left by. */
export class Closure {
  readonly steps: number[] = [];
  readonly duties: Duties[] = [];
  readonly ages: number[] = [];
  readonly answers: ReadonlyMap<number, boolean>;
  /** Units back to the end of a match less preferred than all threads collected; -1: none. */
  age = -1;
  /** The look-behind that must be answered before the closure can be made; -1: none. */
  ask = -1;
  /** Nothing that comes later can matter. */
  closed = false;
  readonly #machine: Machine;
  readonly #before: Before;
  readonly #seen = new Map<number, Duties[]>();

  constructor(machine: Machine, before: Before, answers: ReadonlyMap<number, boolean>) {
    this.#machine = machine;
    this.#before = before;
    this.answers = answers;
  }

  /** A match whose end lies `age` units back; it is certain when it has no duties. */
  match(at: number, duties: Duties, age: number): void {
    if (duties.items.length > 0) {
      this.#add(at, duties, age);
      return;
    }
    this.age = age;
    this.closed = true;
  }

  /** Goes every way from a step up to the next character, the preferred way first. */
  follow(start: number, duties: Duties): void {
    // A flag rides beside the step: whether the innermost loop turn has consumed anything (2 * step + 1).
    const stack: [number, Duties][] = [[start * 2 + 1, duties]];
    for (let top = stack.pop(); top !== undefined && !this.closed; top = stack.pop()) {
      const [key, owed] = top;
      const at = key >> 1;
      const consumed = key & 1;
      const step = this.#machine.program.code[at];
      this.#machine.built++;
      if (step === undefined || this.#visited(step.op === 'char' || step.op === 'match' ? at * 2 : key, owed)) continue;
      switch (step.op) {
        case 'char':
          this.#add(at, owed, 0);
          break;
        case 'match':
          this.match(at, owed, 0);
          break;
        case 'split':
          stack.push([step.second * 2 + consumed, owed], [step.first * 2 + consumed, owed]);
          break;
        case 'begin':
          stack.push([step.next * 2, owed]);
          break;
        case 'finish':
          if (consumed === 1) stack.push([step.next * 2 + 1, owed]);
          break;
        case 'save':
        case 'reset':
          stack.push([step.next * 2 + consumed, owed]);
          break;
        case 'word':
        case 'lineStart':
        case 'lineEnd':
        case 'ahead':
        case 'behind': {
          const next = this.#assert(step, owed);
          if (next !== null) stack.push([step.next * 2 + consumed, next]);
        }
      }
    }
  }

  #assert(
    step: { op: 'word' | 'ahead' | 'behind'; negate: boolean; body?: number } | { op: 'lineStart' | 'lineEnd' },
    owed: Duties,
  ): Duties | null {
    const { start, word, lineEnd } = this.#before;
    switch (step.op) {
      case 'lineStart':
        return start || (lineEnd && this.#machine.program.multiline) ? owed : null;
      case 'lineEnd':
        return this.#machine.owe(owed, LINE_END_NEXT);
      case 'word':
        return this.#machine.owe(owed, word === step.negate ? WORD_NEXT : NON_WORD_NEXT);
      case 'ahead': {
        const found = this.#machine.lookAhead(step.body ?? 0, step.negate, this.#before);
        if (typeof found === 'boolean') return found ? owed : null;
        return this.#machine.owe(owed, found);
      }
      case 'behind': {
        const answer = this.answers.get(step.body ?? 0) ?? this.#behind(step.body ?? 0);
        if (answer === null) {
          this.ask = step.body ?? 0;
          this.closed = true;
          return null;
        }
        return answer === step.negate ? null : owed;
      }
    }
  }

  /** What the last character alone tells of a look-behind: often all that it asks for. */
  #behind(body: number): boolean | null {
    const { code, multiline } = this.#machine.program;
    const { start, lineEnd } = this.#before;
    const stack = [body];
    const seen = new Set<number>();
    let sure = true;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const step = code[at];
      if (step === undefined || seen.has(at)) continue;
      seen.add(at);
      if (step.op === 'match') return true;
      if (step.op === 'split') stack.push(step.first, step.second);
      else if (step.op === 'lineStart') {
        if (start || (multiline && lineEnd)) stack.push(step.next);
      } else if (step.op === 'char') {
        const has = this.#before.has(step.set);
        if (has === true && code[step.next]?.op === 'match') return true;
        sure &&= has === false;
      } else stack.push(step.next);
    }
    return sure ? false : null;
  }

  /** Whether a preferred thread stands here already that lives whenever this one would. */
  #visited(key: number, duties: Duties): boolean {
    const there = this.#seen.get(key);
    if (there === undefined) {
      this.#seen.set(key, [duties]);
      return false;
    }
    if (there.some((one) => one === duties || one.items.every((duty) => duties.items.some((other) => other.id === duty.id)))) return true;
    there.push(duties);
    return false;
  }

  #add(at: number, duties: Duties, age: number): void {
    if (this.steps.length >= MAX_THREADS) {
      this.steps.length = this.duties.length = this.ages.length = 0;
      this.age = -1;
      this.closed = true;
      return;
    }
    this.steps.push(at);
    this.duties.push(duties);
    this.ages.push(age);
  }
}
