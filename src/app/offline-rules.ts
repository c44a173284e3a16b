import type { Writable } from 'node:stream';
import { compileRuleSet, EMPTY_RULES, withSwitches } from '../core/rules/compile.js';
import type { BehaviorPatch } from '../core/rules/patch-input.js';
import type { RuleKind } from '../core/rules/rule-forms.js';
import type { RuleSet } from '../core/rules/rule-set.js';
import { seedRules } from '../core/rules/seed-rules.js';
import type { RuleRows } from '../node/rules/rows.js';
import { RuleStoreError, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { openRuleStore } from '../node/rules/sqlite-rule-store.js';
import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';
import type { Config } from './config.js';
import { ownFiles } from './proxy-settings.js';

/** What is in force, for commands that rewrite without a proxy. */
export interface OfflineRules {
  readonly rules: RuleSet;
  readonly patches: readonly BehaviorPatch[];
}

const NO_RULES: OfflineRules = { rules: EMPTY_RULES, patches: [] };

/**
 * The rules of the database, if there is one: nothing is created and nothing changed.
 * @param name of the command, before what it says on stderr
 * @throws RuleStoreError for a database that cannot be read
 */
export function databaseRules(name: string, config: Config, stderr: Writable): OfflineRules {
  const { db, patchesDb, limits } = config;
  try {
    const read = db === patchesDb ? [readDatabase(db)] : [readDatabase(db, ['pattern', 'fact']), readDatabase(patchesDb, ['patch'])];
    const all = read.filter((rows) => rows !== null);
    if (all.length === 0) return NO_RULES;
    const [first] = read;
    const rules = compileRuleSet(all.flatMap(({ patterns }) => patterns), first?.facts ?? [], first?.rejected ?? new Set(), all.flatMap(({ faults }) => faults), limits);
    return { rules: withSwitches(rules, first?.switches), patches: all.flatMap(({ patches }) => patches) };
  } catch (error) {
    if (!(error instanceof SqliteUnavailableError)) throw error;
    stderr.write(`hotpatch ${name}: ${error.message}; the built-in rules apply\n`);
    return { rules: compileRuleSet(seedRules(), [], new Set(), [], limits), patches: [] };
  }
}

/** Null: there is no such database. */
function readDatabase(file: string, kinds?: readonly RuleKind[]): RuleRows | null {
  if (file === 'none') return null;
  try {
    const store = openRuleStore(file, { readonly: true });
    try {
      return store.read(kinds);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof RuleStoreError && error.code === 'E_DB_MISSING') return null;
    throw error;
  }
}

/** The folders of the configuration, read to their end; null: no path is checked. */
export async function indexedWorkspaces(name: string, config: Config, stderr: Writable): Promise<Workspaces | null> {
  if (config.workspaces === 'none') return null;
  const workspaces = openWorkspaces(config.workspaces, { exclude: ownFiles(config, config.workspaces), onMessage: (message) => stderr.write(`hotpatch ${name}: ${message}\n`) });
  await workspaces.ready;
  return workspaces;
}
