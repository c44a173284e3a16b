import { caseMates } from './regex-chars.js';

/** A literal to find. A boundary on a side is `\b` there. */
export interface Literal {
  readonly text: string;
  readonly rule: number;
  readonly boundaryBefore: boolean;
  readonly boundaryAfter: boolean;
}

/** The symbol that stands for a word boundary; 0 is any unit that no literal has. */
export const BOUNDARY = 1;

/** An Aho-Corasick automaton in arrays. Nodes are numbered breadth first, the root is 0. */
export interface Automaton {
  /** By UTF-16 unit: its symbol. With `i`, all case forms of a unit share one. */
  readonly symbols: Uint16Array;
  /** Low surrogates whose case form depends on the high one before them: the code point's symbol. */
  readonly astral: ReadonlyMap<number, number>;
  readonly symbolCount: number;
  readonly usesBoundary: boolean;
  /** By unit below 128: the root stays the root. */
  readonly idle: Uint8Array;
  /** Whole rows of transitions for the nodes below `denseNodes`: the shallow ones, where text spends its time. */
  readonly rows: Int32Array;
  readonly denseNodes: number;
  /** For the others: children by hash of node and symbol. */
  readonly keys: Float64Array;
  readonly values: Int32Array;
  readonly fail: Int32Array;
  /** UTF-16 units from the root, boundaries not counted. */
  readonly depth: Int32Array;
  /** The node itself or the nearest on its failure path that can go on; 0: none. */
  readonly open: Int32Array;
  /** The node itself or the nearest on its failure path at which literals end; 0: none. */
  readonly report: Int32Array;
  /** By node: the first of its literals, -1 for none; and by literal: the next. */
  readonly firstEnd: Int32Array;
  readonly nextEnd: Int32Array;
  readonly rules: Int32Array;
  readonly lengths: Int32Array;
  readonly folded: boolean;
}

/** Cells of whole rows: 4 MB at most. */
const DENSE_CELLS = 1 << 20;

export function isWordUnit(unit: number, folded: boolean): boolean {
  if (unit < 128) {
    const letter = unit | 0x20;
    return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
  }
  return folded && (unit === 0x17f || unit === 0x212a);
}

/** Where a child hangs in the hash, or where it would. */
export function childSlot(keys: Float64Array, key: number, node: number, symbol: number): number {
  const mask = keys.length - 1;
  let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b)) >>> 0;
  slot = (slot ^ (slot >>> 15)) & mask;
  while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & mask;
  return slot;
}

interface Symbols {
  readonly symbols: Uint16Array;
  readonly astral: Map<number, number>;
  readonly count: number;
}

function numberSymbols(literals: readonly Literal[], folded: boolean): Symbols {
  const symbols = new Uint16Array(65_536);
  const astral = new Map<number, number>();
  let count = 2;
  const seen = new Set<number>();
  for (const { text } of literals) {
    for (const char of text) {
      const point = char.codePointAt(0) ?? 0;
      if (seen.has(point)) continue;
      const mates = folded ? caseMates(point) : [point];
      for (const mate of mates) seen.add(mate);
      if (point < 0x10000) {
        const symbol = symbols[point] || count++;
        for (const mate of mates) symbols[mate] = symbol;
        continue;
      }
      // No folding changes a high surrogate, so it stands for itself and the low one for the folded character.
      const high = char.charCodeAt(0);
      const low = char.charCodeAt(1);
      if (symbols[high] === 0) symbols[high] = count++;
      if (mates.length === 1) {
        if (symbols[low] === 0) symbols[low] = count++;
      } else {
        const symbol = count++;
        for (const mate of mates) astral.set(mate, symbol);
      }
    }
  }
  return { symbols, astral, count };
}

/** The symbols of one literal, boundaries between its own characters included. */
function spell(literal: Literal, { symbols, astral }: Symbols, folded: boolean, usesBoundary: boolean, into: number[]): void {
  const { text } = literal;
  into.length = 0;
  let high = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (usesBoundary) {
      const differs = i > 0 && isWordUnit(unit, folded) !== isWordUnit(text.charCodeAt(i - 1), folded);
      if (i === 0 ? literal.boundaryBefore : differs) into.push(BOUNDARY);
    }
    const point = high === 0 ? 0 : 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
    into.push((high === 0 ? undefined : astral.get(point)) ?? symbols[unit] ?? 0);
    high = (unit & 0xfc00) === 0xd800 ? unit : 0;
  }
  if (literal.boundaryAfter) into.push(BOUNDARY);
}

/** The trie while it grows: nodes in order of creation. */
interface Trie {
  readonly keys: Float64Array;
  readonly values: Int32Array;
  readonly parent: Int32Array;
  readonly symbol: Int32Array;
  readonly depth: Int32Array;
  /** By literal: the node it ends at. */
  readonly ends: Int32Array;
  readonly size: number;
}

function plant(literals: readonly Literal[], symbols: Symbols, folded: boolean, usesBoundary: boolean): Trie {
  let most = 1;
  for (const { text } of literals) most += usesBoundary ? 2 * text.length + 1 : text.length;
  let slots = 16;
  while (slots < most * 1.5) slots *= 2;
  const keys = new Float64Array(slots).fill(-1);
  const values = new Int32Array(slots);
  const parent = new Int32Array(most);
  const symbol = new Int32Array(most);
  const depth = new Int32Array(most);
  const ends = new Int32Array(literals.length);
  const spelled: number[] = [];
  let size = 1;
  for (const [i, literal] of literals.entries()) {
    spell(literal, symbols, folded, usesBoundary, spelled);
    let node = 0;
    for (const one of spelled) {
      const key = node * symbols.count + one;
      const slot = childSlot(keys, key, node, one);
      if (keys[slot] === -1) {
        keys[slot] = key;
        values[slot] = size;
        parent[size] = node;
        symbol[size] = one;
        depth[size] = (depth[node] ?? 0) + (one === BOUNDARY ? 0 : 1);
        size++;
      }
      node = values[slot] ?? 0;
    }
    ends[i] = node;
  }
  return { keys, values, parent, symbol, depth, ends, size };
}

