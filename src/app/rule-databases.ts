import { compileRuleSet, EMPTY_RULES, withSwitches } from '../core/rules/compile.js';
import type { BehaviorPatch } from '../core/rules/patch-input.js';
import type { RuleKind } from '../core/rules/rule-forms.js';
import type { RuleSet, RuleSource } from '../core/rules/rule-set.js';
import { seedRules } from '../core/rules/seed-rules.js';
import { CorrectionsTable } from '../node/audit/corrections-table.js';
import { migrate } from '../node/rules/schema.js';
import { type Database, openDatabase, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { type RuleSnapshot, SqliteRuleSource } from '../node/rules/sqlite-rule-source.js';
import type { Config } from './config.js';
import type { Logger } from './log.js';

/** The databases of a configuration, open, or what stands in for them. */
export interface RuleDatabases {
  readonly source: RuleSource;
  readonly patches: () => readonly BehaviorPatch[];
  /** Null: there is no database of patterns. */
  readonly table: CorrectionsTable | null;
  check(): void;
  close(): void;
}

export const NO_DATABASES: RuleDatabases = { source: { current: () => EMPTY_RULES }, patches: () => [], table: null, check: () => undefined, close: () => undefined };

/** Kinds of rows that are kept with the patterns where the patches have a file of their own. */
const BESIDE_PATCHES: readonly RuleKind[] = ['pattern', 'fact'];
/** The name under which the patches' file is attached to the other one, so that one transaction counts in both. */
const ATTACHED = 'patches';

type Read = Pick<Config, 'db' | 'patchesDb' | 'limits' | 'retentionDays'>;

/**
 * Opens the database of rules, and that of behavior patches where it is another file; a missing one is created.
 * @param faults takes what is wrong at once; null: it is logged, as everything later is
 */
export function openRuleDatabases(config: Read, logger: Logger, faults: Error[] | null): RuleDatabases {
  const { db, patchesDb, limits } = config;
  const opened: SqliteRuleSource[] = [];
  const open = (file: string, kinds?: readonly RuleKind[]): SqliteRuleSource | null => {
    if (file === 'none') return null;
    const source = openSource(file, { limits, logger, faults, ...(kinds === undefined ? {} : { kinds }) });
    opened.push(source);
    return source;
  };
  try {
    const own = db === patchesDb ? open(db) : new JoinedSources(open(db, BESIDE_PATCHES), open(patchesDb, ['patch']), limits);
    if (own === null || opened.length === 0) return NO_DATABASES;
    const table = db === 'none' ? null : tableOf(config, logger);
    const close = (): void => {
      table?.close();
      for (const source of opened) source.close();
    };
    return { source: own, patches: () => own.snapshot().patches, table, check: () => opened.forEach((source) => source.check()), close };
  } catch (error) {
    for (const source of opened) source.close();
    if (!(error instanceof SqliteUnavailableError)) throw error;
    logger.warn(`${error.message}; serving with the built-in rules`);
    const builtIn = compileRuleSet(seedRules(), [], new Set(), [], limits);
    return { ...NO_DATABASES, source: { current: () => builtIn } };
  }
}

interface SourceOptions extends Pick<Config, 'limits'> {
  readonly kinds?: readonly RuleKind[];
  readonly logger: Logger;
  readonly faults: Error[] | null;
}

function openSource(file: string, { limits, kinds, logger, faults }: SourceOptions): SqliteRuleSource {
  let opening = faults;
  const source = new SqliteRuleSource(file, {
    limits,
    create: true,
    ...(kinds === undefined ? {} : { kinds }),
    onFault: (error) => {
      if (opening !== null) opening.push(error);
      else logger.error(`${error.message}; the rules read last stay in use`);
    },
    onChange: ({ rules }) => {
      for (const fault of rules.faults) logger.warn(`rule ${fault.id} in ${file} is skipped: ${fault.message}`);
      logger.debug({ rules: rules.patterns.length }, 'rules loaded');
    },
  });
  opening = null;
  return source;
}

function tableOf({ db, patchesDb, retentionDays }: Read, logger: Logger): CorrectionsTable {
  const onFault = (error: Error): void => logger.error(`corrections cannot be stored in ${db}: ${error.message}`);
  if (patchesDb === db) return new CorrectionsTable({ open: () => openWhole(db), retentionDays, onFault });
  const attached = new WeakSet<Database>();
  const open = (): Database => {
    const database = openWhole(db);
    if (patchesDb === 'none') return database;
    try {
      openWhole(patchesDb).close();
      database.prepare(`ATTACH ? AS ${ATTACHED}`).run(patchesDb);
      attached.add(database);
    } catch (error) {
      // Corrections are stored all the same.
      logger.error(`what behavior patches do cannot be counted in ${patchesDb}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return database;
  };
  return new CorrectionsTable({ open, patchesIn: (database) => (attached.has(database) ? ATTACHED : null), retentionDays, onFault });
}

/**
 * Opens a database to write rows to. One that has only the columns operators wrote gets the rest of the schema first.
 * @throws RuleStoreError, SqliteUnavailableError
 */
export function openWhole(file: string): Database {
  const db = openDatabase(file);
  try {
    migrate(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Patterns and facts of one database with the patches of another, compiled anew when either has changed. */
class JoinedSources implements RuleSource {
  readonly #rules: SqliteRuleSource | null;
  readonly #patches: SqliteRuleSource | null;
  readonly #limits: Config['limits'];
  #from: readonly [RuleSet, RuleSet] | null = null;
  #snapshot: RuleSnapshot = { rules: EMPTY_RULES, patches: [] };

  constructor(rules: SqliteRuleSource | null, patches: SqliteRuleSource | null, limits: Config['limits']) {
    this.#rules = rules;
    this.#patches = patches;
    this.#limits = limits;
  }

  current(): RuleSet {
    return this.snapshot().rules;
  }

  snapshot(): RuleSnapshot {
    const rules = this.#rules?.current() ?? EMPTY_RULES;
    const patches = this.#patches?.snapshot() ?? { rules: EMPTY_RULES, patches: [] };
    if (this.#from?.[0] !== rules || this.#from[1] !== patches.rules) {
      const faults = [...rules.faults, ...patches.rules.faults];
      const joined = compileRuleSet([...rules.patterns, ...patches.rules.patterns], rules.facts, rules.rejected, faults, this.#limits);
      this.#from = [rules, patches.rules];
      this.#snapshot = { rules: withSwitches(joined, rules.switches), patches: patches.patches };
    }
    return this.#snapshot;
  }
}
