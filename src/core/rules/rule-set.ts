import type { HallucinationType } from '../types.js';
import type { Matcher } from './matcher.js';
import type { Switches } from './switches.js';

/** The kinds of text a rule may correct in. Thinking counts as prose unless the rule says otherwise. */
export const RULE_SCOPES = ['prose', 'code', 'reasoning', 'arguments'] as const;
export type RuleScope = (typeof RULE_SCOPES)[number];

/** One literal or regex of the operator, checked and complete. */
export interface PatternRule {
  /** As people see it: the row's id, or the id its author gave it. */
  readonly id: string;
  readonly match: 'literal' | 'regex';
  /** The literal, or the source of a JavaScript regular expression. Never empty. */
  readonly value: string;
  /** A subset of `imsu`; a regex always runs with `u`. Literals know `i` only. */
  readonly flags: string;
  /** Only where no word character adjoins (`\b` on both sides that are word characters). */
  readonly word: boolean;
  /** What stands there instead; null: report only. */
  readonly replacement: string | null;
  /** Whether `$1`, `$&` and `$<name>` in the replacement mean groups of the regex. */
  readonly expand: boolean;
  readonly type: HallucinationType;
  /** 0..1; the confidence of a literal or regex is 1. */
  readonly confidenceThreshold: number;
  readonly scopes: readonly RuleScope[];
  /** Globs of model names this rule is for; null: all. */
  readonly models: readonly string[] | null;
}

/** A rule that was skipped, and why, in words for its author. */
export interface RuleFault {
  readonly id: string;
  readonly message: string;
}

/** A fact the operator stored. */
export interface Fact {
  /** What it is about, as answers name it: `port of the api`. */
  readonly subject: string;
  /** Which of its properties: `port`, `version`, `status`. */
  readonly attribute: string;
  /** The right value, as text: `8443`. */
  readonly value: string;
  /** 0..1: a verdict with less confidence is dropped. Absent: none is. */
  readonly threshold?: number;
}

/** Immutable, compiled rules: what a running exchange keeps hold of while others are edited. */
export interface RuleSet {
  readonly patterns: readonly PatternRule[];
  /** Finds all of `patterns` at once; null where there are none. A match names its rule by index into `patterns`. */
  readonly matcher: Matcher | null;
  readonly facts: readonly Fact[];
  /** Corrections the operator rejected: type, detected and expected, joined by NUL. They are not made again. */
  readonly rejected: ReadonlySet<string>;
  readonly faults: readonly RuleFault[];
  /** What was said of single checks; absent: nothing. */
  readonly switches?: Switches;
}

/** Declared here, implemented where the rules are kept. A reload swaps one reference. */
export interface RuleSource {
  current(): RuleSet;
}
