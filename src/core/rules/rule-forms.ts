import { absent, isFields, onlyKeys, readFilled, readFlag, readList, readOptionalText, refuse, RuleInputError, show } from './fields.js';
import type { Fields } from './fields.js';
import { PATCH_TYPES, readPatch } from './patch-input.js';
import { encodePattern, readFact, readFlags, readPatternRow, readThreshold, startsJson } from './rule-input.js';
import type { PatternDraft } from './rule-input.js';

export const RULE_KINDS = ['pattern', 'patch', 'fact'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export interface PatchDraft {
  readonly kind: 'patch';
  readonly id: number | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly patch_type: string;
  readonly payload_json: string;
  readonly enabled: boolean;
}

export interface FactDraft {
  readonly kind: 'fact';
  readonly id: number | null;
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
  readonly source: string | null;
  readonly enabled: boolean;
}

/** One rule, checked, in the columns it is stored in. */
export type RuleDraft = PatternDraft | PatchDraft | FactDraft;

/** A rule in any form that may be imported or added. What it may hold is checked by `readRuleInput`. */
export type RuleInput = PatternForm | ValueForm | SwitchForm | PatchForm | FactForm;

interface Reach {
  /** A number asks for that row id; a text is the rule's name. */
  readonly id?: number | string | null;
  readonly name?: string | null;
  readonly enabled?: boolean | number | null;
}

interface PatternReach extends Reach {
  readonly confidence_threshold?: number | null;
  readonly flags?: string | null;
  readonly word?: boolean;
  readonly expand?: boolean;
  readonly models?: readonly string[] | string | null;
  readonly scopes?: readonly string[] | string | null;
}

/** The row form and the case form: `type` is one of the six, or `literal` or `regex`. */
export interface PatternForm extends PatternReach {
  readonly kind?: 'pattern';
  readonly pattern: string;
  readonly type?: string | null;
  readonly match?: 'literal' | 'regex' | null;
  readonly replacement?: string | null;
}

/** The form a pattern column holds as JSON. */
export interface ValueForm extends PatternReach {
  readonly kind?: 'pattern';
  readonly match: 'literal' | 'regex' | 'path';
  readonly value: string;
  readonly replace?: string | null;
  readonly type?: string | null;
}

export interface SwitchForm {
  readonly rule: string;
  readonly enabled?: boolean;
  /** A verdict of the check with less confidence is dropped. */
  readonly confidence_threshold?: number | null;
}

export interface PatchForm extends Reach {
  readonly kind?: 'patch';
  readonly description?: string | null;
  readonly patch_type: string;
  readonly payload_json: string | Fields;
}

export interface FactForm extends Reach {
  readonly kind?: 'fact';
  readonly match?: 'fact';
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
  readonly source?: string | null;
}

/** Columns that say what happened to a rule, not what it is: a dumped row may bring them, and they stay behind. */
const HISTORY_KEYS = ['hits', 'last_hit', 'rejected', 'created_at'];
const REACH_KEYS = ['kind', 'id', 'name', 'enabled', ...HISTORY_KEYS];
const MORE_KEYS = ['type', 'confidence_threshold', 'flags', 'word', 'expand', 'models', 'scopes', ...REACH_KEYS];

/**
 * Reads one rule in any of its forms, and proves that it would load.
 * @throws RuleInputError in words for its author.
 */
export function readRuleInput(input: unknown): RuleDraft {
  if (!isFields(input)) return refuse('a rule', input, 'a JSON object');
  switch (kindOf(input)) {
    case 'patch':
      return readPatchForm(input);
    case 'fact':
      return readFactForm(input);
    case 'pattern':
      return readPatternForm(input);
  }
}

function kindOf(input: Fields): RuleKind {
  if (!absent(input.kind)) {
    const kind = RULE_KINDS.find((candidate) => candidate === input.kind);
    return kind ?? refuse('kind', input.kind, `one of ${RULE_KINDS.join(', ')}`);
  }
  if ('patch_type' in input || 'payload_json' in input) return 'patch';
  if (input.match === 'fact' || 'subject' in input) return 'fact';
  if ('pattern' in input || 'value' in input || 'rule' in input) return 'pattern';
  throw new RuleInputError(`a rule must have pattern, match and value, rule, patch_type or subject; it has ${show(Object.keys(input))}`);
}

function readPatchForm(input: Fields): PatchDraft {
  onlyKeys(input, ['description', 'patch_type', 'payload_json', ...REACH_KEYS], 'the patch');
  const payload = isFields(input.payload_json) ? JSON.stringify(input.payload_json) : readFilled('payload_json', input.payload_json);
  const draft: PatchDraft = {
    kind: 'patch',
    ...readIdentity(input),
    description: readOptionalText('description', input.description),
    patch_type: PATCH_TYPES.find((type) => type === input.patch_type) ?? refuse('patch_type', input.patch_type, `one of ${PATCH_TYPES.join(', ')}`),
    payload_json: payload,
    enabled: readFlag('enabled', input.enabled, true),
  };
  readPatch({ ...draft }, 'new');
  return draft;
}

function readFactForm(input: Fields): FactDraft {
  onlyKeys(input, ['match', 'subject', 'attribute', 'value', 'source', ...REACH_KEYS], 'the fact');
  return {
    kind: 'fact',
    id: readIdentity(input).id,
    ...readFact(input),
    source: readOptionalText('source', input.source),
    enabled: readFlag('enabled', input.enabled, true),
  };
}

function readPatternForm(input: Fields): PatternDraft {
  const draft = 'rule' in input ? switchDraft(input) : 'value' in input ? valueDraft(input) : rowDraft(input);
  readPatternRow({ ...draft }, 'new');
  return draft;
}

function switchDraft(input: Fields): PatternDraft {
  onlyKeys(input, ['rule', 'confidence_threshold', ...REACH_KEYS], 'the switch');
  const { enabled } = input;
  const pattern = JSON.stringify({ rule: input.rule, ...(absent(enabled) ? {} : { enabled }) });
  return { ...columns({ ...input, enabled: true }), pattern };
}

function valueDraft(input: Fields): PatternDraft {
  onlyKeys(input, ['match', 'value', 'replace', ...MORE_KEYS], 'the rule');
  const value = readFilled('value', input.value);
  const draft = columns({ ...input, replacement: input.replace });
  if (input.match === 'path') {
    if (!absent(input.flags) || !absent(input.word) || !absent(input.expand)) return refuse('match', 'path', 'used without flags, word and expand');
    return { ...draft, pattern: JSON.stringify({ match: 'path', value }) };
  }
  return { ...draft, pattern: encode(input, input.match, value) };
}

function rowDraft(input: Fields): PatternDraft {
  onlyKeys(input, ['match', 'pattern', 'replacement', ...MORE_KEYS], 'the rule');
  const pattern = readFilled('pattern', input.pattern);
  const isCase = input.type === 'literal' || input.type === 'regex';
  const match = isCase ? input.type : input.match;
  if (isCase && !absent(input.match) && input.match !== input.type) return refuse('match', input.match, `the same as type, ${show(input.type)}`);
  const draft = columns(isCase ? { ...input, type: null } : input);
  if (!absent(match)) return { ...draft, pattern: encode(input, match, pattern) };
  if (!startsJson(pattern)) return { ...draft, pattern: encode(input, 'literal', pattern) };
  if (!absent(input.word) || !absent(input.expand)) return refuse('pattern', pattern, 'JSON that says word and expand itself');
  return { ...draft, pattern };
}

function encode(input: Fields, match: unknown, value: string): string {
  if (match !== 'literal' && match !== 'regex') return refuse('match', match, 'one of literal, regex');
  readFlags(match, input.flags);
  return encodePattern(match, value, { word: readFlag('word', input.word, false), expand: readFlag('expand', input.expand, false) });
}

function columns(input: Fields): Omit<PatternDraft, 'pattern'> {
  return {
    kind: 'pattern',
    ...readIdentity(input),
    type: readOptionalText('type', input.type),
    confidence_threshold: readThreshold(input.confidence_threshold),
    replacement: readOptionalText('replacement', input.replacement),
    flags: readOptionalText('flags', input.flags),
    enabled: readFlag('enabled', input.enabled, true),
    models: asJson(readList('models', input.models)),
    scopes: asJson(readList('scopes', input.scopes)),
  };
}

function readIdentity(input: Fields): { readonly id: number | null; readonly name: string | null } {
  const name = readOptionalText('name', input.name);
  const { id } = input;
  if (absent(id)) return { id: null, name };
  if (typeof id === 'string') return { id: null, name: name ?? readFilled('id', id) };
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { id, name };
  return refuse('id', id, 'a whole number above 0, or a name');
}

function asJson(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}
