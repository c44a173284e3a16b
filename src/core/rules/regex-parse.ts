import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** Look-around may examine this many code points; it costs memory and time for each. */
export const MAX_LOOK_AROUND = 256;

/** Says what in a pattern is not supported, for its author. */
export class PatternFault extends Error {
  constructor(what: string, node: AST.Node | null = null) {
    super(node === null ? what : `${what} (at character ${String(node.start + 1)}: ${shorten(node.raw)})`);
    this.name = 'PatternFault';
  }
}

function shorten(raw: string): string {
  return raw.length > 40 ? `${raw.slice(0, 40)}…` : raw;
}

/**
 * Parses what the engine accepts too, and refuses what cannot be matched in linear time.
 * @throws PatternFault with words for the author of the pattern.
 */
/** A pattern longer than this would take seconds to be refused; 2,000 program steps rarely need a tenth of it. */
const MOST_SOURCE = 8_192;

export function parsePattern(source: string, flags: string): AST.Pattern {
  if (source.length > MOST_SOURCE) throw new PatternFault(`the pattern is longer than ${MOST_SOURCE} characters`);
  for (const flag of flags) {
    if (!'imsu'.includes(flag)) throw new PatternFault(`flag "${flag}" is not supported; known flags are i, m, s and u`);
  }
  let pattern: AST.Pattern;
  try {
    // Not run: building it tells in the engine's own words whether the syntax is right.
    new RegExp(source, flags.includes('u') ? flags : `${flags}u`);
    pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
  } catch (error) {
    throw new PatternFault(error instanceof Error ? error.message : String(error));
  }
  for (const alternative of pattern.alternatives) vetAlternative(alternative, null);
  return pattern;
}

function vetAlternative(alternative: AST.Alternative, look: AST.LookaroundAssertion | null): void {
  for (const element of alternative.elements) vet(element, look);
}

function vet(node: AST.Element, look: AST.LookaroundAssertion | null): void {
  if (node.type === 'Backreference') throw new PatternFault('a backreference cannot be matched in linear time', node);
  if (node.type === 'Quantifier') vet(node.element, look);
  if (node.type === 'Group' && node.modifiers !== null) throw new PatternFault('modifiers inside a group are not supported', node);
  if (node.type === 'Group' || node.type === 'CapturingGroup') {
    for (const alternative of node.alternatives) vetAlternative(alternative, look);
  }
  if (node.type !== 'Assertion' || (node.kind !== 'lookahead' && node.kind !== 'lookbehind')) return;
  const name = node.kind === 'lookahead' ? 'look-ahead' : 'look-behind';
  if (look !== null && (look.kind === 'lookbehind' || node.kind === 'lookbehind')) {
    throw new PatternFault(`a ${name} inside another look-around is not supported`, node);
  }
  const length = Math.max(0, ...node.alternatives.map(maxLength));
  if (length > MAX_LOOK_AROUND) {
    const how = length === Infinity ? 'unbounded' : `longer than ${String(MAX_LOOK_AROUND)} characters`;
    throw new PatternFault(`this ${name} is ${how}; give it a bound, for instance {0,20}`, node);
  }
  for (const alternative of node.alternatives) vetAlternative(alternative, node);
}

/** The most code points a match can consume, or Infinity. */
export function maxLength(node: AST.Alternative | AST.Element): number {
  switch (node.type) {
    case 'Alternative':
      return node.elements.reduce((sum, element) => sum + maxLength(element), 0);
    case 'Group':
    case 'CapturingGroup':
      return Math.max(0, ...node.alternatives.map(maxLength));
    case 'Quantifier': {
      const one = maxLength(node.element);
      return one === 0 || node.max === 0 ? 0 : one * node.max;
    }
    case 'Assertion':
      return 0;
    case 'Backreference':
      return Infinity;
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return 1;
  }
}

/** Whether it can match without consuming anything. */
export function isNullable(node: AST.Alternative | AST.Element): boolean {
  switch (node.type) {
    case 'Alternative':
      return node.elements.every(isNullable);
    case 'Group':
    case 'CapturingGroup':
      return node.alternatives.some(isNullable);
    case 'Quantifier':
      return node.min === 0 || isNullable(node.element);
    case 'Assertion':
    case 'Backreference':
      return true;
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return false;
  }
}

/** The capturing groups inside, the node itself included. */
export function capturesIn(node: AST.Alternative | AST.Element): AST.CapturingGroup[] {
  switch (node.type) {
    case 'Alternative':
      return node.elements.flatMap(capturesIn);
    case 'CapturingGroup':
      return [node, ...node.alternatives.flatMap(capturesIn)];
    case 'Group':
      return node.alternatives.flatMap(capturesIn);
    case 'Assertion':
      return node.kind === 'lookahead' || node.kind === 'lookbehind' ? node.alternatives.flatMap(capturesIn) : [];
    case 'Quantifier':
      return capturesIn(node.element);
    case 'Backreference':
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return [];
  }
}
