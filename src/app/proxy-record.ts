import { ulid } from 'ulid';
import { RuleStoreError, SqliteUnavailableError } from '../node/rules/sqlite.js';
import type { Counts } from '../node/stats/counts.js';
import { type ProxyFacts, StatisticsTable } from '../node/stats/statistics-table.js';
import type { Logger } from './log.js';
import { openWhole } from './rule-databases.js';

export interface ProxyRecordOptions {
  readonly counts: () => Counts;
  readonly facts: () => ProxyFacts;
  readonly logger: Logger;
  /** Shared by the workers of one proxy; null: this one is alone. */
  readonly family: string | null;
}

/** What a proxy keeps of itself in its database: counts over restarts, and that it runs. Without a database it keeps nothing. */
export class ProxyRecord {
  readonly #options: ProxyRecordOptions;
  readonly #id = ulid();
  readonly #startedMs = Date.now();
  #table: StatisticsTable | null = null;
  #stored: Counts = {};
  /** One database after the other: what the first took is not for the second. */
  #moving: Promise<void> = Promise.resolve();

  constructor(options: ProxyRecordOptions) {
    this.#options = options;
  }

  /** Begins to write at once. @param db a file, or `none` */
  open(db: string): void {
    this.#table = this.#tableOf(db);
    this.#table?.start();
  }

  /** Goes on in another database with what no database has yet. */
  move(db: string): void {
    this.#moving = this.#moving.then(async () => {
      await this.#table?.close();
      this.#stored = this.#table?.stored ?? this.#stored;
      this.open(db);
    });
  }

  /** Writes what is new, and that the proxy is gone. */
  async close(): Promise<void> {
    await this.#moving;
    await this.#table?.close();
    this.#table = null;
  }

  #tableOf(db: string): StatisticsTable | null {
    if (db === 'none') return null;
    const { counts, facts, logger, family } = this.#options;
    return new StatisticsTable({
      file: db, id: this.#id, family: family ?? this.#id, startedMs: this.#startedMs, counts, facts, stored: this.#stored,
      open: () => openWhole(db),
      onFault: (error) => {
        // Whoever reads the rules has said that.
        if (error instanceof RuleStoreError || error instanceof SqliteUnavailableError) logger.debug(error.message);
        else logger.warn(`statistics are not kept in ${db}: ${error.message}`);
      },
    });
  }
}
