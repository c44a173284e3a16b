import type { Observation, Observer } from '../core/observe.js';
import { compileRuleSet, rejectionKey, withSwitches } from '../core/rules/compile.js';
import type { BehaviorPatch } from '../core/rules/patch-input.js';
import type { Fact, PatternRule, RuleSet, RuleSource } from '../core/rules/rule-set.js';
import type { Correction } from '../core/types.js';
import { openRuleStore } from '../node/rules/sqlite-rule-store.js';
import type { Config } from './config.js';
import type { Logger } from './log.js';
import { same } from './proxy-settings.js';
import { NO_DATABASES, openRuleDatabases } from './rule-databases.js';

/** Corrections that can be rejected before, or without, a database row. */
const MOST_RECENT = 1_000;

/** Rules and facts that are in no database. */
export interface GivenRules {
  readonly rules: readonly PatternRule[];
  readonly facts: readonly Fact[];
}

/** Another database is open beside the one in use; one of the two is called. */
export interface RulesChange {
  commit(): void;
  discard(): void;
}

/** The rules in force: those of the database, those given beside it, and what of either is not to be made again. */
export class ProxyRules implements RuleSource, Observer {
  readonly #logger: Logger;
  #config: Config;
  #given: GivenRules;
  #opened = NO_DATABASES;
  #extended: { readonly base: RuleSet; readonly rules: RuleSet } | null = null;
  /** What was corrected last, by id, and what of it is not to be made again. */
  readonly #recent = new Map<string, string>();
  readonly #rejected = new Set<string>();

  constructor(config: Config, given: GivenRules, logger: Logger) {
    this.#config = config;
    this.#given = given;
    this.#logger = logger;
  }

  /** The rules the next exchange will have. */
  current(): RuleSet {
    const base = this.#opened.source.current();
    const { rules, facts } = this.#given;
    if (rules.length === 0 && facts.length === 0 && this.#rejected.size === 0) return base;
    if (this.#extended?.base !== base) {
      const rejected = new Set([...base.rejected, ...this.#rejected]);
      const extended = compileRuleSet([...base.patterns, ...rules], [...base.facts, ...facts], rejected, base.faults, this.#config.limits);
      this.#extended = { base, rules: withSwitches(extended, base.switches) };
    }
    return (this.#extended as { rules: RuleSet }).rules;
  }

  /** What the database switches on and off. */
  get switches(): RuleSet['switches'] {
    return this.#opened.source.current().switches;
  }

  /** Behavior patches in force. */
  get patches(): readonly BehaviorPatch[] {
    return this.#opened.patches();
  }

  /** Opens the database the configuration names. What is wrong with it is logged, once. */
  open(): void {
    this.#opened = openRuleDatabases(this.#config, this.#logger, null);
  }

  /**
   * Opens what another configuration names, where that differs; null: it does not.
   * @throws Error where that database cannot be read, and then nothing has changed
   */
  prepare(next: Config): RulesChange | null {
    if (same(this.#config, next, 'db', 'patchesDb', 'retentionDays') && this.#config.limits.holdChars === next.limits.holdChars) return null;
    const faults: Error[] = [];
    const opened = openRuleDatabases(next, this.#logger, faults);
    const discard = (): void => opened.close();
    if (faults[0] !== undefined) {
      discard();
      throw faults[0];
    }
    const commit = (): void => {
      const before = this.#opened;
      this.#opened = opened;
      this.#config = next;
      this.#extended = null;
      before.close();
    };
    return { commit, discard };
  }

  /** Replaces what is given beside the database. */
  give(given: GivenRules): void {
    this.#given = given;
    this.#extended = null;
  }

  /** Looks at the database now instead of within a second. */
  check(): void {
    this.#opened.check();
  }

  observe(observation: Observation): void {
    const { table } = this.#opened;
    if (table !== null) table.observe(observation);
    else if (observation.kind === 'correction') this.#remember(observation.correction);
  }

  /**
   * Teaches that a correction is not to be made again, from the next exchange on; with `undo` that it is.
   * @throws RuleStoreError where the database has no such correction, RangeError where there is no database and it is not among the last 1,000
   */
  reject(id: string, undo: boolean): void {
    const { table } = this.#opened;
    if (table !== null) {
      table.flush();
      const store = openRuleStore(this.#config.db, {});
      try {
        store.reject(id, undo);
      } finally {
        store.close();
      }
      this.check();
      return;
    }
    const key = this.#recent.get(id);
    if (key === undefined) throw new RangeError(`there is no correction ${id} among the last ${MOST_RECENT}; without a database older ones are not known`);
    if (undo) this.#rejected.delete(key);
    else this.#rejected.add(key);
    this.#extended = null;
  }

  /** Writes what is queued; the rules read last stay in use. */
  close(): void {
    this.#opened.close();
  }

  #remember({ id, type, detected, expected }: Correction): void {
    this.#recent.set(id, rejectionKey(type, detected, expected));
    if (this.#recent.size <= MOST_RECENT) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      break;
    }
  }
}