/** Nodes by distance from the root, boundaries counted, and each node's children together: a failure link leads to an earlier one. */
function breadthFirst({ parent, size }: Trie): Int32Array {
  const firstChild = new Int32Array(size);
  const sibling = new Int32Array(size);
  for (let node = size - 1; node > 0; node--) {
    const above = parent[node] ?? 0;
    sibling[node] = firstChild[above] ?? 0;
    firstChild[above] = node;
  }
  const order = new Int32Array(size);
  let filled = 1;
  for (let place = 0; place < filled; place++) {
    for (let child = firstChild[order[place] ?? 0] ?? 0; child !== 0; child = sibling[child] ?? 0) order[filled++] = child;
  }
  return order;
}

/** Builds the automaton of literals that hold no lone surrogates. Time and memory are linear in their length. */
export function buildAutomaton(literals: readonly Literal[], folded: boolean): Automaton {
  const usesBoundary = literals.some((literal) => literal.boundaryBefore || literal.boundaryAfter);
  const symbols = numberSymbols(literals, folded);
  const trie = plant(literals, symbols, folded, usesBoundary);
  const order = breadthFirst(trie);
  const rank = new Int32Array(trie.size);
  order.forEach((node, place) => (rank[node] = place));
  const { count } = symbols;
  const denseNodes = Math.max(1, Math.min(trie.size, Math.floor(DENSE_CELLS / count)));
  const nodes = {
    rows: new Int32Array(denseNodes * count),
    fail: new Int32Array(trie.size),
    depth: new Int32Array(trie.size),
    open: new Int32Array(trie.size),
    report: new Int32Array(trie.size),
    firstEnd: new Int32Array(trie.size).fill(-1),
    nextEnd: new Int32Array(literals.length).fill(-1),
  };
  for (let i = literals.length - 1; i >= 0; i--) {
    const node = rank[trie.ends[i] ?? 0] ?? 0;
    nodes.nextEnd[i] = nodes.firstEnd[node] ?? -1;
    nodes.firstEnd[node] = i;
  }
  const keys = new Float64Array(trie.keys.length).fill(-1);
  const values = new Int32Array(trie.keys.length);
  for (let node = 1; node < trie.size; node++) {
    const from = rank[trie.parent[node] ?? 0] ?? 0;
    const symbol = trie.symbol[node] ?? 0;
    const key = from * count + symbol;
    const slot = childSlot(keys, key, from, symbol);
    keys[slot] = key;
    values[slot] = rank[node] ?? 0;
    nodes.open[from] = from;
  }
  const automaton: Automaton = {
    ...symbols, ...nodes, symbolCount: count, usesBoundary, denseNodes, keys, values, folded, idle: new Uint8Array(128),
    rules: Int32Array.from(literals, (literal) => literal.rule),
    lengths: Int32Array.from(literals, (literal) => literal.text.length),
  };
  link(automaton, trie, order, rank);
  markIdle(automaton);
  return automaton;
}

/** Sets failure links, rows and shortcuts, parents before children. */
function link(automaton: Automaton, trie: Trie, order: Int32Array, rank: Int32Array): void {
  const { rows, symbolCount, denseNodes, fail, depth, open, report, firstEnd } = automaton;
  const childrenOf = (node: number, first: number): number => {
    let child = first;
    while (child < trie.size && rank[trie.parent[order[child] ?? 0] ?? 0] === node) {
      const symbol = trie.symbol[order[child] ?? 0] ?? 0;
      fail[child] = node === 0 ? 0 : nextNode(automaton, fail[node] ?? 0, symbol);
      if (node < denseNodes) rows[node * symbolCount + symbol] = child;
      child++;
    }
    return child;
  };
  let child = 1;
  for (let node = 0; node < trie.size; node++) {
    depth[node] = trie.depth[order[node] ?? 0] ?? 0;
    const back = fail[node] ?? 0;
    if (node > 0) {
      if (open[node] !== node) open[node] = open[back] ?? 0;
      report[node] = (firstEnd[node] ?? -1) >= 0 ? node : (report[back] ?? 0);
      if (node < denseNodes) rows.copyWithin(node * symbolCount, back * symbolCount, (back + 1) * symbolCount);
    }
    child = childrenOf(node, child);
  }
}

/** Where a symbol leads from a node. */
export function nextNode(automaton: Automaton, from: number, symbol: number): number {
  const { rows, denseNodes, symbolCount, keys, values, fail } = automaton;
  let node = from;
  while (node >= denseNodes) {
    const key = node * symbolCount + symbol;
    const slot = childSlot(keys, key, node, symbol);
    if (keys[slot] === key) return values[slot] ?? 0;
    node = fail[node] ?? 0;
  }
  return rows[node * symbolCount + symbol] ?? 0;
}

function markIdle(automaton: Automaton): void {
  const afterBoundary = automaton.usesBoundary ? nextNode(automaton, 0, BOUNDARY) : 0;
  for (let unit = 0; unit < 128; unit++) {
    const symbol = automaton.symbols[unit] ?? 0;
    const stays = nextNode(automaton, 0, symbol) === 0 && nextNode(automaton, afterBoundary, symbol) === 0;
    automaton.idle[unit] = stays ? 1 : 0;
  }
}
