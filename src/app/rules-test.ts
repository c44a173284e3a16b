import { DETECTORS } from '../core/detect/index.js';
import type { Limits } from '../core/limits.js';
import { compileRuleSet, rejectionKey, withSwitches } from '../core/rules/compile.js';
import { type PatternRule, RULE_SCOPES, type RuleSet } from '../core/rules/rule-set.js';
import { modesUnder } from '../core/rules/switches.js';
import type { SettledCorrection } from '../core/text/text-rewriter.js';
import { nothingKnown } from '../core/truth/ground-truth.js';
import { type Action, type HallucinationType, uniformModes } from '../core/types.js';
import type { RuleRows } from '../node/rules/rows.js';
import { rewriteText } from './rewrite-text.js';

/** One thing the rules would do to a text. */
export interface RuleEffect {
  /** The rule; null: no row of patterns, but a fact or something every text is checked for. */
  readonly rule: string | null;
  readonly type: HallucinationType;
  readonly start: number;
  readonly end: number;
  readonly detected: string;
  readonly expected: string | null;
  readonly action: Action;
  /** In words for the rule's author. */
  readonly why: string;
}

export interface RuleTrial {
  readonly output: string;
  readonly matches: readonly RuleEffect[];
  /** What would be done, had people not rejected it. */
  readonly rejected: readonly RuleEffect[];
}

/** Types that depend on the text and the rules alone; a path needs a workspace and an ending needs a stream. */
const TRIED = new Set<HallucinationType>(['pattern_match', 'incorrect_fact', 'logic_contradiction']);

/** Rewrites a text as a stream of prose would be, but with each pattern in force whatever its scopes and models. */
export function tryRules(text: string, { patterns, facts, rejected, faults, switches }: RuleRows, limits: Limits): RuleTrial {
  const everywhere = patterns.map((rule): PatternRule => ({ ...rule, scopes: RULE_SCOPES, models: null }));
  const rules = withSwitches(compileRuleSet(everywhere, facts, rejected, faults, limits), switches);
  const { modified: output, settled } = rewrite(text, rules, limits);
  const matches = settled.map((one) => effectOf(one, rules));
  if (rejected.size === 0) return { output, matches, rejected: [] };
  const free = rewrite(text, { ...rules, rejected: new Set() }, limits).settled.filter(({ verdict: { type, detected, expected } }) => rejected.has(rejectionKey(type, detected, expected)));
  return { output, matches, rejected: free.map((one) => effectOf(one, rules)) };
}

function rewrite(text: string, rules: RuleSet, limits: Limits): ReturnType<typeof rewriteText> {
  const exchange = { truth: nothingKnown, rules, request: { route: null, model: null, stream: null }, modes: modesUnder(uniformModes('correct'), rules.switches), holdChars: limits.holdChars };
  const failed = (_detector: unknown, error: unknown): never => {
    throw error;
  };
  return rewriteText(text, exchange, { limits, detectors: DETECTORS.filter(({ type }) => TRIED.has(type)), failed });
}

function effectOf({ start, end, verdict, action }: SettledCorrection, rules: RuleSet): RuleEffect {
  const { rule, type, detected, expected, reason } = verdict;
  const pattern = rule === null ? undefined : rules.patterns.find(({ id }) => id === rule);
  return { rule, type, start, end, detected, expected, action, why: pattern === undefined ? reason : whyOf(pattern) };
}

function whyOf({ match, value, flags, word }: PatternRule): string {
  const what = match === 'regex' ? `the regex /${value}/${flags}` : `the literal ${JSON.stringify(value)}${flags.includes('i') ? ' in any letter case' : ''}`;
  return `matches ${what}${word ? ', as a whole word' : ''}`;
}

/** One line for people. */
export function effectLine({ rule, type, start, end, detected, expected, action, why }: RuleEffect): string {
  const does = action === 'report' || expected === null ? '(report only)' : `${action === 'replace' ? '->' : `(${action})`} ${JSON.stringify(expected)}`;
  return `${start}-${end} ${rule === null ? type : `rule ${rule}`}: ${JSON.stringify(detected)} ${does}; ${why}`;
}
