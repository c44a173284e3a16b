import { expand } from '../rules/expand.js';
import type { Match, MatcherRun } from '../rules/matcher.js';
import type { PatternRule, RuleScope } from '../rules/rule-set.js';
import { type ChannelKind, isArgument } from '../types.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView } from './detector.js';
import { FenceTracker } from './fences.js';

/** The operator's own rules. The semantics of overlap and order are the matcher's; scope and model are decided here. */
export const patternMatch: Detector = {
  type: 'pattern_match',
  kinds: ['prose', 'reasoning', 'arguments', 'read_path', 'written_path'],
  start(context: ExchangeContext, kind: ChannelKind): DetectorRun | null {
    const { matcher, patterns } = context.rules;
    if (matcher === null) return null;
    const allowed = patterns.map((rule) => scopesOf(rule, kind, context));
    if (!allowed.some((scope) => scope !== NOWHERE)) return null;
    return new PatternMatchRun(patterns, allowed, (applies) => matcher.start(applies));
  },
};

/** Bits: the rule applies in text, in fenced code. */
const NOWHERE = 0;
const IN_TEXT = 1;
const IN_CODE = 2;
const EVERYWHERE = 3;

function scopesOf(rule: PatternRule, kind: ChannelKind, context: ExchangeContext): number {
  if (context.modes[rule.type] === 'off') return NOWHERE;
  if (rule.models !== null && !rule.models.some((glob) => globMatches(glob, context.request.model ?? ''))) return NOWHERE;
  const has = (scope: RuleScope): boolean => rule.scopes.includes(scope);
  if (isArgument(kind)) return has('arguments') ? EVERYWHERE : NOWHERE;
  const inText = kind === 'reasoning' ? has('reasoning') : has('prose');
  return (inText ? IN_TEXT : NOWHERE) | (has('code') && (kind !== 'reasoning' || has('reasoning')) ? IN_CODE : NOWHERE);
}

/** `*` stands for any characters, `?` for one; letter case does not matter. Iterative, so that no glob can run away. */
export function globMatches(glob: string, name: string): boolean {
  const pattern = glob.toLowerCase();
  const text = name.toLowerCase();
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern[p] === '*') p += 1;
  return p === pattern.length;
}

class PatternMatchRun implements DetectorRun {
  readonly #patterns: readonly PatternRule[];
  readonly #run: MatcherRun;
  /** Only kept where some rule cares whether it stands in code. */
  readonly #fences: FenceTracker | null;

  constructor(patterns: readonly PatternRule[], allowed: readonly number[], start: (applies: (rule: number, start: number) => boolean) => MatcherRun) {
    this.#patterns = patterns;
    const fences = allowed.some((scope) => scope === IN_TEXT || scope === IN_CODE) ? new FenceTracker() : null;
    this.#fences = fences;
    this.#run = start((rule, offset) => {
      const scope = allowed[rule] ?? NOWHERE;
      if (scope === EVERYWHERE || scope === NOWHERE || fences === null) return scope === EVERYWHERE;
      return (scope & (fences.isCode(offset) ? IN_CODE : IN_TEXT)) !== 0;
    });
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    if (view.fresh !== '') this.#fences?.push(view.fresh);
    let frontier = view.fresh === '' ? -1 : this.#run.push(view.fresh);
    if (view.ended) frontier = this.#run.end();
    for (const match of this.#run.take()) found(this.#finding(match, view));
    return frontier;
  }

  letGo(offset: number): void {
    this.#run.letGo(offset);
  }

  #finding(match: Match, view: TextView): Finding {
    const rule = this.#patterns[match.rule] as PatternRule;
    const detected = view.text.slice(match.start - view.base, match.end - view.base);
    const expected = rule.replacement === null ? null : rule.expand && match.groups !== null ? expand(rule.replacement, match.groups) : rule.replacement;
    return {
      start: match.start,
      end: match.end,
      verdict: {
        type: rule.type,
        confidence: 1,
        detected,
        expected,
        strategy: expected === null ? 'report' : 'replace',
        rule: rule.id,
        reason: `${rule.match} rule`,
      },
    };
  }
}
