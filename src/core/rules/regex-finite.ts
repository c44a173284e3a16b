import type { AST } from '@eslint-community/regexpp';
import { caseMates, hasChar, rangesOf, WORD, WORD_FOLDED } from './regex-chars.js';
import { isNullable } from './regex-parse.js';
import type { SetReader } from './regex-program.js';
import type { Literal } from './literal-trie.js';

/** A pattern with more words than this stays a regex. */
const MAX_WORDS = 64;
/** A class with more members than this is no spelling variant. */
const MAX_MEMBERS = 4;

/** Code points, and BOUNDARY where the pattern asks for one. */
type Spelling = readonly number[];
const BOUNDARY = -1;

/**
 * The words of a pattern that has only few and asks for nothing but `\b` around them; null for any other.
 * One automaton then finds them all. What JavaScript's order of preference can never match is left out, so that the
 * longest word found is the one the pattern itself would take; where that cannot be told, the pattern stays a regex.
 */
export function finiteWords(pattern: AST.Pattern, flags: string, reader: SetReader, rule: number, maxUnits: number): Literal[] | null {
  const folded = flags.includes('i');
  const spellings = ofChoice(pattern.alternatives, flags, reader);
  if (spellings === null) return null;
  const kept: { literal: Literal; canon: string }[] = [];
  for (const spelling of spellings) {
    const literal = toLiteral(spelling, folded, rule);
    if (literal === 'never') continue;
    if (literal === null || literal.text.length >= maxUnits) return null;
    const canon = folded ? [...literal.text].map(firstMate).join('') : literal.text;
    const known = kept.map((earlier) => hides(earlier, { literal, canon }, folded));
    if (known.includes('unsure')) return null;
    if (!known.includes('always')) kept.push({ literal, canon });
  }
  return kept.map(({ literal }) => literal);
}

function firstMate(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  return String.fromCodePoint(caseMates(point)[0] ?? point);
}

type Known = { readonly literal: Literal; readonly canon: string };

/** Whether a word that is preferred matches wherever the later one does. */
function hides(earlier: Known, later: Known, folded: boolean): 'always' | 'never' | 'unsure' {
  if (!later.canon.startsWith(earlier.canon)) return 'never';
  const same = later.canon.length === earlier.canon.length;
  const { boundaryBefore, boundaryAfter, text } = earlier.literal;
  if (same && boundaryAfter && !later.literal.boundaryAfter) return 'never';
  if (boundaryAfter && !same) {
    const here = isWord(text, text.length - 1, folded);
    // The boundary behind the shorter word lies inside the longer one, which thereby decides it.
    if (here === isWord(later.literal.text, text.length, folded)) return 'never';
  }
  if (boundaryBefore && !later.literal.boundaryBefore) return same ? 'never' : 'unsure';
  return 'always';
}

function isWord(text: string, at: number, folded: boolean): boolean {
  return at >= 0 && at < text.length && hasChar(folded ? WORD_FOLDED : WORD, text.charCodeAt(at));
}

/** Null: not a plain word; 'never': it contradicts itself. */
function toLiteral(spelling: Spelling, folded: boolean, rule: number): Literal | 'never' | null {
  const points = spelling.filter((one) => one !== BOUNDARY);
  if (points.length === 0 || points.some((one) => one >= 0xd800 && one < 0xe000)) return null;
  const text = String.fromCodePoint(...points);
  let units = 0;
  let before = false;
  let after = false;
  for (const one of spelling) {
    if (one !== BOUNDARY) units += one > 0xffff ? 2 : 1;
    else if (units === 0) before = true;
    else if (units === text.length) after = true;
    else if (isWord(text, units - 1, folded) === isWord(text, units, folded)) return 'never';
  }
  return { text, rule, boundaryBefore: before, boundaryAfter: after };
}

function ofChoice(alternatives: readonly AST.Alternative[], flags: string, reader: SetReader): Spelling[] | null {
  const all: Spelling[] = [];
  for (const alternative of alternatives) {
    let words: Spelling[] | null = [[]];
    for (const element of alternative.elements) {
      words = product(words, ofElement(element, flags, reader));
      if (words === null) return null;
    }
    all.push(...words);
    if (all.length > MAX_WORDS) return null;
  }
  return all;
}

function product(heads: readonly Spelling[], tails: readonly Spelling[] | null): Spelling[] | null {
  if (tails === null || heads.length * tails.length > MAX_WORDS) return null;
  return heads.flatMap((head) => tails.map((tail) => [...head, ...tail]));
}

function ofElement(node: AST.Element, flags: string, reader: SetReader): Spelling[] | null {
  switch (node.type) {
    case 'Group':
    case 'CapturingGroup':
      return ofChoice(node.alternatives, flags, reader);
    case 'Assertion':
      return node.kind === 'word' && !node.negate ? [[BOUNDARY]] : null;
    case 'Quantifier':
      return ofQuantifier(node, flags, reader);
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
      return members(node, flags, reader);
    case 'Backreference':
    case 'ExpressionCharacterClass':
      return null;
  }
}

function members(node: AST.Character | AST.CharacterClass | AST.CharacterSet, flags: string, reader: SetReader): Spelling[] | null {
  const found = new Set<number>();
  for (const [low, high] of rangesOf(reader.read(node, flags))) {
    if (high - low > 3 * MAX_MEMBERS) return null;
    for (let char = low; char <= high; char++) found.add(flags.includes('i') ? (caseMates(char)[0] ?? char) : char);
  }
  return found.size > MAX_MEMBERS ? null : [...found].map((char) => [char]);
}

function ofQuantifier(node: AST.Quantifier, flags: string, reader: SetReader): Spelling[] | null {
  // A turn of a loop may not stay empty, which depends on more than the words.
  if (node.max > 8 || isNullable(node.element)) return null;
  const one = ofElement(node.element, flags, reader);
  if (one === null) return null;
  let optional: Spelling[] | null = [[]];
  for (let i = node.min; i < node.max; i++) {
    const more = product(one, optional);
    if (more === null) return null;
    optional = node.greedy ? [...more, []] : [[], ...more];
  }
  let words: Spelling[] | null = optional;
  for (let i = 0; i < node.min && words !== null; i++) words = product(one, words);
  return words;
}
