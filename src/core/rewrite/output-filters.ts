import { compileRuleSet } from '../rules/compile.js';
import { type BehaviorPatch, isUnconditional } from '../rules/patch-input.js';
import type { PatternRule, RuleSet } from '../rules/rule-set.js';
import type { Limits } from '../limits.js';
import type { RequestContext } from '../truth/request-context.js';
import type { Corrected } from './client-memory.js';
import { isFor, isOccasion, isOfRoute } from './patch-occasion.js';

/** Sets kept for one set of rules: filters come and go together, so that few combinations occur. */
const MOST_COMBINATIONS = 16;
/** What is compiled once is used again, until the rules it extends are replaced. */
const compiled = new WeakMap<RuleSet, Map<string, RuleSet>>();

/**
 * The rules for one answer: those in force and, behind them, those of the output filters whose time has come. Filters without a
 * condition are in force already. The first answer of a combination compiles all its rules, which with thousands of them takes a while.
 * @param before what was corrected in the last answer this client got
 */
export function withOutputFilters(rules: RuleSet, patches: readonly BehaviorPatch[], request: RequestContext, before: Corrected, limits: Pick<Limits, 'holdChars'>): RuleSet {
  const ids: string[] = [];
  const filters: PatternRule[] = [];
  for (const patch of patches) {
    if (patch.type !== 'output_filter' || isUnconditional(patch)) continue;
    if (!isOfRoute(patch.route, request.route ?? '') || !isOccasion(patch.after, request, before)) continue;
    ids.push(patch.id);
    for (const filter of patch.rules) if (filter.form === 'match') filters.push(filter.rule);
  }
  if (filters.length === 0) return rules;
  const key = ids.join('\0');
  let sets = compiled.get(rules);
  if (sets === undefined) compiled.set(rules, (sets = new Map<string, RuleSet>()));
  const known = sets.get(key);
  if (known !== undefined) return known;
  const { patterns, facts, rejected, faults } = rules;
  const made: RuleSet = Object.freeze({ ...rules, ...compileRuleSet([...patterns, ...filters], facts, rejected, faults, limits) });
  if (sets.size >= MOST_COMBINATIONS) sets.clear();
  sets.set(key, made);
  return made;
}

/** Ids of the output filters that take the thinking out of this answer. */
export function thinkingDroppers(patches: readonly BehaviorPatch[], request: RequestContext, before: Corrected): readonly string[] {
  return patches.flatMap((patch) => (patch.type === 'output_filter' && patch.rules.some(({ form }) => form === 'drop') && isFor(patch, request, before) ? [patch.id] : []));
}
