import { isHallucinationType } from '../types.js';
import { absent, isFields, onlyKeys, parseJson, readFilled, readFlag, readList, readOptionalText, readText, readWord, refuse, RuleInputError } from './fields.js';
import type { Fields } from './fields.js';
import { RULE_SCOPES } from './rule-set.js';
import type { Fact, PatternRule, RuleScope } from './rule-set.js';
import { SWITCH_NAMES, type SwitchName, type SwitchState } from './switches.js';

/** A row of correction_patterns as it was read. Columns a database does not have are missing. */
export type PatternRow = Fields & { readonly pattern?: unknown };

/** What a row of correction_patterns turns out to say. */
export type RowMeaning =
  | { readonly form: 'pattern' | 'path'; readonly rule: PatternRule }
  | { readonly form: 'fact'; readonly fact: Fact }
  | { readonly form: 'switch'; readonly name: SwitchName; readonly state: SwitchState };

/** The columns of correction_patterns that say what a rule is, checked, as they are stored. */
export interface PatternDraft {
  readonly kind: 'pattern';
  /** The row id it asks for; null: any. */
  readonly id: number | null;
  readonly name: string | null;
  readonly pattern: string;
  readonly type: string | null;
  readonly confidence_threshold: number | null;
  readonly replacement: string | null;
  readonly flags: string | null;
  readonly enabled: boolean;
  /** JSON list. */
  readonly models: string | null;
  /** JSON list. */
  readonly scopes: string | null;
}

const DEFAULT_SCOPES: readonly RuleScope[] = ['prose', 'reasoning'];
/** A path its operator calls wrong is as wrong in a fenced command. Not in arguments: those may be a file's body. */
const PATH_SCOPES: readonly RuleScope[] = ['prose', 'reasoning', 'code'];
const MATCH_KEYS = ['match', 'value', 'replace', 'flags', 'word', 'expand', 'models', 'scopes'];
const PATH_KEYS = ['match', 'value', 'replace', 'models', 'scopes'];
/** What characters a path goes on with: a wrong path is not corrected inside a longer one. */
const BEFORE_PATH = '(?<![\\p{L}\\p{N}_./\\\\-])';
const AFTER_PATH = '(?![\\p{L}\\p{N}_/\\\\-]|\\.[\\p{L}\\p{N}_])';

/**
 * Reads a row of correction_patterns, with any of its columns missing but `pattern`.
 * @param shownId the id faults and corrections carry.
 * @throws RuleInputError in words for its author.
 */
export function readPatternRow(row: PatternRow, shownId: string): RowMeaning {
  const pattern = readFilled('pattern', row.pattern);
  if (!startsJson(pattern)) return { form: 'pattern', rule: readMatch(row, { match: 'literal', value: pattern }, shownId) };
  const json = parseJson('a pattern that begins with {', pattern);
  if (!isFields(json)) refuse('pattern', pattern, 'a literal or one JSON object');
  if ('rule' in json) {
    onlyKeys(json, ['rule', 'enabled'], 'pattern');
    const state = { enabled: readFlag('enabled', json.enabled, true), threshold: readThreshold(row.confidence_threshold) ?? 0 };
    return { form: 'switch', name: readWord('rule', json.rule, SWITCH_NAMES), state };
  }
  switch (readWord('match', json.match, ['literal', 'regex', 'fact', 'path'])) {
    case 'fact':
      onlyKeys(json, ['match', 'subject', 'attribute', 'value'], 'pattern');
      return { form: 'fact', fact: { ...readFact(json), ...readFactThreshold(row) } };
    case 'path':
      onlyKeys(json, PATH_KEYS, 'pattern');
      return { form: 'path', rule: readPath(row, json, shownId) };
    case 'literal':
    case 'regex':
      onlyKeys(json, MATCH_KEYS, 'pattern');
      return { form: 'pattern', rule: readMatch(row, json, shownId) };
  }
}

/** @throws RuleInputError naming the field. */
export function readFact(fields: Fields): Fact {
  return { subject: readFilled('subject', fields.subject), attribute: readFilled('attribute', fields.attribute), value: readText('value', fields.value) };
}

