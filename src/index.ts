/** The public names of hotpatch as a library; more follow with the library's own issue. */
export type { Action, Correction, HallucinationType, Mode } from './core/types.js';
export { HALLUCINATION_TYPES } from './core/types.js';
export type { Limits } from './core/limits.js';
export { openRuleStore, type RuleStore } from './node/rules/sqlite-rule-store.js';
