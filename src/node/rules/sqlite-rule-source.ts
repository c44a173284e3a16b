import { statSync } from 'node:fs';
import { compileRuleSet, EMPTY_RULES, withSwitches } from '../../core/rules/compile.js';
import type { BehaviorPatch } from '../../core/rules/patch-input.js';
import type { RuleKind } from '../../core/rules/rule-forms.js';
import type { RuleSet, RuleSource } from '../../core/rules/rule-set.js';
import type { Limits } from '../../core/limits.js';
import { fingerprint, readRules } from './rows.js';
import { explained, openDatabase, RuleStoreError, SqliteUnavailableError } from './sqlite.js';
import type { Database } from './sqlite.js';
import { createDatabase } from './sqlite-rule-store.js';

/** Everything a database says at one moment. */
export interface RuleSnapshot {
  readonly rules: RuleSet;
  readonly patches: readonly BehaviorPatch[];
}

export interface RuleSourceOptions {
  readonly limits: Pick<Limits, 'holdChars'>;
  /** Makes a missing database, with its seed rules where it is to have patterns. */
  readonly create?: boolean;
  /** Which kinds of rows are read from it; the others are kept elsewhere. Default: all. */
  readonly kinds?: readonly RuleKind[];
  /** Told once when rules cannot be read, with the file's name; the last good rules stay in use. */
  readonly onFault?: (error: Error) => void;
  /** Told after a new set is in use. */
  readonly onChange?: (snapshot: RuleSnapshot) => void;
  /** Calls back again and again until the function it returns is called. */
  readonly every?: (ms: number, tick: () => void) => () => void;
  readonly compile?: typeof compileRuleSet;
}

/** Edits count within a second; a look costs some 10 us. */
const POLL_MS = 300;

const NOTHING: RuleSnapshot = Object.freeze({ rules: EMPTY_RULES, patches: [] });

/** Not unref'd timers would keep a process alive that has nothing else to do. */
function everyUnref(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** What other processes wrote is in the log beside the file until a checkpoint. */
function walState(file: string): string {
  const stat = statSync(`${file}-wal`, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : `${stat.mtimeNs}:${stat.size}`;
}

/**
 * The rules of a database file as they are now, whichever process edits them. A look asks SQLite whether anyone wrote, then
 * whether a rule changed, and only then reads and compiles. A file that is deleted, damaged or locked leaves the last good
 * rules in use; one that comes back, or another put in its place, is read.
 */
export class SqliteRuleSource implements RuleSource {
  readonly #file: string;
  readonly #options: RuleSourceOptions;
  readonly #stopPolling: () => void;
  #db: Database | null = null;
  #inode = '';
  #dataVersion: unknown = null;
  #fingerprint: string | null = null;
  #snapshot = NOTHING;
  #toldFault = '';
  #failedAt = '';
  #mayCreate: boolean;

  /** Reads at once. Does not throw for what the file is: see `onFault`. @throws SqliteUnavailableError */
  constructor(file: string, options: RuleSourceOptions) {
    this.#file = file;
    this.#options = options;
    this.#mayCreate = options.create === true;
    this.check();
    this.#stopPolling = (options.every ?? everyUnref)(POLL_MS, () => void this.check());
  }

  current(): RuleSet {
    return this.#snapshot.rules;
  }

  /** The rule set with the patches read in the same moment. */
  snapshot(): RuleSnapshot {
    return this.#snapshot;
  }

  /** Looks for edits now. @returns whether other rules are in use. */
  check(): boolean {
    let state = '';
    try {
      const stat = statSync(this.#file, { throwIfNoEntry: false, bigint: true });
      const inode = stat === undefined ? '' : `${stat.dev}:${stat.ino}`;
      state = stat === undefined ? '' : `${inode}:${stat.mtimeNs}:${stat.size}:${walState(this.#file)}`;
      // A file that could not be read is not worth another try until it changes.
      if (this.#failedAt !== '' && this.#failedAt === state) return false;
      return this.#look(inode);
    } catch (error) {
      this.#drop();
      const fault = error instanceof Error ? error : new Error(String(error));
      if (fault instanceof SqliteUnavailableError) throw fault;
      this.#failedAt = fault instanceof RuleStoreError && fault.code === 'E_DB_LOCKED' ? '' : state;
      this.#tell(fault);
      return false;
    }
  }

  close(): void {
    this.#stopPolling();
    this.#drop();
  }

  #look(inode: string): boolean {
    if (this.#db !== null && inode !== this.#inode) this.#drop();
    const db = (this.#db ??= this.#open(inode));
    const next = explained(this.#file, () => {
      const dataVersion = db.pragma('data_version', { simple: true });
      if (dataVersion === this.#dataVersion) return null;
      const read = db.transaction(() => {
        const mark = fingerprint(db);
        return mark === this.#fingerprint ? null : { mark, rows: readRules(db, this.#options.kinds) };
      })();
      this.#dataVersion = dataVersion;
      return read;
    });
    this.#toldFault = '';
    this.#failedAt = '';
    if (next === null) return false;
    this.#fingerprint = next.mark;
    const { patterns, facts, rejected, faults, switches, patches } = next.rows;
    const compile = this.#options.compile ?? compileRuleSet;
    this.#snapshot = Object.freeze({ rules: withSwitches(compile(patterns, facts, rejected, faults, this.#options.limits), switches), patches });
    this.#options.onChange?.(this.#snapshot);
    return true;
  }

  #open(inode: string): Database {
    // Only at the start: a database that is deleted under a running proxy must not come back with other rules.
    if (inode === '' && this.#mayCreate) createDatabase(this.#file, this.#options.kinds?.includes('pattern') ?? true);
    this.#mayCreate = false;
    const db = openDatabase(this.#file, { readonly: true });
    const stat = statSync(this.#file, { bigint: true });
    this.#inode = `${stat.dev}:${stat.ino}`;
    return db;
  }

  #tell(fault: Error): void {
    if (fault.message === this.#toldFault) return;
    this.#toldFault = fault.message;
    this.#options.onFault?.(fault);
  }

  /** Lets the connection go and keeps the rules. Versions of another file say nothing about this one's. */
  #drop(): void {
    this.#db?.close();
    this.#db = null;
    this.#dataVersion = null;
    this.#fingerprint = null;
  }
}