function readFactThreshold(row: PatternRow): Pick<Fact, 'threshold'> {
  const threshold = readThreshold(row.confidence_threshold);
  return threshold === null ? {} : { threshold };
}

/** Reads one literal or regex. What `json` says goes before the columns. */
export function readMatch(row: Fields, json: Fields, shownId: string): PatternRule {
  const match = readWord('match', json.match, ['literal', 'regex']);
  const value = readFilled('value', json.value);
  const flags = readFlags(match, absent(json.flags) ? row.flags : json.flags);
  if (match === 'regex') vetRegex(value, flags);
  const expand = readFlag('expand', json.expand, false);
  if (expand && match === 'literal') refuse('expand', true, 'false for a literal, which has no groups');
  return {
    id: shownId,
    match,
    value,
    flags,
    word: readFlag('word', json.word, false),
    replacement: readReplacement(row, json),
    expand,
    type: isHallucinationType(row.type) ? row.type : 'pattern_match',
    ...readReach(row, json, DEFAULT_SCOPES),
  };
}

function readPath(row: Fields, json: Fields, shownId: string): PatternRule {
  const value = readFilled('value', json.value);
  return {
    id: shownId,
    match: 'regex',
    value: `${BEFORE_PATH}${escapeRegex(value)}${AFTER_PATH}`,
    flags: 'u',
    word: false,
    replacement: readReplacement(row, json),
    expand: false,
    type: isHallucinationType(row.type) ? row.type : 'invalid_path',
    ...readReach(row, json, PATH_SCOPES),
  };
}

function readReplacement(row: Fields, json: Fields): string | null {
  return readOptionalText('replace', json.replace) ?? readOptionalText('replacement', row.replacement);
}

function readReach(row: Fields, json: Fields, fallback: readonly RuleScope[]): Pick<PatternRule, 'confidenceThreshold' | 'scopes' | 'models'> {
  const scopes = readList('scopes', absent(json.scopes) ? row.scopes : json.scopes);
  return {
    confidenceThreshold: readThreshold(row.confidence_threshold) ?? 0,
    scopes: scopes === null ? fallback : [...new Set(scopes.map((scope) => readWord('an element of scopes', scope, RULE_SCOPES)))],
    models: readList('models', absent(json.models) ? row.models : json.models),
  };
}

/** @returns null where nothing was said. */
export function readThreshold(value: unknown): number | null {
  if (absent(value)) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) return refuse('confidence_threshold', value, 'a number from 0 to 1, or nothing');
  return value;
}

/**
 * `g` and `y` are dropped: rules always look everywhere, at each place in turn. `u` says what is always so. `d` and `v` would
 * change what a pattern means or costs and are refused.
 * @returns the flags that mean something, sorted.
 */
export function readFlags(match: 'literal' | 'regex', value: unknown): string {
  const text = readOptionalText('flags', value) ?? '';
  const meaningful = match === 'regex' ? 'imsu' : 'i';
  const idle = match === 'regex' ? 'gy' : 'guy';
  for (const flag of text) {
    if (!meaningful.includes(flag) && !idle.includes(flag)) refuse('flags', value, `letters of ${meaningful} (a ${match})`);
  }
  return [...meaningful].filter((flag) => text.includes(flag)).join('');
}

function vetRegex(value: string, flags: string): void {
  try {
    new RegExp(value, flags.includes('u') ? flags : `${flags}u`);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be compiled';
    throw new RuleInputError(`value must be a JavaScript regular expression under the flag u: ${why}`);
  }
}

/** Whether a pattern column is JSON and not a literal. */
export function startsJson(pattern: string): boolean {
  return /^\s*\{/.test(pattern);
}

/** The pattern column that says this: a bare literal where that is enough, else JSON. */
export function encodePattern(match: 'literal' | 'regex', value: string, more: Fields = {}): string {
  const extras = Object.fromEntries(Object.entries(more).filter(([, extra]) => !absent(extra) && extra !== false));
  if (match === 'literal' && Object.keys(extras).length === 0 && !startsJson(value)) return value;
  return JSON.stringify({ match, value, ...extras });
}

function escapeRegex(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
