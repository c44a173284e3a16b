import type { AST } from '@eslint-community/regexpp';
import {
  ANYTHING, closeOverCase, complement, DIGITS, LINE_ENDS, NativeSets, rangesOf, SPACES, unite, WORD, WORD_FOLDED, type CharSet,
} from './regex-chars.js';
import { capturesIn, isNullable, MAX_LOOK_AROUND, PatternFault } from './regex-parse.js';

/** Steps of one compiled pattern, its repetitions written out. Bounds the work for one character of text. */
export const MAX_PROGRAM_STEPS = 2_000;

export type Instruction =
  | { readonly op: 'char'; readonly set: number; readonly next: number }
  | { readonly op: 'split'; first: number; second: number }
  /** Marks the start of an iteration that must not stay empty, as JavaScript's loops demand. */
  | { readonly op: 'begin'; readonly next: number }
  | { readonly op: 'finish'; readonly next: number }
  | { readonly op: 'word'; readonly negate: boolean; readonly next: number }
  | { readonly op: 'lineStart'; readonly next: number }
  | { readonly op: 'lineEnd'; readonly next: number }
  | { readonly op: 'ahead'; readonly body: number; readonly negate: boolean; readonly next: number }
  | { readonly op: 'behind'; readonly body: number; readonly negate: boolean; readonly next: number }
  | { readonly op: 'save'; readonly slot: number; readonly next: number }
  | { readonly op: 'reset'; readonly groups: readonly number[]; readonly next: number }
  | { readonly op: 'match' };

/** A pattern as a machine with priorities: of two ways out of a split the first is preferred. */
export interface Program {
  readonly code: readonly Instruction[];
  readonly start: number;
  readonly sets: readonly CharSet[];
  readonly word: CharSet;
  readonly multiline: boolean;
  /** Capturing groups, the whole match not counted. */
  readonly groups: number;
  /** Code points that look-behind may examine before a position. */
  readonly behindChars: number;
}

/** Sets shared by the patterns of one compilation. */
export class SetReader {
  readonly #native = new NativeSets();
  readonly #known = new Map<string, CharSet>();

  /** The code points that this one element matches. */
  read(node: AST.Character | AST.CharacterClass | AST.CharacterSet, flags: string): CharSet {
    const key = `${flags.includes('i') ? 'i' : ''}${flags.includes('s') ? 's' : ''} ${node.raw}`;
    let set = this.#known.get(key);
    if (set === undefined) {
      set = this.#build(node, flags.includes('i'), flags.includes('s'));
      this.#known.set(key, set);
    }
    return set;
  }

  #build(node: AST.Character | AST.CharacterClass | AST.CharacterSet, ignoreCase: boolean, dotAll: boolean): CharSet {
    if (node.type === 'Character') return ignoreCase ? closeOverCase([node.value, node.value]) : [node.value, node.value];
    if (node.type === 'CharacterSet') {
      if (node.kind === 'any') return dotAll ? ANYTHING : complement(LINE_ENDS);
      return node.kind === 'property' ? this.#native.get(node.raw, ignoreCase) : escapeSet(node, ignoreCase);
    }
    const ranges: [number, number][] = [];
    for (const element of node.elements) {
      if (element.type === 'Character') ranges.push([element.value, element.value]);
      else if (element.type === 'CharacterClassRange') ranges.push([element.min.value, element.max.value]);
      else if (element.type === 'CharacterSet' && element.kind !== 'property') ranges.push(...rangesOf(escapeSet(element, ignoreCase)));
      else return this.#native.get(node.raw, ignoreCase);
    }
    const set = ignoreCase ? closeOverCase(unite(ranges)) : unite(ranges);
    return node.negate ? complement(set) : set;
  }
}

function escapeSet(node: AST.EscapeCharacterSet | AST.CharacterSet, ignoreCase: boolean): CharSet {
  const set = node.kind === 'digit' ? DIGITS : node.kind === 'space' ? SPACES : ignoreCase ? WORD_FOLDED : WORD;
  return node.kind !== 'any' && node.negate ? complement(set) : set;
}

/** Compiles back to front, so that every element knows what follows it. */
class Compiler {
  readonly code: Instruction[] = [];
  readonly sets: CharSet[] = [];
  readonly #setIndex = new Map<CharSet, number>();
  readonly #groupIndex = new Map<AST.CapturingGroup, number>();
  readonly #reader: SetReader;
  readonly #flags: string;
  readonly #captures: boolean;
  /** Inside look-behind the text is read leftward. */
  #leftward = false;

