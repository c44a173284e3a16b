import { existsSync, readFileSync, statSync } from 'node:fs';
import { compileRuleSet } from '../../core/rules/compile.js';
import type { Limits } from '../../core/limits.js';
import type { RuleKind } from '../../core/rules/rule-forms.js';
import type { RuleFault, RuleSet } from '../../core/rules/rule-set.js';
import { readRules } from './rows.js';
import { type Database, explained, loadSqlite, openDatabase, refuseNewer, RuleStoreError } from './sqlite.js';

/** A larger database is opened in place. */
const MOST_COPIED_BYTES = 268_435_456;
/** Bytes 18 and 19 of the header say WAL by 2; a copy in memory has no log to look for (SQLite file format, section 1.3). */
const HEADER_BYTES = 100;
const WAL_FLAGS = [18, 19];
const WAL = 2;
const ROLLBACK = 1;

/**
 * Opens a database to look at it without leaving a trace: even a reader leaves `-shm` and `-wal` beside a database in WAL mode. What
 * nobody writes to just now is therefore looked at as a copy in memory.
 * @throws RuleStoreError (`E_DB_MISSING` among them), SqliteUnavailableError
 */
export function openUntouched(file: string): Database {
  const open = loadSqlite();
  const size = sizeOf(file);
  const logBytes = sizeOf(`${file}-wal`);
  if (size < HEADER_BYTES || size > MOST_COPIED_BYTES || logBytes > 0) return openDatabase(file, { readonly: true });
  return explained(file, () => {
    const bytes = readFileSync(file);
    for (const at of WAL_FLAGS) if (bytes[at] === WAL) bytes[at] = ROLLBACK;
    const db = open(bytes, { readonly: true });
    try {
      refuseNewer(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** What a database holds, as far as rules go. */
export interface DatabaseLook {
  readonly patterns: number;
  readonly facts: number;
  readonly patches: number;
  /** Rows that are skipped, with the id people see. */
  readonly faults: readonly RuleFault[];
}

/**
 * Reads and compiles the rules of a database, and lets SQLite check the file's structure.
 * @param kinds which of them are kept there
 * @throws RuleStoreError, SqliteUnavailableError
 */
export function lookAtDatabase(file: string, kinds: readonly RuleKind[], limits: Pick<Limits, 'holdChars'>): DatabaseLook {
  const db = openUntouched(file);
  try {
    return explained(file, () => {
      const [first] = db.pragma('quick_check(1)', { simple: false }) as { quick_check: string }[];
      if (first !== undefined && first.quick_check !== 'ok') throw new RuleStoreError('E_DB_CORRUPT', file, `the database ${file} is damaged (${first.quick_check}); it was left as it is`);
      const { patterns, facts, rejected, faults, patches } = readRules(db, kinds);
      const rules: RuleSet = compileRuleSet(patterns, facts, rejected, faults, limits);
      return { patterns: rules.patterns.length, facts: facts.length, patches: patches.length, faults: rules.faults };
    });
  } finally {
    db.close();
  }
}
