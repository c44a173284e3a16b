import type { Match, Matcher, MatcherRun } from '../../../src/core/rules/matcher.js';
import type { PatternRule, RuleSet } from '../../../src/core/rules/rule-set.js';

/** A rule with the usual defaults; its id is its value. */
export function literal(value: string, replacement: string | null, more: Partial<PatternRule> = {}): PatternRule {
  return {
    id: value, match: 'literal', value, flags: '', word: false, replacement, expand: false, type: 'pattern_match',
    confidenceThreshold: 0, scopes: ['prose'], models: null, ...more,
  };
}

/** Literals by plain string comparison: longest offer first, then the first rule; matches do not overlap. */
class StubRun implements MatcherRun {
  readonly #rules: readonly PatternRule[];
  readonly #applies: (rule: number, start: number) => boolean;
  #text = '';
  #next = 0;
  #matches: Match[] = [];

  constructor(rules: readonly PatternRule[], applies: (rule: number, start: number) => boolean) {
    this.#rules = rules;
    this.#applies = applies;
  }

  push(piece: string): number {
    this.#text += piece;
    return this.#read(false);
  }

  end(): number {
    return this.#read(true);
  }

  letGo(offset: number): void {
    this.#next = Math.max(this.#next, offset);
  }

  take(): readonly Match[] {
    const matches = this.#matches;
    this.#matches = [];
    return matches;
  }

  #read(ended: boolean): number {
    while (this.#next < this.#text.length) {
      const at = this.#next;
      const rest = this.#text.slice(at);
      if (!ended && this.#rules.some(({ value }) => value.length > rest.length && value.startsWith(rest))) return at;
      let best = -1;
      for (const [rule, { value }] of this.#rules.entries()) {
        const longer = best < 0 || value.length > (this.#rules[best] as PatternRule).value.length;
        if (longer && rest.startsWith(value) && this.#applies(rule, at)) best = rule;
      }
      if (best >= 0) {
        const end = at + (this.#rules[best] as PatternRule).value.length;
        this.#matches.push({ start: at, end, rule: best, groups: null });
        this.#next = end;
      } else this.#next += 1;
    }
    return this.#text.length;
  }
}

/** A rule set that runs on the stub: no part of the real matcher takes part. */
export function stubRules(rules: readonly PatternRule[], more: Partial<RuleSet> = {}): RuleSet {
  const matcher: Matcher = { start: (applies) => new StubRun(rules, applies) };
  return { patterns: rules, matcher, facts: [], rejected: new Set(), faults: [], ...more };
}

/** The same rules with the real matcher's place taken by one that gives these matches when the text ends. */
export function scriptedRules(rules: readonly PatternRule[], matches: readonly Match[]): RuleSet {
  const start = (applies: (rule: number, start: number) => boolean): MatcherRun => {
    let length = 0;
    let left: readonly Match[] = [];
    return {
      push: (piece) => {
        length += piece.length;
        return 0;
      },
      end: () => {
        left = matches.filter((match) => applies(match.rule, match.start));
        return length;
      },
      letGo: () => undefined,
      take: () => {
        const all = left;
        left = [];
        return all;
      },
    };
  };
  return { ...stubRules(rules), matcher: { start } };
}
