import type { Limits } from '../limits.js';
import { compileMatcher } from './matcher.js';
import type { Matcher } from './matcher.js';
import type { Fact, PatternRule, RuleFault, RuleSet } from './rule-set.js';
import type { Switches } from './switches.js';

/** How patterns become a matcher: `compileMatcher`, or a stand-in of a test. A fault names its rule by index. */
export type MatcherCompiler = (
  rules: readonly PatternRule[],
  limits: { readonly holdChars: number },
) => { readonly matcher: Matcher | null; readonly faults: readonly { readonly index: number; readonly message: string }[] };

export const EMPTY_RULES: RuleSet = Object.freeze({ patterns: [], matcher: null, facts: [], rejected: new Set<string>(), faults: [] });

/** The member of `RuleSet.rejected` that stands for a correction. Nothing expected joins as nothing. */
export function rejectionKey(type: string, detected: string, expected: string | null): string {
  return [type, detected, expected ?? ''].join('\0');
}

/**
 * Compiles what was read into one immutable set. Patterns the matcher refuses leave the set and join `faults`, so that every
 * member of `patterns` is at work and the matcher's indices point into it.
 */
export function compileRuleSet(
  patterns: readonly PatternRule[],
  facts: readonly Fact[],
  rejected: ReadonlySet<string>,
  faults: readonly RuleFault[],
  limits: Pick<Limits, 'holdChars'>,
  compile: MatcherCompiler = compileMatcher,
): RuleSet {
  let kept = patterns;
  let compiled = compile(kept, limits);
  const refused: RuleFault[] = [];
  // Each round removes at least one rule; a second one is rare, a third unknown.
  while (compiled.faults.length > 0) {
    const messages = new Map(compiled.faults.map((fault) => [fault.index, fault.message]));
    for (const [index, message] of messages) refused.push({ id: kept[index]?.id ?? String(index), message });
    const left = kept.filter((_, index) => !messages.has(index));
    if (left.length === kept.length) break;
    kept = left;
    compiled = compile(kept, limits);
  }
  return Object.freeze({ patterns: kept, matcher: compiled.matcher, facts, rejected, faults: [...faults, ...refused] });
}

/** The same rules with what was said of single checks. */
export function withSwitches(rules: RuleSet, switches: Switches | undefined): RuleSet {
  return switches === undefined || switches.size === 0 ? rules : Object.freeze({ ...rules, switches });
}
