import { isWordUnit, buildAutomaton, type Literal } from './literal-trie.js';
import { CompiledRun } from './matcher-run.js';
import { finiteWords } from './regex-finite.js';
import { capturesIn, parsePattern, PatternFault } from './regex-parse.js';
import { compileProgram, SetReader } from './regex-program.js';
import { RegexSet, type RegexPattern } from './regex-set.js';
import { Machine } from './regex-states.js';
import type { PatternRule } from './rule-set.js';

/** One match of one rule. Offsets are absolute UTF-16 units of the channel's text. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Index into the rules the matcher was compiled from. */
  readonly rule: number;
  /** Groups by number for a rule with `expand`, [0] the whole match; else null. */
  readonly groups: readonly (string | undefined)[] | null;
}

export interface MatcherRun {
  /** Reads the next piece of text and returns the frontier: no later match starts before it. */
  push(piece: string): number;
  /** No text follows: decides everything and returns the end of the text. */
  end(): number;
  /** Everything before this absolute offset has left: no later match may start before it. */
  letGo(offset: number): void;
  /** Matches decided since the last call, in order, without overlap. */
  take(): readonly Match[];
}

export interface Matcher {
  /** `applies` is asked once for a rule and a start, when that rule has an offer there. */
  start(applies: (rule: number, start: number) => boolean): MatcherRun;
}

/** Why a rule was refused. `index` is its place among the rules. */
export interface MatcherFault {
  readonly index: number;
  readonly message: string;
}

export interface CompiledMatcher {
  /** Null where no rule was accepted. */
  readonly matcher: Matcher | null;
  readonly faults: readonly MatcherFault[];
}

/**
 * Compiles literals and regexes into one matcher. A rule that is refused becomes a fault; the others compile.
 * `holdChars`, 2 or more, is how far a rule may look ahead of its start, in UTF-16 units, and the longest match.
 *
 * Refused: backreferences, look-around that is unbounded, longer than 256 characters or holds another look-behind,
 * `(?i:…)`, a boundary at the right end of a look-behind, groups inside look-around of a rule with `expand`, more than
 * 2,000 steps with repetitions written out, and literals that could never fit into `holdChars`.
 * What a match needs is decided by the text alone. A character costs a step for each different state the starts within
 * `holdChars` are in: one or a few for most patterns, up to n where a pattern counts to n.
 * Decisions are late in two cases: half a surrogate pair is not judged before its other half, and a start waits for a
 * rival that is at best of the same length. `applies` is asked while text is pushed, also for starts that an earlier
 * match may come to cover.
 */
export function compileMatcher(rules: readonly PatternRule[], options: { readonly holdChars: number }): CompiledMatcher {
  const { holdChars } = options;
  if (!Number.isInteger(holdChars) || holdChars < 2) throw new RangeError(`holdChars is ${String(holdChars)}; it must be a whole number from 2`);
  const parts: Parts = { exact: [], folded: [], patterns: [], grouped: new Map(), reader: new SetReader() };
  const faults: MatcherFault[] = [];
  for (const [index, rule] of rules.entries()) {
    try {
      addRule(rule, index, holdChars, parts);
    } catch (error) {
      // A recursion too deep is the pattern's doing, and must not cost the other rules.
      if (error instanceof RangeError) faults.push({ index, message: 'the pattern is nested too deeply' });
      else if (error instanceof PatternFault) faults.push({ index, message: error.message });
      else throw error;
    }
  }
  const { exact, folded, patterns, grouped } = parts;
  const automata = [...(exact.length > 0 ? [buildAutomaton(exact, false)] : []), ...(folded.length > 0 ? [buildAutomaton(folded, true)] : [])];
  const regexes = patterns.length > 0 ? new RegexSet(patterns) : null;
  const expand = rules.map((rule) => rule.expand);
  const compiled = { automata, regexes, grouped, holdChars, expand, quotes: expand.includes(true) };
  const matcher = automata.length === 0 && regexes === null ? null : { start: (applies: Applies) => new CompiledRun(compiled, applies) };
  return { matcher, faults };
}

type Applies = (rule: number, start: number) => boolean;

interface Parts {
  readonly exact: Literal[];
  readonly folded: Literal[];
  readonly patterns: RegexPattern[];
  readonly grouped: Map<number, RegexPattern>;
  readonly reader: SetReader;
}

function addRule(rule: PatternRule, index: number, holdChars: number, parts: Parts): void {
  if (rule.value.length === 0) throw new PatternFault('the pattern is empty');
  if (rule.match === 'literal') addLiteral(rule, index, holdChars, parts);
  else addRegex(rule.word ? `\\b(?:${rule.value})\\b` : rule.value, rule, index, holdChars, parts);
}

function addLiteral(rule: PatternRule, index: number, holdChars: number, parts: Parts): void {
  const { value, flags } = rule;
  const other = [...flags].find((flag) => flag !== 'i' && flag !== 'u');
  if (other !== undefined) throw new PatternFault(`flag "${other}" means nothing for a literal; only i is known`);
  const folded = flags.includes('i');
  const boundaryBefore = rule.word && isWordUnit(value.charCodeAt(0), folded);
  const boundaryAfter = rule.word && isWordUnit(value.charCodeAt(value.length - 1), folded);
  if (value.length + (boundaryAfter ? 1 : 0) > holdChars) {
    throw new PatternFault(`the literal is longer than ${String(holdChars)} characters, which is all that is ever held back`);
  }
  if (!/\p{Cs}/u.test(value)) {
    (folded ? parts.folded : parts.exact).push({ text: value, rule: index, boundaryBefore, boundaryAfter });
    return;
  }
  // Half a character is matched only where it stands alone, which is a matter of look-around.
  const source = `${boundaryBefore ? '\\b' : ''}${value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${boundaryAfter ? '\\b' : ''}`;
  addRegex(source, { ...rule, flags: folded ? 'i' : '' }, index, holdChars, parts);
}

function addRegex(source: string, rule: PatternRule, index: number, holdChars: number, parts: Parts): void {
  const flags = rule.flags;
  if (rule.word) parsePattern(rule.value, flags);
  const pattern = parsePattern(source, flags);
  const captures = rule.expand && pattern.alternatives.flatMap(capturesIn).length > 0;
  const words = captures ? null : finiteWords(pattern, flags, parts.reader, index, holdChars);
  if (words !== null) {
    (flags.includes('i') ? parts.folded : parts.exact).push(...words);
    return;
  }
  const compiled: RegexPattern = { rule: index, machine: new Machine(compileProgram(pattern, flags, parts.reader, captures)) };
  parts.patterns.push(compiled);
  if (captures) parts.grouped.set(index, compiled);
}
