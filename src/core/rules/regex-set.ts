import { KINDS } from './regex-before.js';
import { StartTrie, type StartNode } from './regex-starts.js';
import type { Edge, Machine } from './regex-states.js';

/** One regex of the rule set. */
export interface RegexPattern {
  readonly rule: number;
  readonly machine: Machine;
}

/** Rare characters whose candidates are remembered. */
const RARE_CHARS = 4_096;

const NOBODY: readonly number[] = [];

/** All regexes of a rule set and which of them can begin with which character. Shared by all runs. */
export class RegexSet {
  readonly patterns: readonly RegexPattern[];
  readonly behindChars: number;
  readonly #ascii: (readonly number[] | undefined)[] = [];
  readonly #rare = new Map<number, readonly number[]>();
  /** By character and kind: 0 not known, 1 idle, 2 not. */
  readonly #idle = new Uint8Array(128 * KINDS);
  readonly #tries: readonly StartTrie[];
  /** Numbers each step of any run, so that marks on shared states are never mistaken. */
  stamp = 0;

  constructor(patterns: readonly RegexPattern[]) {
    this.patterns = patterns;
    this.#tries = Array.from({ length: KINDS }, (_, kind) => new StartTrie(patterns, kind));
    this.behindChars = patterns.reduce((most, { machine }) => Math.max(most, machine.program.behindChars), 0);
  }

  /** What can begin with this ASCII character, the patterns apart that begin with look-behind; null: nothing. */
  begin(kind: number, char: number): StartNode | null {
    return this.#tries[kind]?.begin(char) ?? null;
  }

  /** Whether nothing at all begins with this ASCII character: most of what stands inside words. */
  isIdle(kind: number, char: number): boolean {
    const key = char * KINDS + kind;
    const known = this.#idle[key];
    if (known !== 0) return known === 1;
    const idle = this.begin(kind, char) === null && this.candidates(kind, char).length === 0;
    this.#idle[key] = idle ? 1 : 2;
    return idle;
  }

  /** What is left of a beginning after one more ASCII character; null: its patterns must be followed one by one. */
  goOn(kind: number, node: StartNode, char: number): StartNode | null {
    return this.#tries[kind]?.step(node, char) ?? null;
  }

  /**
   * The patterns that can match something which begins with this character and must be followed one by one: all, or for
   * ASCII characters those that a trie cannot hold.
   */
  candidates(kind: number, char: number): readonly number[] {
    const key = char * KINDS + kind;
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
      const edge = machine.first(kind);
      const classes = new Set([machine.alphabet.classOf(high), ...machine.alphabet.classesIn(first, first + 0x3ff)]);
      return [...classes].some((one) => canBegin(machine, edge, one));
    });
  }

  #find(kind: number, char: number): readonly number[] {
    const list: number[] = [];
    for (const [i, { machine }] of this.patterns.entries()) {
      const kept = char < 128 && !this.#tries[kind]?.isSolo(machine, char);
      if (!kept && canBegin(machine, machine.first(kind), machine.alphabet.classOf(char))) list.push(i);
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
