import type { Machine, State } from './regex-states.js';
import type { RegexPattern } from './regex-set.js';

/** What one start can still become, one entry a pattern. */
export interface Beginning {
  readonly pattern: number;
  readonly state: State;
  /** Units from the start to the end of the match to fall back on; -1: none. */
  readonly fallback: number;
}

/** A match decided within the first characters. */
export interface EarlyMatch {
  readonly rule: number;
  readonly units: number;
}

/** All patterns together after the first few ASCII characters behind a start: a trie grown as the text demands it. */
export interface StartNode {
  readonly depth: number;
  readonly alive: readonly Beginning[];
  readonly matched: readonly EarlyMatch[];
  readonly next: (StartNode | null | undefined)[];
}

/**
 * So many characters all patterns are followed as one. Most starts in prose are over by then, and cost one lookup a
 * character, however many patterns there are.
 */
export const MAX_DEPTH = 4;
/** Beginnings kept in one trie, some 8 MB at worst; then it is grown anew. */
const MAX_CELLS = 200_000;

/** Grows the trie of one rule set for one kind of character before the start. */
export class StartTrie {
  readonly #patterns: readonly RegexPattern[];
  readonly #kind: number;
  #root: StartNode | undefined;
  #cells = 0;

  /** `kind`: what stands before the starts. */
  constructor(patterns: readonly RegexPattern[], kind: number) {
    this.#patterns = patterns;
    this.#kind = kind;
  }

  /** What can begin with this ASCII character; null: nothing. */
  begin(char: number): StartNode | null {
    const root = this.#root ?? this.#plant();
    const node = root.next[char] ?? this.step(root, char);
    return node === null || (node.alive.length === 0 && node.matched.length === 0) ? null : node;
  }

  /** Every pattern that reads its beginning without look-behind, before any character. */
  #plant(): StartNode {
    const alive: Beginning[] = [];
    for (const [pattern, { machine }] of this.#patterns.entries()) {
      const { target, age, ask } = machine.first(this.#kind);
      if (ask < 0 && target !== null) alive.push({ pattern, state: target, fallback: age });
    }
    this.#cells = alive.length;
    this.#root = { depth: 0, alive, matched: [], next: [] };
    return this.#root;
  }

  /** Whether a pattern that begins with this ASCII character is left out, as look-behind decides its first step. */
  isSolo(machine: Machine, char: number): boolean {
    const first = machine.first(this.#kind);
    return first.ask >= 0 || (first.target !== null && machine.step(first.target, machine.alphabet.classOf(char)).ask >= 0);
  }

  /** One ASCII character on, or null where the patterns must be followed one by one from here. */
  step(node: StartNode, char: number): StartNode | null {
    const known = node.next[char];
    if (known !== undefined) return known;
    if (node.depth >= MAX_DEPTH) return null;
    const alive: Beginning[] = [];
    const matched: EarlyMatch[] = [];
    const depth = node.depth + 1;
    for (const { pattern, state, fallback } of node.alive) {
      const found = this.#patterns[pattern];
      if (found === undefined) continue;
      const edge = found.machine.step(state, found.machine.alphabet.classOf(char));
      // Look-behind in mid-pattern depends on more than these characters; at the first, the pattern goes alone.
      if (edge.ask >= 0) {
        if (depth > 1) {
          node.next[char] = null;
          return null;
        }
        continue;
      }
      const end = edge.age >= 0 ? depth - edge.age : fallback;
      if (edge.target !== null) alive.push({ pattern, state: edge.target, fallback: end });
      else if (end > 0) matched.push({ rule: found.rule, units: end });
    }
    const next: StartNode = { depth, alive, matched, next: [] };
    node.next[char] = next;
    this.#cells += 1 + alive.length + matched.length;
    // Starts under way keep their nodes; new ones grow a new trie.
    if (this.#cells > MAX_CELLS) this.#root = undefined;
    return next;
  }
}
