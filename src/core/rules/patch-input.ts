import { absent, isFields, onlyKeys, parseJson, readFilled, readList, readText, readWord, refuse } from './fields.js';
import type { Fields } from './fields.js';
import { readMatch } from './rule-input.js';
import type { PatternRule } from './rule-set.js';

export const PATCH_TYPES = ['output_filter', 'prompt_modifier', 'validator'] as const;
export type PatchType = (typeof PATCH_TYPES)[number];

/** After what, in this client's conversation, a patch applies. */
export const PATCH_OCCASIONS = ['hallucination', 'navigation_error', 'empty_reasoning', 'always'] as const;
export type PatchOccasion = (typeof PATCH_OCCASIONS)[number];

export type OutputFilter = { readonly form: 'match'; readonly rule: PatternRule } | { readonly form: 'drop'; readonly drop: 'thinking' };
export type PromptModifier =
  | { readonly form: 'system'; readonly mode: 'append' | 'prepend' | 'set'; readonly text: string }
  | { readonly form: 'options'; readonly options: Fields };
export interface Validator {
  readonly check: 'paths' | 'json' | 'reasoning_present';
  readonly action: 'report' | 'annotate';
}

interface PatchReach {
  /** As people see it. */
  readonly id: string;
  readonly description: string;
  /** Globs of model names; null: all. */
  readonly models: readonly string[] | null;
  /** A route's name or a word of it (`chat`); null: all. */
  readonly route: string | null;
  readonly after: PatchOccasion;
}

/** A row of behavior_patches, checked and complete. */
export type BehaviorPatch = PatchReach &
  (
    | { readonly type: 'output_filter'; readonly rules: readonly OutputFilter[] }
    | { readonly type: 'prompt_modifier'; readonly rules: readonly PromptModifier[] }
    | { readonly type: 'validator'; readonly rules: readonly Validator[] }
  );

/**
 * Reads a row of behavior_patches; any column but patch_type and payload_json may be missing.
 * @throws RuleInputError in words for its author.
 */
export function readPatch(row: Fields, shownId: string): BehaviorPatch {
  const type = readWord('patch_type', row.patch_type, PATCH_TYPES);
  const payload = parseJson('payload_json', readFilled('payload_json', row.payload_json));
  if (!isFields(payload)) return refuse('payload_json', payload, 'one JSON object');
  onlyKeys(payload, ['models', 'when', 'rules'], 'payload_json');
  if (!Array.isArray(payload.rules) || payload.rules.length === 0) return refuse('rules', payload.rules, 'a list with at least one element');
  const elements = payload.rules.map((element: unknown) => (isFields(element) ? element : refuse('an element of rules', element, 'a JSON object')));
  const reach: PatchReach = {
    id: shownId,
    description: absent(row.description) ? '' : readText('description', row.description),
    models: readList('models', payload.models),
    ...readWhen(payload.when),
  };
  switch (type) {
    case 'output_filter':
      return { ...reach, type, rules: elements.map((element, index) => readOutputFilter(element, reach, `${shownId}/${index}`)) };
    case 'prompt_modifier':
      return { ...reach, type, rules: elements.map(readPromptModifier) };
    case 'validator':
      return { ...reach, type, rules: elements.map(readValidator) };
  }
}

/** Whether nothing but the model decides if the patch applies, so that it can be compiled into the rule set. */
export function isUnconditional(patch: BehaviorPatch): boolean {
  return patch.route === null && patch.after === 'always';
}

function readWhen(when: unknown): Pick<PatchReach, 'route' | 'after'> {
  if (absent(when)) return { route: null, after: 'always' };
  if (!isFields(when)) return refuse('when', when, 'a JSON object');
  onlyKeys(when, ['route', 'after'], 'when');
  return {
    route: absent(when.route) ? null : readFilled('when.route', when.route),
    after: absent(when.after) ? 'always' : readWord('when.after', when.after, PATCH_OCCASIONS),
  };
}

function readOutputFilter(element: Fields, reach: PatchReach, shownId: string): OutputFilter {
  if ('drop' in element) {
    onlyKeys(element, ['drop'], 'an output_filter');
    return { form: 'drop', drop: readWord('drop', element.drop, ['thinking']) };
  }
  onlyKeys(element, ['match', 'value', 'replace', 'flags', 'word', 'expand', 'scopes'], 'an output_filter');
  return { form: 'match', rule: { ...readMatch({}, element, shownId), models: reach.models } };
}

function readPromptModifier(element: Fields): PromptModifier {
  if ('options' in element) {
    onlyKeys(element, ['options'], 'a prompt_modifier');
    if (!isFields(element.options) || Object.keys(element.options).length === 0) return refuse('options', element.options, 'a JSON object with at least one option');
    return { form: 'options', options: element.options };
  }
  onlyKeys(element, ['system'], 'a prompt_modifier');
  if (!isFields(element.system)) return refuse('system', element.system, 'a JSON object with mode and text');
  onlyKeys(element.system, ['mode', 'text'], 'system');
  return { form: 'system', mode: readWord('system.mode', element.system.mode, ['append', 'prepend', 'set']), text: readText('system.text', element.system.text) };
}

function readValidator(element: Fields): Validator {
  onlyKeys(element, ['check', 'action'], 'a validator');
  return {
    check: readWord('check', element.check, ['paths', 'json', 'reasoning_present']),
    action: absent(element.action) ? 'report' : readWord('action', element.action, ['report', 'annotate']),
  };
}