  constructor(pattern: AST.Pattern, flags: string, reader: SetReader, captures: boolean) {
    this.#reader = reader;
    this.#flags = flags;
    this.#captures = captures;
    pattern.alternatives.flatMap(capturesIn).forEach((group, i) => this.#groupIndex.set(group, i + 1));
  }

  get groups(): number {
    return this.#groupIndex.size;
  }

  emit(instruction: Instruction): number {
    if (this.code.length >= MAX_PROGRAM_STEPS) {
      throw new PatternFault(`the pattern is too large: more than ${String(MAX_PROGRAM_STEPS)} steps with its repetitions written out`);
    }
    this.code.push(instruction);
    return this.code.length - 1;
  }

  choice(alternatives: readonly AST.Alternative[], next: number): number {
    let entry = -1;
    for (const alternative of [...alternatives].reverse()) {
      const one = this.#sequence(alternative.elements, next);
      entry = entry < 0 ? one : this.emit({ op: 'split', first: one, second: entry });
    }
    return entry;
  }

  #sequence(elements: readonly AST.Element[], next: number): number {
    let entry = next;
    for (const element of this.#leftward ? elements : [...elements].reverse()) entry = this.#element(element, entry);
    return entry;
  }

  #element(node: AST.Element, next: number): number {
    switch (node.type) {
      case 'Group':
        return this.choice(node.alternatives, next);
      case 'CapturingGroup':
        return this.#capture(node, next);
      case 'Quantifier':
        return this.#repeat(node, next);
      case 'Assertion':
        return this.#assertion(node, next);
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        return this.emit({ op: 'char', set: this.#set(this.#reader.read(node, this.#flags)), next });
      case 'Backreference':
      case 'ExpressionCharacterClass':
        throw new PatternFault('this construct is not supported', node);
    }
  }

  #set(set: CharSet): number {
    let index = this.#setIndex.get(set);
    if (index === undefined) {
      index = this.sets.push(set) - 1;
      this.#setIndex.set(set, index);
    }
    return index;
  }

  #capture(node: AST.CapturingGroup, next: number): number {
    const group = this.#groupIndex.get(node);
    if (!this.#captures || group === undefined) return this.choice(node.alternatives, next);
    const close = this.emit({ op: 'save', slot: group * 2 + 1, next });
    return this.emit({ op: 'save', slot: group * 2, next: this.choice(node.alternatives, close) });
  }

  #repeat(node: AST.Quantifier, next: number): number {
    const { min, max, greedy, element } = node;
    if (max === 0) return next;
    const nullable = isNullable(element);
    const split = (body: number, exit: number): number =>
      this.emit(greedy ? { op: 'split', first: body, second: exit } : { op: 'split', first: exit, second: body });
    const optional = (after: number): number => {
      const body = this.#iteration(element, nullable ? this.emit({ op: 'finish', next: after }) : after);
      return nullable ? this.emit({ op: 'begin', next: body }) : body;
    };
    let entry = next;
    if (max === Infinity) {
      const loop = { op: 'split' as const, first: next, second: next };
      entry = this.emit(loop);
      if (greedy) loop.first = optional(entry);
      else loop.second = optional(entry);
    } else {
      for (let i = min; i < max; i++) entry = split(optional(entry), next);
    }
    for (let i = 0; i < min; i++) entry = this.#iteration(element, entry);
    return entry;
  }

  /** One turn of a loop, which forgets what its groups held in the turn before. */
  #iteration(element: AST.QuantifiableElement, next: number): number {
    const body = this.#element(element, next);
    const groups = this.#captures ? capturesIn(element).map((group) => this.#groupIndex.get(group) ?? 0) : [];
    return groups.length > 0 ? this.emit({ op: 'reset', groups, next: body }) : body;
  }

  #assertion(node: AST.Assertion, next: number): number {
    if (node.kind === 'lookahead' || node.kind === 'lookbehind') return this.#look(node, next);
    if (node.kind === 'word') return this.emit({ op: 'word', negate: node.negate, next });
    return this.emit({ op: node.kind === 'start' ? 'lineStart' : 'lineEnd', next });
  }

  #look(node: AST.LookaroundAssertion, next: number): number {
    if (this.#captures && node.alternatives.some((one) => capturesIn(one).length > 0)) {
      throw new PatternFault('a rule with "expand" cannot have groups inside look-around; write (?:…)', node);
    }
    const before = this.#leftward;
    this.#leftward = node.kind === 'lookbehind';
    const body = this.choice(node.alternatives, this.emit({ op: 'match' }));
    this.#leftward = before;
    if (node.kind === 'lookbehind' && this.#looksRight(body)) {
      throw new PatternFault('a boundary at the end of a look-behind is not supported; put it behind the look-behind', node);
    }
    return this.emit({ op: node.kind === 'lookahead' ? 'ahead' : 'behind', body, negate: node.negate, next });
  }

  /** Whether a leftward body asks for the character to its right before it has read any. */
  #looksRight(start: number): boolean {
    const seen = new Set<number>();
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const step = this.code[at];
      if (step === undefined || seen.has(at)) continue;
      seen.add(at);
      if (step.op === 'word' || step.op === 'lineEnd') return true;
      if (step.op === 'split') stack.push(step.first, step.second);
      else if (step.op !== 'char' && step.op !== 'match') stack.push(step.next);
    }
    return false;
  }
}

/**
 * Compiles a vetted pattern. Groups are kept only where asked for: they cost steps.
 * @throws PatternFault when the program would be too large.
 */
export function compileProgram(pattern: AST.Pattern, flags: string, reader: SetReader, captures: boolean): Program {
  const compiler = new Compiler(pattern, flags, reader, captures);
  const start = compiler.choice(pattern.alternatives, compiler.emit({ op: 'match' }));
  return {
    code: compiler.code,
    start,
    sets: compiler.sets,
    word: flags.includes('i') ? WORD_FOLDED : WORD,
    multiline: flags.includes('m'),
    groups: compiler.groups,
    behindChars: compiler.code.some((step) => step.op === 'behind') ? MAX_LOOK_AROUND : 0,
  };
}
