/** The public names of hotpatch as a library; more follow with the library's own issue. */
export type { Action, Correction, HallucinationType, Mode } from './core/types.js';
export { HALLUCINATION_TYPES } from './core/types.js';
export type { Limits } from './core/limits.js';
export { openRuleStore, type RuleStore } from './node/rules/sqlite-rule-store.js';
export { HotPatcher, type HotPatcherOptions, type Interception, type PathFix } from './app/hot-patcher.js';
export type { PatcherStatistics } from './app/hot-patcher-statistics.js';
export type { PatcherContext } from './app/hot-patcher-truth.js';
export { RuleInputError } from './core/rules/fields.js';
export type { RuleInput } from './core/rules/rule-forms.js';
export type { Fact } from './core/rules/rule-set.js';
export { RuleStoreError, SqliteUnavailableError } from './node/rules/sqlite.js';
