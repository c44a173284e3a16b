import type Sqlite from 'better-sqlite3';
import type { Observation, Observer } from '../../core/observe.js';
import { RuleCounts } from './rule-counts.js';

type Counted = Extract<Observation, { kind: 'correction' | 'patch' | 'outcome' }>;

export interface CorrectionsTableOptions {
  /** A connection of its own, with the tables of schema.sql; called at the first batch and again after a failure. */
  readonly open: () => Sqlite.Database;
  /** Where table behavior_patches is: `main`, the name of an attached database, or null where patches cannot be counted. Default `main`. */
  readonly patchesIn?: (db: Sqlite.Database) => string | null;
  /** Rows that wait to be written; more are dropped and counted. */
  readonly queueRows?: number;
  /** Days a row is kept at least, unless it was rejected; 0: for ever. */
  readonly retentionDays?: number;
  /** Told when writing fails, once until it works again. */
  readonly onFault?: (error: Error) => void;
  readonly nowMs?: () => number;
  /** Calls back once, unless cancelled by the function it returns. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

/** A batch waits this long: a transaction costs half a millisecond however many rows it has. */
const BATCH_MS = 200;
/** Rows of one transaction. It blocks this thread, so it stays near a millisecond. */
const BATCH_ROWS = 100;
const RETRY_MS = 2_000;
/** Tries before a batch is given up that the database does not take; one that is only locked is not given up. */
const ATTEMPTS = 3;
const DEFAULT_QUEUE_ROWS = 10_000;
/** Another process's transaction takes milliseconds. It is not waited for, as answers would wait too. */
const BUSY_RETRY_MS = 20;
/** Who holds a lock for longer than an import takes has forgotten it. */
const BUSY_TOLD_MS = 10_000;
/** What is asked for at once, and the end, does wait. */
const FLUSH_BUSY_MS = 2_000;
const PRUNE_ROWS = 500;
const DAY_MS = 86_400_000;

function afterUnref(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Writes table `corrections` and what is counted of rules and patches, in small transactions off the token path. A broken database costs rows only. */
export class CorrectionsTable implements Observer {
  readonly #options: CorrectionsTableOptions;
  readonly #after: NonNullable<CorrectionsTableOptions['after']>;
  #queue: Counted[] = [];
  #db: Sqlite.Database | null = null;
  #cancelTimer: (() => void) | null = null;
  #failures = 0;
  #lockedSinceMs: number | null = null;
  #toldLocked = false;
  #dropped = 0;
  #written = 0;
  #closed = false;

  constructor(options: CorrectionsTableOptions) {
    this.#options = options;
    this.#after = options.after ?? afterUnref;
  }

  /** Rows and counts that found the queue full, came after `close`, or could not be written. */
  get dropped(): number {
    return this.#dropped;
  }

  get written(): number {
    return this.#written;
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'correction' && observation.kind !== 'patch' && observation.kind !== 'outcome') return;
    if (this.#closed || this.#queue.length >= (this.#options.queueRows ?? DEFAULT_QUEUE_ROWS)) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push(observation);
    this.#schedule(BATCH_MS);
  }

  /** Writes what is queued now, as far as the database lets it; a lock is waited for, up to two seconds. */
  flush(): void {
    while (this.#queue.length > 0 && this.#writeBatch(FLUSH_BUSY_MS) === 'done') continue;
  }

  /** Writes what is queued, drops and counts the rest, and takes no more. */
  close(): void {
    this.#closed = true;
    this.flush();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#queue.length > 0 && this.#lockedSinceMs !== null) this.#options.onFault?.(new Error(`the database stayed locked, and ${this.#queue.length} rows are lost`));
    this.#dropped += this.#queue.length;
    this.#queue = [];
    this.#disconnect();
  }

  #schedule(ms: number): void {
    this.#cancelTimer ??= this.#after(ms, () => {
      this.#cancelTimer = null;
      const how = this.#writeBatch(0);
      // One batch a turn: streams get theirs in between.
      if (this.#queue.length > 0) this.#schedule(how === 'done' ? 0 : how === 'locked' ? BUSY_RETRY_MS : RETRY_MS);
    });
  }

  #writeBatch(busyMs: number): 'done' | 'locked' | 'failed' {
    const batch = this.#queue.slice(0, BATCH_ROWS);
    try {
      const db = (this.#db ??= this.#connect());
      db.pragma(`busy_timeout = ${busyMs}`);
      db.transaction(() => this.#insert(db, batch)).immediate();
      this.#queue = this.#queue.slice(batch.length);
      this.#written += batch.length;
      this.#failures = 0;
      this.#lockedSinceMs = null;
      this.#toldLocked = false;
      return 'done';
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      if (isBusy(fault)) {
        this.#locked(fault);
        return 'locked';
      }
      this.#failed(fault, batch.length);
      return 'failed';
    }
  }

  #locked(fault: Error): void {
    const { nowMs = Date.now, onFault } = this.#options;
    this.#lockedSinceMs ??= nowMs();
    if (this.#toldLocked || nowMs() - this.#lockedSinceMs < BUSY_TOLD_MS) return;
    this.#toldLocked = true;
    onFault?.(fault);
  }

  #failed(fault: Error, rows: number): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#options.onFault?.(fault);
    this.#disconnect();
    if (this.#failures % ATTEMPTS !== 0) return;
    this.#queue = this.#queue.slice(rows);
    this.#dropped += rows;
  }

  #connect(): Sqlite.Database {
    const db = this.#options.open();
    // A power cut may cost the last rows; the file stays whole, and no batch waits for the disk.
    db.pragma('synchronous = NORMAL');
    return db;
  }

  #disconnect(): void {
    try {
      this.#db?.close();
    } catch {
      // Closing checkpoints, which a broken file refuses. There is nothing to save then.
    }
    this.#db = null;
  }

  #insert(db: Sqlite.Database, batch: readonly Counted[]): void {
    const insert = db.prepare(
      'INSERT OR IGNORE INTO corrections (id, at, exchange, type, rule, confidence, detected, expected, action, channel, start, "end", model, route, reason) ' +
        'VALUES (@id, @at, @exchange, @type, @rule, @confidence, @detected, @expected, @action, @channel, @start, @end, @model, @route, @reason)',
    );
    const counts = new RuleCounts();
    for (const observation of batch) {
      const at = new Date(observation.atMs).toISOString();
      if (observation.kind === 'correction') {
        const { correction, model, route } = observation;
        insert.run({ ...correction, at, model, route });
        if (correction.rule !== null) counts.hit(correction.rule, at);
      } else if (observation.kind === 'patch') {
        counts.applied(observation.patch, at);
      } else {
        counts.judged(observation.patch, observation.success);
      }
    }
    counts.write(db, this.#options.patchesIn?.(db));
    this.#prune(db);
  }

  /** A few old rows a batch, so that no transaction is long. */
  #prune(db: Sqlite.Database): void {
    const { retentionDays = 30, nowMs = Date.now } = this.#options;
    if (retentionDays === 0) return;
    const before = new Date(nowMs() - retentionDays * DAY_MS).toISOString();
    db.prepare(`DELETE FROM corrections WHERE id IN (SELECT id FROM corrections WHERE at < ? AND coalesce(rejected, 0) = 0 ORDER BY at LIMIT ${PRUNE_ROWS})`).run(before);
  }
}

function isBusy(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
